"""Items of the chart whose facts are written down as they are read: a first load makes no value twice."""

from typing import Protocol

WrittenFact = tuple[str, str | None, str, str]
"""A fact that is written down: the name of its class, its ward day if it has one and the day from which it was known
("2026-03-02"), and all its fields in their order as JSON text."""

FilledForm = tuple[str, str | None, str, str, tuple[str, ...]]
"""A fact as a form and what goes into its blanks: as WrittenFact, with "%s" in the text for each blank, in order."""


class WrittenItem(Protocol):
    """One resource of the chart as it was understood, its facts as filled forms: most are never looked at again.

    It is as a ChartItem that is nobody's identity, not gone and not of our making, and of which everything was read.
    What comes once more is dropped before anybody asks for its `written` facts.
    """

    @property
    def reference(self) -> str:
        """Name the resource."""

    @property
    def version(self) -> str:
        """Name its version; "" where the server has none."""

    @property
    def patient(self) -> str | None:
        """Say whose it is."""

    @property
    def source(self) -> bytes:
        """Give it verbatim."""

    @property
    def updated(self) -> str | None:
        """Tell when the server last touched it."""

    @property
    def forms(self) -> tuple[FilledForm, ...]:
        """Give its facts as filled forms."""

    @property
    def written(self) -> tuple[WrittenFact, ...]:
        """Give its facts written down."""

    @property
    def identity(self) -> None:
        """Nobody's: it is no patient."""

    @property
    def own_key(self) -> None:
        """None: it is not of our making."""

    @property
    def unreadable(self) -> tuple[()]:
        """Nothing of it."""

    @property
    def unread(self) -> tuple[()]:
        """No code in it."""

    @property
    def is_gone(self) -> bool:
        """It is there."""
