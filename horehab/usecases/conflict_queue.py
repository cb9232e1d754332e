"""The queue of entries about which a person must decide: the EHR holds something else, or does not take them."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

from horehab.usecases.exchange import OutboxRow


class Settlement(Enum):
    """What a person decides about an entry in the queue: leave the EHR as it is, or try once more to write it."""

    KEEP_THEIRS = "keep theirs"
    TRY_AGAIN = "try again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """What was found of one entry that stands in the EHR more than once.

    `kept` is the reference of the one that stays, `ended` the references and versions under which others were
    entered in error since what was told last: nothing at first, so that `kept` is noted before any is ended.
    `why` is set when a person must say which one stays: people worked on several, or the EHR refuses it.
    """

    key: str
    kept: str
    ended: tuple[tuple[str, str], ...] = ()
    why: str = ""


class ConflictQueue(Protocol):
    """The part of our memory in which conflicts wait for a person, and doubles are noted."""

    def listed(self, *, patient: str | None = None) -> tuple[OutboxRow, ...]:
        """List what waits for a person, oldest first; of one patient, those merged included."""

    def settle(self, row: int, how: Settlement, *, now: datetime) -> bool:
        """Note what a person decided; False when that row waits for nobody any more.

        What is kept as the EHR has it is not written again, nor are reasons for it, until there is something new
        to say. What is tried again goes with the next delivery, in its old place.
        """

    def delivered_lately(self) -> tuple[OutboxRow, ...]:
        """List what was delivered, or ended in conflict, since the review before the last one was closed.

        Doubles of these may still turn up: two of us may have been at it, and a server may show late what it has.
        """

    def note_sweep(self, sweep: Sweep, *, now: datetime) -> None:
        """Note which of several stays and which we ended, or put the entry before a person."""
