"""One reminder: why it is due, what became of each attempt, a person's decision; and the first ones let go."""

from datetime import date, time

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from horehab.domain.record import Patient
from horehab.errors import InputError, UnknownPatient
from horehab.usecases.decide_reminder import Decided, ReminderDecision, decide_reminder, release_reminders
from horehab.usecases.exchange import ReminderRow
from horehab.web.access import CARE, TEAM, allow
from horehab.web.language import gettext as _
from horehab.web.options import Role
from horehab.web.room import room, viewer

DECIDING = (*CARE, Role.COORDINATOR)
"""Who may decide about a reminder, and let the first ones go."""


def add_to(pages: Blueprint) -> None:
    """Add the page of one reminder and what is decided there to our pages."""
    pages.add_url_rule("/reminders/<int:row>", "reminder", reminder)
    pages.add_url_rule("/reminders/<int:row>", "decide_reminder", decide, methods=["POST"])
    pages.add_url_rule("/reminders/release", "release_reminders", release, methods=["POST"])


@allow(*TEAM)
def reminder(row: int) -> str:
    """Show one reminder with its attempts; one of a patient who is not theirs answers as one that is none."""
    found = _open(row, what="read reminder")
    return _page(found, {}, None)


@allow(*DECIDING)
def decide(row: int) -> Response | tuple[str, int]:
    """Stop it, move it, or have it sent again, by the viewer's decision and for their reason."""
    found, typed = _open(row, what="decide about a reminder"), dict(request.form)
    try:
        decide_reminder(room().ports(), _decision(row, typed))
    except InputError as error:
        return _page(found, typed, error), 422
    flash(_("Noted. The scheduler goes by it from its next tick on."), "horehab")
    return redirect(url_for("horehab.reminder", row=row), code=303)


@allow(*DECIDING)
def release() -> Response:
    """Let the first reminders of this installation go."""
    release_reminders(room().ports(), who=viewer().name)
    flash(_("The reminders were let go. They leave when they are due, with the scheduler's next tick."), "horehab")
    return redirect(url_for("horehab.reminders"), code=303)


def visible_row(row: int) -> ReminderRow | None:
    """Find a reminder, unless it is about a patient whom the viewer may not see."""
    found = room().ports().logbook.reminding.lists.one(row)
    return found if found and room().options.may_see(viewer(), found.reminder.patient) else None


def patient_of(reference: str) -> tuple[str | None, Patient | None]:
    """Find who a reminder is about, with the key of their page; None for nobody, or somebody who is gone."""
    logbook = room().ports().logbook
    try:
        return logbook.key_of(reference), logbook.record(reference).patient
    except UnknownPatient:
        return None, None


def _open(row: int, *, what: str) -> ReminderRow:
    ports, found = room().ports(), visible_row(row)
    noted = what if found else f"refused: {what}"
    patient = found.reminder.patient if found else None
    ports.logbook.audit(who=viewer().name, what=noted, patient=patient, now=ports.clock.now())
    if found is None:
        raise UnknownPatient(str(row))
    return found


def _decision(row: int, typed: dict[str, str]) -> ReminderDecision:
    try:
        what = Decided(typed.get("what", ""))
    except ValueError:
        remedy = _("Choose one of the list.")
        raise InputError(_("Nothing was decided."), field="what", value=typed.get("what"), remedy=remedy) from None
    return ReminderDecision(
        row=row,
        what=what,
        who=viewer().name,
        why=typed.get("why", ""),
        day=_day(typed.get("day", "")),
        at=_time(typed.get("at", "")),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        remedy = _("Write a day as YYYY-MM-DD, such as 2026-03-31.")
        raise InputError(_("The day cannot be read."), field="day", value=text, remedy=remedy) from None


def _time(text: str) -> time | None:
    try:
        return time.fromisoformat(text) if text else None
    except ValueError:
        remedy = _("Write a time as HH:MM, such as 09:30.")
        raise InputError(_("The time cannot be read."), field="at", value=text, remedy=remedy) from None


def _page(found: ReminderRow, typed: dict[str, str], error: InputError | None) -> str:
    ports = room().ports()
    key, patient = patient_of(found.reminder.patient)
    choices = (Decided.STOP, Decided.MOVE) if found.state.is_waiting else (Decided.SEND_AGAIN,)
    return render_template(
        "horehab/one_reminder.html",
        row=found,
        key=key,
        patient=patient,
        attempts=ports.logbook.reminding.attempts(key=found.reminder.key),
        choices=choices if viewer().role in DECIDING else (),
        today=room().today(),
        typed=typed,
        error=error,
    )
