"""The reminders as somebody looks through them: how many stand how, and one page of a list, patient by patient."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum
from typing import Protocol

from horehab.domain.record import Patient
from horehab.domain.reminder import ReminderRule, ReminderState
from horehab.usecases.exchange import ReminderRow


class Part(IntEnum):
    """In which part of a list a reminder stands: what is due is parted by its day, anything else is one list."""

    TODAY = 0
    OVERDUE = 1
    COMING = 2
    WHOLE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuery:
    """Which reminders are looked through: of one state, of one kind or all; page `number` from 1, `most` patients.

    One that is due and past its last day counts as expired, before any tick has noted it. `sees` says of a patient
    whether whoever asks may see them; None where everybody sees everyone.
    """

    state: ReminderState
    rule: ReminderRule | None
    today: date
    now: datetime
    number: int = 1
    most: int = 50
    sees: Callable[[str], bool] | None = None

    def part_of(self, row: ReminderRow) -> Part:
        """Say in which part a reminder of this state stands."""
        if self.state is not ReminderState.DUE:
            return Part.WHOLE
        if row.reminder.due_day == self.today:
            return Part.TODAY
        return Part.OVERDUE if row.reminder.due_day < self.today else Part.COMING


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Who a reminder is about: the key of their page, their identity, and when they were measured last.

    `last_measured` is the last day on which a watched joint was measured passively, as the last review saw it;
    `is_reviewed` is False while something changed since.
    """

    key: str
    patient: Patient
    last_measured: date | None
    is_reviewed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLine:
    """One patient in a part of a list with their reminders there, soonest first; `known` is None for who is gone."""

    part: Part
    patient: str
    rows: tuple[ReminderRow, ...]
    known: Known | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """One page of a list: its lines, its number, how many pages there are, and the patients in each part."""

    lines: tuple[ListLine, ...]
    number: int
    pages: int
    patients: Mapping[Part, int]


class ReminderLists(Protocol):
    """The reminders as they are looked through: nothing is read but what is shown."""

    def one(self, row: int) -> ReminderRow | None:
        """Find one reminder by its row; None for none."""

    def totals(
        self, *, now: datetime, sees: Callable[[str], bool] | None = None
    ) -> Mapping[tuple[ReminderState, ReminderRule], int]:
        """Count the reminders of each state and kind; `now` and `sees` as in `ListQuery`."""

    def page(self, query: ListQuery) -> ListPage:
        """Give one page of a list, whoever is asked for soonest first; a number too high is the last page."""
