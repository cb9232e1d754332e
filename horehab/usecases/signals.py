"""What our processes tell each other: that the EHR is left alone for a while, and that something changed there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """How the EHR answered of late, known to every process of this installation.

    `failures` counts the passes in a row that it did not answer, the first of them at `since`. Until `open_until`
    nobody asks by themselves; after it one process tries, and the others wait for it until `probe_until`. `why` is
    what went wrong last, in one sentence without patient data.
    """

    failures: int = 0
    since: datetime | None = None
    open_until: datetime | None = None
    probe_until: datetime | None = None
    why: str = ""


class Signals(Protocol):
    """The board on which one process writes and all others read."""

    def breaker(self) -> Breaker:
        """Tell how the EHR answered of late."""

    def change_breaker(self, before: Breaker, after: Breaker) -> bool:
        """Write down how it answers now, unless another process wrote since `before` was read: then False."""

    def hint(self, *, now: datetime) -> None:
        """Note that something changed in the EHR; any number of these before the next look are one."""

    def is_hinted(self) -> bool:
        """Whether something changed in the EHR, as somebody says, since the last look began."""

    def take_hint(self) -> bool:
        """Take the hint off the board, since a look begins now; False when there was none."""
