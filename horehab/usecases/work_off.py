"""A line on the call list or the letter list is worked off by a person, who says what became of it."""

from datetime import date
from enum import Enum

from horehab.domain.attendance import is_still_missed
from horehab.domain.recipient import Medium, in_order, phone_number
from horehab.domain.record import Patient, PatientRecord
from horehab.domain.reminder import Reminder, ReminderState
from horehab.errors import InputError, UnknownPatient
from horehab.usecases.contacts import WorkedOff
from horehab.usecases.exchange import ReminderRow
from horehab.usecases.find_contact import listed_ways
from horehab.usecases.ports import Ports

LISTS = (Medium.CALL, Medium.LETTER)
"""The channels whose reminders a person works off from a list."""


class Worked(Enum):
    """What became of a call or a letter; who was not reached stays on the list."""

    REACHED = "reached"
    NOT_REACHED = "not reached"
    WRONG = "wrong number or address"
    POSTED = "posted"


CHOICES = {
    Medium.CALL: (Worked.REACHED, Worked.NOT_REACHED, Worked.WRONG),
    Medium.LETTER: (Worked.POSTED, Worked.WRONG),
}
"""What may be said of a line, by list."""


def list_to_work_off(ports: Ports, medium: Medium) -> tuple[tuple[ReminderRow, WorkedOff | None], ...]:
    """List what stands on a list and is not done, soonest first, with what was last said of it.

    Who died, was merged into another record, came since or booked again is neither called nor written to.
    """
    said = ports.logbook.contacts.worked_off()
    listed = [
        (row, said.get(row.reminder.message_key))
        for row in ports.logbook.reminders()
        if row.reminder.channel == medium.value
        and row.state is ReminderState.SENT
        and (row.reminder.message_key not in said or _is_open(said[row.reminder.message_key]))
    ]
    known = {patient: _known(ports, patient) for patient in {row.reminder.patient for row, _ in listed}}
    day = ports.clock.today()
    return tuple((row, last) for row, last in listed if _holds(row.reminder, known[row.reminder.patient], day))


def numbers_to_call(patient: Patient, day: date) -> tuple[str, ...]:
    """Give the numbers to dial, the preferred first; one that lacks its country as the chart has it."""
    ways = (way for way in in_order(listed_ways(patient), day) if way.system in ("phone", "sms"))
    return tuple(dict.fromkeys(phone_number(way.value) or way.value for way in ways))


def work_off(ports: Ports, *, row: int, outcome: str, who: str) -> ReminderRow:
    """Note what became of one line of a list, and who says so; InputError for a line or a word that is none."""
    for medium in LISTS:
        found = next((each for each, _ in list_to_work_off(ports, medium) if each.row == row), None)
        if found is None:
            continue
        if outcome not in [choice.value for choice in CHOICES[medium]]:
            words = ", ".join(choice.value for choice in CHOICES[medium])
            said = f"{outcome!r} is no outcome of a {medium.value}."
            raise InputError(said, field="outcome", value=outcome, remedy=f"Choose one of: {words}.")
        now, reminder = ports.clock.now(), found.reminder
        what = f"{medium.value} list: reminder {row}: {outcome}"
        ports.logbook.audit(who=who, what=what, patient=reminder.patient, now=now)
        ports.logbook.contacts.work_off(reminder.message_key, outcome, who=who, now=now)
        return found
    said = f"Reminder {row} is on no list."
    raise InputError(said, field="row", value=row, remedy="It may have been worked off meanwhile: look again.")


def _known(ports: Ports, patient: str) -> PatientRecord | None:
    try:
        return ports.logbook.record(patient).as_known_on(ports.clock.today())
    except UnknownPatient:  # the line says that they are no longer in the EHR
        return None


def _holds(reminder: Reminder, known: PatientRecord | None, day: date) -> bool:
    if known is None:
        return True
    if known.patient.is_deceased or known.patient.replaced_by:
        return False
    is_asked_anew = reminder.repeats > 0  # a person wants it, whatever the record says
    return is_asked_anew or is_still_missed(known, reminder.window, day)


def _is_open(said: WorkedOff) -> bool:
    return said.outcome == Worked.NOT_REACHED.value
