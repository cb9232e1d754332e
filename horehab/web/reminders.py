"""Reminders: what is due today, what is overdue, what comes; what was sent, what failed; patient by patient."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, render_template, request

from horehab.domain.follow_up import measured_days
from horehab.domain.record import Patient
from horehab.domain.reminder import ReminderRule, ReminderState
from horehab.errors import UnknownPatient
from horehab.usecases.exchange import ReminderRow
from horehab.web.access import TEAM, allow
from horehab.web.language import gettext as _
from horehab.web.one_reminder import DECIDING
from horehab.web.room import room, viewer

_SHOWN = 50  # patients on one page; a coordinator works from the top
_MOST_DIGITS = 6


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
    """A list to be worked from the top: its title, its patients on this page, and how many it has in all."""

    title: str
    todos: tuple[ToDo, ...]
    patients: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of the lists: its number from 1, and how many pages there are."""

    lists: list[WorkList]
    number: int
    pages: int


def add_to(pages: Blueprint) -> None:
    """Add the reminders to our pages."""
    pages.add_url_rule("/reminders", "reminders", reminders)


@allow(*TEAM)
def reminders() -> str:
    """List reminders of one state and kind: due today first, then overdue, then what comes, by patient."""
    ports, options, asked_by, today = room().ports(), room().options, viewer(), room().today()
    ports.logbook.audit(who=asked_by.name, what="read reminders", patient=None, now=ports.clock.now())
    seen = [r for r in ports.logbook.reminders() if options.may_see(asked_by, r.reminder.patient)]
    state, rule = _state(), _rule()
    of_kind = [row for row in seen if rule in (None, row.reminder.rule)]
    kinds = {row.reminder.rule for row in seen if shown_state(row, today) is state}
    counts = {one: sum(shown_state(row, today) is one for row in of_kind) for one in ReminderState}
    return render_template(
        "horehab/reminders.html",
        state=state,
        rule=rule,
        rules=[one for one in ReminderRule if one is rule or one in kinds],
        states=[one for one in ReminderState if counts[one] or one in (ReminderState.DUE, ReminderState.SENT)],
        counts=counts,
        page=page_of([row for row in of_kind if shown_state(row, today) is state], state, today, _page_number()),
        today=today,
        live=ports.logbook.reminding.going_live(),
        may_decide=asked_by.role in DECIDING,
    )


def shown_state(row: ReminderRow, today: date) -> ReminderState:
    """Say how a reminder stands; one past its last day is not sent any more, before any tick has noted it."""
    is_past = row.state is ReminderState.DUE and row.reminder.void_after < today
    return ReminderState.EXPIRED if is_past else row.state


def page_of(rows: Iterable[ReminderRow], state: ReminderState, today: date, number: int) -> Page:
    """Sort reminders into lists, each patient once in a list, and cut out one page; a number too high is the last."""
    heaps: dict[str, dict[str, list[ReminderRow]]] = {
        title: {} for title in (_("Due today"), _("Overdue"), _("Coming"), "")
    }
    for row in rows:
        heaps[_heap(row, state, today)].setdefault(row.reminder.patient, []).append(row)
    lines = [(title, patient) for title, heap in heaps.items() for patient in heap]
    pages = max(-(-len(lines) // _SHOWN), 1)
    number = min(number, pages)
    shown: dict[str, list[ToDo]] = {}
    for title, patient in lines[(number - 1) * _SHOWN : number * _SHOWN]:
        shown.setdefault(title, []).append(_todo(patient, tuple(heaps[title][patient])))
    lists = [WorkList(title=title, todos=tuple(todos), patients=len(heaps[title])) for title, todos in shown.items()]
    return Page(lists=lists, number=number, pages=pages)


def _heap(row: ReminderRow, state: ReminderState, today: date) -> str:
    if state is not ReminderState.DUE:
        return ""
    if row.reminder.due_day == today:
        return _("Due today")
    return _("Overdue") if row.reminder.due_day < today else _("Coming")


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


def _rule() -> ReminderRule | None:
    wanted = request.args.get("rule", "")
    return next((rule for rule in ReminderRule if rule.value == wanted), None)


def _page_number() -> int:
    wanted = request.args.get("page", "")
    return max(int(wanted), 1) if wanted.isascii() and wanted.isdigit() and len(wanted) <= _MOST_DIGITS else 1
