"""Items of the chart whose facts are written down as they are read: a first load makes no value twice."""

from typing import NamedTuple

WrittenFact = tuple[str, str | None, str, str]
"""A fact that is written down: the name of its class, its ward day if it has one and the day from which it was known
("2026-03-02"), and all its fields in their order as JSON text."""

FilledForm = tuple[str, str | None, str, str, tuple[str, ...]]
"""A fact as a form and what goes into its blanks: as WrittenFact, with "%s" in the text for each blank, in order."""


class WrittenItem(NamedTuple):
    """One resource of the chart as it was understood, its facts as filled forms: most are never looked at again.

    It is as a ChartItem that is nobody's identity, not gone and not of our making, and of which everything was read.
    What comes once more is dropped before anybody asks for its `written` facts.
    """

    reference: str
    version: str
    patient: str | None
    source: bytes
    updated: str | None
    forms: tuple[FilledForm, ...]

    @property
    def written(self) -> tuple[WrittenFact, ...]:
        """Its facts written down."""
        return tuple([(kind, day, known_on, text % blanks) for kind, day, known_on, text, blanks in self.forms])

    @property
    def identity(self) -> None:
        """Nobody's: it is no patient."""

    @property
    def own_key(self) -> None:
        """None: it is not of our making."""

    @property
    def unreadable(self) -> tuple[()]:
        """Nothing of it."""
        return ()

    @property
    def unread(self) -> tuple[()]:
        """No code in it."""
        return ()

    @property
    def is_gone(self) -> bool:
        """It is there."""
        return False
