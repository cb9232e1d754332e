"""Reminders and letters for the tests of the carriers; the reminder's own words hold what must never leave."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from horehab.clock import SetClock
from horehab.domain.joints import Joint, JointSide, Side
from horehab.domain.recipient import Medium
from horehab.domain.reminder import Reminder, ReminderRule
from horehab.usecases.letters import Letter, message_name

CLOCK = SetClock(zone=ZoneInfo("Europe/Madrid"), instant=datetime(2026, 3, 30, 9, 30, tzinfo=UTC))
REMINDER = Reminder(
    patient="Patient/7",
    rule=ReminderRule.FOLLOW_UP_VISIT,
    place=JointSide(joint=Joint.HIP, side=Side.LEFT),
    recipient="patient",
    channel="message",
    window="2026-W14",
    due_day=date(2026, 3, 30),
    due_time=time(8),
    zone="Europe/Madrid",
    void_after=date(2026, 4, 6),
    reason="left hip lost 24 degrees",
)
ADDRESS = {Medium.EMAIL: "ana@ward.example", Medium.SMS: "+34600000001", Medium.EHR: REMINDER.patient}


def letter(
    medium: Medium, *, address: str | None = None, text: str = "Your visit is on 30/03.", window: str = ""
) -> Letter:
    reminder = replace(REMINDER, window=window or REMINDER.window)
    return Letter(
        message=message_name(reminder),
        medium=medium,
        address=ADDRESS.get(medium, "") if address is None else address,
        language="en",
        subject="Your visit",
        text=text,
        reminder=reminder,
    )
