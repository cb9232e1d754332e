"""The call list and the letter list: whom to call or write to, with number and reason; on paper or here."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from horehab.domain.postal import where_to_write
from horehab.domain.recipient import Medium
from horehab.domain.record import Patient
from horehab.errors import InputError
from horehab.usecases.contacts import WorkedOff
from horehab.usecases.exchange import ReminderRow
from horehab.usecases.work_off import CHOICES, list_to_work_off, numbers_to_call, work_off
from horehab.web.access import TEAM, allow
from horehab.web.language import gettext as _
from horehab.web.one_reminder import DECIDING, patient_of, visible_row
from horehab.web.room import room, viewer

_SHOWN = 200  # lines of a list on paper; what is worked off makes room for the next


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line: whom it is about, their numbers or their address, what is to be said, and what was last noted."""

    key: str | None
    patient: Patient | None
    row: ReminderRow
    numbers: tuple[str, ...]
    said: WorkedOff | None
    address: tuple[str, ...] = ()


def add_to(pages: Blueprint) -> None:
    """Add both lists, and what is noted there, to our pages."""
    pages.add_url_rule("/reminders/calls", "calls", calls)
    pages.add_url_rule("/reminders/letters", "letters", letters)
    pages.add_url_rule("/reminders/<int:row>/done", "work_off", done, methods=["POST"])


@allow(*TEAM)
def calls() -> str:
    """Show whom to call."""
    return _list(Medium.CALL)


@allow(*TEAM)
def letters() -> str:
    """Show whom to write to."""
    return _list(Medium.LETTER)


@allow(*DECIDING)
def done(row: int) -> Response:
    """Note what became of one line; one of a patient who is not theirs answers as one that is none."""
    found = visible_row(row)
    is_letter = found is not None and found.reminder.channel == Medium.LETTER.value
    try:
        work_off(room().ports(), row=row if found else 0, outcome=request.form.get("outcome", ""), who=viewer().name)
        flash(_("Noted."), "horehab")
    except InputError:
        flash(
            _("Nothing was noted: choose what became of it, or look again whether the line still stands."), "horehab"
        )
    return redirect(url_for("horehab.letters" if is_letter else "horehab.calls"), code=303)


def _list(medium: Medium) -> str:
    ports, asked_by, options = room().ports(), viewer(), room().options
    what = f"read {medium.value} list"
    ports.logbook.audit(who=asked_by.name, what=what, patient=None, now=ports.clock.now())
    seen = [pair for pair in list_to_work_off(ports, medium) if options.may_see(asked_by, pair[0].reminder.patient)]
    return render_template(
        "horehab/calling.html",
        lines=[_line(row, said, medium) for row, said in seen[:_SHOWN]],
        more=max(len(seen) - _SHOWN, 0),
        is_letter=medium is Medium.LETTER,
        choices=CHOICES[medium] if asked_by.role in DECIDING else (),
        today=room().today(),
    )


def _line(row: ReminderRow, said: WorkedOff | None, medium: Medium) -> Line:
    key, patient = patient_of(row.reminder.patient)
    numbers = numbers_to_call(patient, room().today()) if patient and medium is Medium.CALL else ()
    address = where_to_write(patient.addresses, room().today()) if patient and medium is Medium.LETTER else ()
    return Line(key=key, patient=patient, row=row, numbers=numbers, said=said, address=address)
