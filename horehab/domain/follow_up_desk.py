"""The desk at which reminders are written: for whom, on which day, by which numbers of the calendar."""

from dataclasses import dataclass
from datetime import date, time, timedelta

from horehab.domain.joints import JointSide
from horehab.domain.reminder import Reminder, ReminderRule
from horehab.domain.thresholds import AttendanceNumbers, Calendar

TEAM = "team"
LEAD = "lead"
PATIENT = "patient"
TASK = "task"
EMAIL = "email"
MESSAGE = "message"
CALL = "call"
LETTER = "letter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One nominal slot of the calendar: its name, first day and due day; `is_visit` from the monthly ones on.

    `earliest` is the day on which it may have been due first, where that is before the due day.
    """

    name: str
    start: date
    due: date
    is_visit: bool = False
    earliest: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class To:
    """Who is asked, and how: a role and a channel."""

    recipient: str
    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """For whom, when and where reminders are made."""

    patient: str
    calendar: Calendar
    attendance: AttendanceNumbers
    as_of: date
    zone: str

    def reminder(
        self, rule: ReminderRule, slot: Slot, reason: str, *, place: JointSide | None = None, to: To | None = None
    ) -> Reminder:
        """Write a reminder for the team, as a task about a joint and by mail about the patient; or for `to`."""
        chosen = to or To(recipient=TEAM, channel=EMAIL if place is None else TASK)
        return Reminder(
            patient=self.patient,
            rule=rule,
            place=place,
            recipient=chosen.recipient,
            channel=chosen.channel,
            window=slot.name,
            due_day=slot.due,
            due_time=time(self.calendar.due_hour),
            zone=self.zone,
            void_after=slot.due + timedelta(days=self.calendar.expires_after),
            reason=reason,
            earliest=slot.earliest,
        )


def clamped(name: str, start: date, due: date, as_of: date) -> Slot:
    """Make a slot that is due on a day, or today where that day is over: better late than never."""
    return Slot(name=name, start=start, due=max(due, as_of), earliest=due)
