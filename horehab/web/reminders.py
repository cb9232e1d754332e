"""Reminders: what is due today, what is overdue, what comes; what was sent, what failed; patient by patient."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, render_template, request

from horehab.domain.follow_up import measured_days
from horehab.domain.record import Patient
from horehab.domain.reminder import ReminderState
from horehab.errors import UnknownPatient
from horehab.usecases.exchange import ReminderRow
from horehab.web.access import TEAM, allow
from horehab.web.language import gettext as _
from horehab.web.room import room, viewer

_SHOWN = 100  # patients in one list; a coordinator works from the top


@dataclass(frozen=True, slots=True, kw_only=True)
class ToDo:
    """What one patient is to be reminded of, soonest first; `key` and `patient` are None for one who is gone.

    `last_measured` is the last day on which a watched joint was measured passively: it may answer an older reminder.
    """

    key: str | None
    patient: Patient | None
    rows: tuple[ReminderRow, ...]
    last_measured: date | None = None

    @property
    def asks(self) -> list[tuple[ReminderRow, int]]:
        """The first reminder of each kind and joint, and how often it was asked: one deed answers them all."""
        kinds: dict[object, list[ReminderRow]] = {}
        for row in self.rows:
            kinds.setdefault((row.reminder.rule, row.reminder.place), []).append(row)
        return [(mine[0], len(mine)) for mine in kinds.values()]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkList:
    """A list to be worked from the top: its title, its patients, and how many more there are."""

    title: str
    todos: tuple[ToDo, ...]
    more: int


def add_to(pages: Blueprint) -> None:
    """Add the reminders to our pages."""
    pages.add_url_rule("/reminders", "reminders", reminders)


@allow(*TEAM)
def reminders() -> str:
    """List reminders of one state: what is due today first, then the overdue, then what comes, by patient."""
    ports, options, asked_by, today = room().ports(), room().options, viewer(), room().today()
    ports.logbook.audit(who=asked_by.name, what="read reminders", patient=None, now=ports.clock.now())
    seen = [r for r in ports.logbook.reminders() if options.may_see(asked_by, r.reminder.patient)]
    state = _state()
    counts = {one: sum(shown_state(row, today) is one for row in seen) for one in ReminderState}
    rows = [row for row in seen if shown_state(row, today) is state]
    return render_template(
        "horehab/reminders.html",
        state=state,
        states=[one for one in ReminderState if counts[one] or one in (ReminderState.DUE, ReminderState.SENT)],
        counts=counts,
        lists=work_lists(rows, state, today),
        today=today,
    )


def shown_state(row: ReminderRow, today: date) -> ReminderState:
    """Say how a reminder stands; one past its last day is not sent any more, before any tick has noted it."""
    is_past = row.state is ReminderState.DUE and row.reminder.void_after < today
    return ReminderState.EXPIRED if is_past else row.state


def work_lists(rows: Iterable[ReminderRow], state: ReminderState, today: date) -> list[WorkList]:
    """Sort reminders into lists: those that are due by day, all others in one; each patient once in a list."""
    heaps: dict[str, list[ReminderRow]] = {title: [] for title in (_("Due today"), _("Overdue"), _("Coming"), "")}
    for row in rows:
        heaps[_heap(row, state, today)].append(row)
    return [_work_list(title, heap) for title, heap in heaps.items() if heap]


def _heap(row: ReminderRow, state: ReminderState, today: date) -> str:
    if state is not ReminderState.DUE:
        return ""
    if row.reminder.due_day == today:
        return _("Due today")
    return _("Overdue") if row.reminder.due_day < today else _("Coming")


def _work_list(title: str, rows: list[ReminderRow]) -> WorkList:
    by_patient: dict[str, list[ReminderRow]] = {}
    for row in rows:
        by_patient.setdefault(row.reminder.patient, []).append(row)
    shown = list(by_patient.items())[:_SHOWN]
    return WorkList(
        title=title,
        todos=tuple(_todo(reference, tuple(mine)) for reference, mine in shown),
        more=len(by_patient) - len(shown),
    )


def _todo(reference: str, rows: tuple[ReminderRow, ...]) -> ToDo:
    """Put a patient's reminders together under name and page; nothing of one who is gone."""
    logbook = room().ports().logbook
    try:
        record = logbook.record(reference)
        last = max(measured_days(record), default=None)
        return ToDo(key=logbook.key_of(reference), patient=record.patient, rows=rows, last_measured=last)
    except UnknownPatient:
        return ToDo(key=None, patient=None, rows=rows)


def _state() -> ReminderState:
    wanted = request.args.get("state", "due")
    return next((state for state in ReminderState if state.value == wanted), ReminderState.DUE)
