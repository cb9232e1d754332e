"""The ledger of reminders beyond the list itself: attempts, going live, a person's decisions, the ticks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Protocol

from horehab.domain.reminder import ReminderState
from horehab.usecases.exchange import ReminderRow
from horehab.usecases.reminder_lists import ReminderLists


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one attempt. DUE: to be tried again, not before `until` where it says so.

    `is_tried` is False when nothing was handed to anybody: then it counts as no attempt.
    """

    row: ReminderRow
    state: ReminderState
    detail: str = ""
    until: datetime | None = None
    is_tried: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt to send a reminder, written down before anything left; `outcome` is None while nobody said."""

    key: str
    number: int
    begun: datetime
    owner: str
    outcome: ReminderState | None = None
    settled: datetime | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoingLive:
    """Whether a person has let the reminders of this installation go, and how many wait for that."""

    released: datetime | None
    released_by: str
    waiting: int
    patients: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A tick of the clock tower: when its work was last begun, when last done, and by whom; `at` its last sign."""

    name: str
    at: datetime
    begun: datetime | None = None
    done: datetime | None = None
    owner: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderCounts:
    """How the reminders stand: how many in each state and channel, and since when the oldest that is due waits."""

    by_state: Mapping[ReminderState, int]
    due_now: int
    oldest_due: datetime | None
    attempts: int
    interrupted: int
    is_released: bool = False
    ticks: tuple[Tick, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTime:
    """When a reminder is to be due instead: local day and time in its own zone, and its new last day."""

    day: date
    at: time
    void_after: date


class Reminding(Protocol):
    """The ledger of reminders: nothing leaves without its attempt being written down before."""

    @property
    def lists(self) -> ReminderLists:
        """The same reminders as somebody looks through them."""

    def begin(
        self, rows: Sequence[ReminderRow], *, now: datetime, after: Sequence[Outcome] = ()
    ) -> tuple[ReminderRow, ...]:
        """Write down, in one transaction, that these leased reminders are about to leave; gives those that may.

        One whose lease was lost, or that was cancelled meanwhile, is left out. `after` is what became of those
        before them: it is noted, as by `settle`, in the same transaction.
        """

    def settle(self, outcomes: Sequence[Outcome], *, now: datetime) -> None:
        """Note what became of some reminders, in one transaction; what was settled by others stays."""

    def give_back(self, rows: Sequence[ReminderRow]) -> None:
        """Let go of leased reminders that are not leaving, for whoever comes next."""

    def unreviewed(self, patients: Iterable[str]) -> Mapping[str, str]:
        """Tell of which of these patients something changed since their review, with who they are now."""

    def attempts(self, *, key: str | None = None) -> tuple[Attempt, ...]:
        """List attempts in the order in which they began: all, or those of one reminder."""

    def is_released(self) -> bool:
        """Whether a person has let reminders go."""

    def going_live(self) -> GoingLive:
        """Tell whether a person has let reminders go, and how many wait for that."""

    def release(self, *, who: str, now: datetime) -> bool:
        """Let reminders go from now on; False when somebody did so before."""

    def cancel_for(self, patient: str, *, why: str, now: datetime, recipient: str | None = None) -> int:
        """Cancel what waits for a patient, all or that for one recipient; gives how many it were."""

    def stop(self, key: str, *, who: str, why: str, now: datetime) -> bool:
        """Cancel one by a person's decision, for good; False when it is not waiting."""

    def send_again(self, key: str, when: NewTime, *, who: str, now: datetime) -> bool:
        """Let one that was settled be due again by a person's decision; False when it waits, or is not known."""

    def reschedule(self, key: str, when: NewTime, *, who: str, now: datetime) -> bool:
        """Move one that waits to another time by a person's decision; False when it does not wait."""

    def counts(self, *, now: datetime) -> ReminderCounts:
        """Count reminders by state, and tell how late the oldest is."""

    def begin_tick(self, name: str, *, owner: str, now: datetime) -> None:
        """Note that the work of a tick begins."""

    def end_tick(self, name: str, *, owner: str, now: datetime) -> None:
        """Note that the work of a tick is done."""

    def ticks(self) -> tuple[Tick, ...]:
        """List the ticks, by name."""
