"""Messages to a patient who said STOP or wants no reminders: not asked for, and cancelled where they wait."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from horehab.domain.follow_up_desk import MESSAGE, PATIENT
from horehab.domain.recipient import MESSAGES, usable_ways
from horehab.domain.record import Patient
from horehab.domain.reminder import Reminder
from horehab.usecases.exchange import ReminderRow
from horehab.usecases.find_contact import listed_ways
from horehab.usecases.ports import Ports


@dataclass(frozen=True, slots=True, kw_only=True)
class OptedOut:
    """Why no message goes to a patient; "" where one may. Calls and letters are not meant: a person decides there."""

    why: str

    def wanted(self, reminders: Iterable[Reminder]) -> tuple[Reminder, ...]:
        """Leave out the messages to the patient."""
        return tuple(reminder for reminder in reminders if not (self.why and _is_message(reminder)))

    def why_void(self, rows: Iterable[ReminderRow]) -> dict[str, str]:
        """Tell by key which messages wait and do not go, and why."""
        if not self.why:
            return {}
        return {row.reminder.key: self.why for row in rows if row.state.is_waiting and _is_message(row.reminder)}


def opted_out(ports: Ports, patient: Patient, reminders: Sequence[Reminder], rows: Sequence[ReminderRow]) -> OptedOut:
    """Look whether a patient opted out, if a message to them is asked for or waits; else nothing is looked up.

    A number that the chart gives without its country is looked up once more when the message is to leave.
    """
    waiting = [row.reminder for row in rows if row.state.is_waiting]
    is_asked = any(_is_message(reminder) for reminder in (*reminders, *waiting))
    return OptedOut(why=_why(ports, patient) if is_asked else "")


def _why(ports: Ports, patient: Patient) -> str:
    memory = ports.logbook.contacts
    names = memory.known_as(patient.reference)
    if any(memory.consent(name) is False for name in names):
        return "the patient does not want to be reminded"
    addresses = (way.address for way in usable_ways(listed_ways(patient), ports.clock.today()))
    stops = [stop for stop in memory.stops({*names, *addresses}) if stop.medium in MESSAGES]
    return f"the recipient said STOP on {stops[0].since.date()}" if stops else ""


def _is_message(reminder: Reminder) -> bool:
    return reminder.recipient == PATIENT and reminder.channel == MESSAGE
