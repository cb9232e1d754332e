"""Reminders that wait and no longer hold: the patient died or came, was measured, or the reason is gone."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType

from horehab.domain.attendance import is_of_a_plan, planned_windows
from horehab.domain.follow_up import calendar_windows, is_of_the_calendar
from horehab.domain.record import PatientRecord
from horehab.domain.reminder import Reminder, ReminderRule
from horehab.domain.thresholds import Rules
from horehab.usecases.ended_tasks import MEASURING, is_answered
from horehab.usecases.exchange import ReminderRow
from horehab.usecases.merged_patients import no_longer_asked

DIED = "the patient died"
_GONE: Mapping[ReminderRule, str] = MappingProxyType(
    {
        ReminderRule.REVIEW_SUSPICION: "decided about, withdrawn, or asked for anew",
        ReminderRule.REPEAT_IMAGING: "the reason for imaging again is gone",
        ReminderRule.APPOINTMENT: "the appointment was moved or cancelled, or is over",
        ReminderRule.NON_ATTENDANCE: "the patient came, or has another appointment",
        ReminderRule.LOG_SESSION: "the session was logged",
    }
)
"""What is asked for only as long as the follow-up rules ask for it, and why it is not any more."""


def void_reminders(
    known: PatientRecord, wanted: Sequence[Reminder], rows: Sequence[ReminderRow], rules: Rules, day: date
) -> dict[str, str]:
    """Tell by key which reminders that wait no longer hold, and why.

    What a person has sent again goes; what was only moved to another day holds no longer than any other.
    """
    keys = {reminder.key for reminder in wanted}
    waiting = [row.reminder for row in rows if row.state.is_waiting and row.reminder.key not in keys]
    theirs = {row.reminder.key for row in rows if row.reminder.repeats and not known.patient.is_deceased}
    windows = calendar_windows(known, rules, day) | planned_windows(known, rules.attendance, day)
    found = {reminder.key: _why(reminder, known, windows, rules) for reminder in waiting}
    merged = dict.fromkeys(no_longer_asked(wanted, rows), "another asks for the same since the patients were merged")
    return {key: why for key, why in (merged | _told(found)).items() if key not in theirs}


def _told(found: Mapping[str, str]) -> dict[str, str]:
    return {key: why for key, why in found.items() if why}


def _why(reminder: Reminder, known: PatientRecord, windows: Iterable[str], rules: Rules) -> str:
    if known.patient.is_deceased:
        return DIED
    if reminder.rule in MEASURING and is_answered(reminder.due_day, reminder.place, known, rules):
        return "measured meanwhile"
    if is_of_the_calendar(reminder) and reminder.window not in windows:
        return "the calendar is another since the patient's stay or care changed"
    if is_of_a_plan(reminder) and reminder.window not in windows:
        return "the order ended or was changed"
    return _GONE.get(reminder.rule, "")
