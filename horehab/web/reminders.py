"""Reminders: what is due today, what is overdue, what comes; what was sent, what failed; patient by patient."""

from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import groupby

from flask import Blueprint, render_template, request

from horehab.domain.follow_up import measured_days
from horehab.domain.record import Patient
from horehab.domain.reminder import ReminderRule, ReminderState
from horehab.usecases.exchange import ReminderRow
from horehab.usecases.reminder_lists import ListLine, ListPage, ListQuery, Part
from horehab.web.access import TEAM, allow
from horehab.web.language import gettext as _
from horehab.web.one_reminder import DECIDING
from horehab.web.options import Viewer, everyone
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
    ports, asked_by = room().ports(), viewer()
    ports.logbook.audit(who=asked_by.name, what="read reminders", patient=None, now=ports.clock.now())
    query = _query(asked_by)
    totals = ports.logbook.reminding.lists.totals(now=query.now, sees=query.sees)
    counts = dict.fromkeys(ReminderState, 0)
    for (state, rule), count in totals.items():
        counts[state] += count if query.rule in (None, rule) else 0
    return render_template(
        "horehab/reminders.html",
        state=query.state,
        rule=query.rule,
        rules=[one for one in ReminderRule if one is query.rule or (query.state, one) in totals],
        states=[one for one in ReminderState if counts[one] or one in (ReminderState.DUE, ReminderState.SENT)],
        counts=counts,
        page=_page(ports.logbook.reminding.lists.page(query)),
        today=query.today,
        live=ports.logbook.reminding.going_live(),
        may_decide=asked_by.role in DECIDING,
    )


def _query(asked_by: Viewer) -> ListQuery:
    """Read from the address which list is wanted; one that is none is that of what is due."""
    ports, may_see = room().ports(), room().options.may_see
    return ListQuery(
        state=_state(),
        rule=_rule(),
        today=room().today(),
        now=ports.clock.now(),
        number=_page_number(),
        most=_SHOWN,
        sees=None if may_see is everyone else partial(may_see, asked_by),
    )


def _page(found: ListPage) -> Page:
    """Put the lines of a page under the titles of its lists."""
    titles = {Part.TODAY: _("Due today"), Part.OVERDUE: _("Overdue"), Part.COMING: _("Coming"), Part.WHOLE: ""}
    lists = [
        WorkList(title=titles[part], todos=tuple(map(_todo, lines)), patients=found.patients[part])
        for part, lines in groupby(found.lines, key=lambda line: line.part)
    ]
    return Page(lists=lists, number=found.number, pages=found.pages)


def _todo(line: ListLine) -> ToDo:
    """Put a patient's reminders together under name and page; nothing of one who is gone."""
    known = line.known
    if known is None:
        return ToDo(key=None, patient=None, rows=line.rows)
    last = known.last_measured
    if not known.is_reviewed:  # what was logged this minute counts, too
        last = max(measured_days(room().ports().logbook.record(line.patient)), default=None)
    return ToDo(key=known.key, patient=known.patient, rows=line.rows, last_measured=last)


def _state() -> ReminderState:
    wanted = request.args.get("state", "due")
    return next((state for state in ReminderState if state.value == wanted), ReminderState.DUE)


def _rule() -> ReminderRule | None:
    wanted = request.args.get("rule", "")
    return next((rule for rule in ReminderRule if rule.value == wanted), None)


def _page_number() -> int:
    wanted = request.args.get("page", "")
    return max(int(wanted), 1) if wanted.isascii() and wanted.isdigit() and len(wanted) <= _MOST_DIGITS else 1
