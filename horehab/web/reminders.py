"""Reminders: what is due, what was sent, what failed, and why each is there."""

from flask import Blueprint, render_template, request

from horehab.domain.record import Patient
from horehab.domain.reminder import ReminderState
from horehab.errors import UnknownPatient
from horehab.usecases.exchange import ReminderRow
from horehab.web.access import TEAM, allow
from horehab.web.room import room, viewer

_SHOWN = 200


def add_to(pages: Blueprint) -> None:
    """Add the reminders to our pages."""
    pages.add_url_rule("/reminders", "reminders", reminders)


@allow(*TEAM)
def reminders() -> str:
    """List reminders by state, soonest first."""
    ports, options, asked_by = room().ports(), room().options, viewer()
    ports.logbook.audit(who=asked_by.name, what="read reminders", patient=None, now=ports.clock.now())
    state = _state()
    seen = [r for r in ports.logbook.reminders() if options.may_see(asked_by, r.reminder.patient)]
    counts = {one: sum(row.state is one for row in seen) for one in ReminderState}
    rows = [row for row in seen if row.state is state]
    return render_template(
        "horehab/reminders.html",
        state=state,
        states=[one for one in ReminderState if counts[one] or one in (ReminderState.DUE, ReminderState.SENT)],
        counts=counts,
        rows=[(row, *_whose(row)) for row in rows[:_SHOWN]],
        more=max(0, len(rows) - _SHOWN),
        today=room().today(),
    )


def _state() -> ReminderState:
    wanted = request.args.get("state", "due")
    return next((state for state in ReminderState if state.value == wanted), ReminderState.DUE)


def _whose(row: ReminderRow) -> tuple[str | None, Patient | None]:
    """Find the page and the name of the patient of a reminder; nothing for one who is gone."""
    logbook = room().ports().logbook
    try:
        return logbook.key_of(row.reminder.patient), logbook.record(row.reminder.patient).patient
    except UnknownPatient:
        return None, None
