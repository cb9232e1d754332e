"""The ward of the crash harness for reminders: who is to be told what, and the settings of its schedulers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from horehab.domain.reminder import Reminder, ReminderRule
from tests.soak.hurry import begin

ZONE = "Europe/Madrid"
_FIRST = date(2026, 7, 1)
_PATIENTS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one patient is to read once, as a telephone shows it: the number and the day of the appointment."""

    to: str
    day: str


def patient_of(number: int) -> dict[str, Any]:
    """Make one patient with a mobile number, as the chart has them."""
    telecom = [{"system": "phone", "use": "mobile", "value": phone_of(number)}]
    return {"resourceType": "Patient", "id": f"p{number}", "active": True, "telecom": telecom}


def patients(reminders: int) -> int:
    """Say how many patients a run has."""
    return min(_PATIENTS, max(reminders // 4, 1))


def phone_of(number: int) -> str:
    """Give a patient's number, from those that Ofcom keeps for drama."""
    return f"+447700900{number:03d}"


def wanted(reminders: int, *, seconds: float) -> Iterator[Reminder]:
    """Ask for so many reminders of appointments, due one after the other in that many seconds after the start."""
    people = patients(reminders)
    start: datetime = begin().now().replace(second=0, microsecond=0)
    for number in range(reminders):
        due = (start + timedelta(seconds=number * seconds / reminders)).astimezone(ZoneInfo(ZONE))
        day = _day_of(number // people)
        yield Reminder(
            patient=f"Patient/p{number % people}",
            rule=ReminderRule.APPOINTMENT,
            place=None,
            recipient="patient",
            channel="sms",
            window=f"appointment-{day}",
            due_day=due.date(),
            due_time=due.time().replace(microsecond=0),
            zone=ZONE,
            void_after=day,
            reason="An appointment.",
            about=datetime.combine(day, time(10)),
        )


def to_be_told(reminders: int) -> dict[Told, tuple[str, str]]:
    """List what is to be read on telephones, with the patient and the window of its reminder."""
    people = patients(reminders)
    return {
        Told(to=phone_of(number % people), day=_day_of(number // people).isoformat()): (
            f"Patient/p{number % people}",
            f"appointment-{_day_of(number // people)}",
        )
        for number in range(reminders)
    }


def settings_of(*, fhir: str, database: str, template: str) -> dict[str, str]:
    """Write the settings of a scheduler: one SMS gateway, no quiet hours, consent given on paper."""
    return {
        "HOREHAB_FHIR_URL": fhir,
        "HOREHAB_DATABASE_URL": database,
        "HOREHAB_TIME_ZONE": ZONE,
        "HOREHAB_SMS_TEMPLATE": template,
        "HOREHAB_CONSENT": "assumed",
        "HOREHAB_QUIET_FROM": "00:00",
        "HOREHAB_QUIET_UNTIL": "00:00",
        "HOREHAB_CLINIC_NAME": "Clinic",
        "HOREHAB_CLINIC_PHONE": "+34 900 000 000",
    }


def _day_of(window: int) -> date:
    return _FIRST + timedelta(days=window)
