"""What a quick reader makes of a resource: a value that costs little to make and that nobody has to sweep up."""

from typing import ClassVar

import msgspec

from horehab.usecases.written import FilledForm, WrittenFact


class PlainItem(msgspec.Struct, frozen=True, gc=False):
    """One resource as a `WrittenItem`; of a thousand of them Python's collector of garbage sees none."""

    identity: ClassVar[None] = None
    own_key: ClassVar[None] = None
    unreadable: ClassVar[tuple[()]] = ()
    unread: ClassVar[tuple[()]] = ()
    is_gone: ClassVar[bool] = False

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
