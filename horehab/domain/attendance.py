"""Appointments and planned sessions: who is reminded before, and how it goes on when nobody came (section 6)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from horehab.domain.follow_up_desk import CALL, EMAIL, LETTER, MESSAGE, PATIENT, TEAM, Desk, Slot, To, clamped
from horehab.domain.plan import PlannedSpan, planned_spans
from horehab.domain.record import Attendance, PatientRecord, Visit
from horehab.domain.reminder import Reminder, ReminderRule
from horehab.domain.session import SessionStatus
from horehab.domain.thresholds import AttendanceNumbers

_MISSED = "missed-"
_PLAN = "plan-"


def attendance_reminders(record: PatientRecord, desk: Desk) -> list[Reminder]:
    """Tell what is due about appointments and planned sessions; `record` as it is known on the day of the desk."""
    asked = [*_before(record, desk), *_missed(record, desk), *_not_logged(record, desk), *_planned(record, desk)]
    return [*asked, *_not_done(record, desk)]


def _before(record: PatientRecord, desk: Desk) -> Iterable[Reminder]:
    """Remind the patient of a booked appointment the days before; one that was moved is a new one, of a new time."""
    for visit in record.visits:
        if visit.attendance is not Attendance.BOOKED or visit.when.day <= desk.as_of:
            continue
        about = _local(visit, desk)
        due = visit.when.day - timedelta(days=desk.attendance.remind_before)
        slot = clamped(f"visit-{_name(visit)}-{about:%Y-%m-%dT%H:%M}", visit.when.day, due, desk.as_of)
        words = f"An appointment is booked for {about:%Y-%m-%d %H:%M}."
        to = To(recipient=PATIENT, channel=MESSAGE)
        asked = desk.reminder(ReminderRule.APPOINTMENT, slot, words, to=to)
        yield replace(asked, void_after=visit.when.day - timedelta(days=1), about=about)


def _missed(record: PatientRecord, desk: Desk) -> Iterable[Reminder]:
    """After a missed appointment a message, then a call, then a letter, until the patient comes or books again."""
    missed = [v for v in record.visits if v.attendance is Attendance.MISSED and _is_recent(v.when.day, desk)]
    if not missed:
        return
    visit = max(missed, key=lambda v: (v.when.day, v.source))
    if _came_after(record, visit.when.day) or _is_booked_again(record, visit, desk.as_of):
        return
    numbers = desk.attendance
    for channel, days in (
        (MESSAGE, numbers.message_after),
        (CALL, numbers.call_after),
        (LETTER, numbers.letter_after),
    ):
        due = visit.when.day + timedelta(days=days)
        slot = Slot(name=_slot_of(visit), start=visit.when.day, due=due)
        words = f"The appointment of {visit.when.day} was missed, and no other is booked."
        asked = desk.reminder(
            ReminderRule.NON_ATTENDANCE, slot, words, to=To(recipient=PATIENT, channel=channel)
        )  # fmt: skip
        void_after = visit.when.day + timedelta(days=numbers.forget_after)
        yield replace(asked, void_after=void_after, about=_local(visit, desk))


def is_still_missed(record: PatientRecord, window: str, as_of: date) -> bool:
    """Say whether the missed appointment of a reminder's window still stands: nobody came since, or booked again.

    A window that is none of a missed appointment stands, for the record cannot tell.
    """
    if not window.startswith(_MISSED):
        return True
    visit = next((v for v in record.visits if _slot_of(v) == window and v.attendance is Attendance.MISSED), None)
    return not (visit is None or _came_after(record, visit.when.day) or _is_booked_again(record, visit, as_of))


def _not_logged(record: PatientRecord, desk: Desk) -> Iterable[Reminder]:
    """Ask the team about an appointment that is over and of which nobody said what became of it."""
    for visit in record.visits:
        day = visit.when.day
        if visit.attendance is not Attendance.BOOKED or day >= desk.as_of or not _is_recent(day, desk):
            continue
        if _something_happened(record, day, day):
            continue
        due = day + timedelta(days=desk.attendance.log_after)
        slot = Slot(name=f"visit-{_name(visit)}-{day}", start=day, due=due)
        words = f"The session planned for {day} is not logged: log it, or say that it was missed."
        yield desk.reminder(ReminderRule.LOG_SESSION, slot, words, to=To(recipient=TEAM, channel=EMAIL))


def _planned(record: PatientRecord, desk: Desk) -> Iterable[Reminder]:
    """Ask the team about sessions that an order or care plan asks for and of which nobody said what became."""
    for span in _spans(record, desk.attendance, desk.as_of):
        if _accounted_for(record, span) >= span.times:
            continue
        slot = Slot(name=_window(span), start=span.first, due=span.last + timedelta(days=desk.attendance.log_after))
        words = f"The session planned for {span.first} is not logged: log it, or say that it was missed."
        if (span.first, span.times) != (span.last, 1):
            words = (
                f"Of the sessions planned from {span.first} to {span.last} ({span.times}), not all are logged: "
                "log them, or say that they were missed."
            )
        yield desk.reminder(ReminderRule.LOG_SESSION, slot, words, to=To(recipient=TEAM, channel=EMAIL))


def is_of_a_plan(reminder: Reminder) -> bool:
    """Whether a reminder asks about sessions that an order or care plan asks for."""
    return reminder.rule is ReminderRule.LOG_SESSION and reminder.window.startswith(_PLAN)


def planned_windows(record: PatientRecord, numbers: AttendanceNumbers, as_of: date) -> frozenset[str]:
    """Name the windows of reminders about planned sessions, as the orders and care plans stand now."""
    return frozenset(_window(span) for span in _spans(record, numbers, as_of))


def _spans(record: PatientRecord, numbers: AttendanceNumbers, as_of: date) -> tuple[PlannedSpan, ...]:
    """List what was planned of late and is over."""
    since = as_of - timedelta(days=numbers.forget_after)
    return planned_spans(record.plans, since=since, until=as_of - timedelta(days=1))


def _window(span: PlannedSpan) -> str:
    return f"{_PLAN}{span.first}--{span.last}"


def _accounted_for(record: PatientRecord, span: PlannedSpan) -> int:
    """Count of how many sessions somebody said what became of them: held, stopped, not done, missed or cancelled.

    An appointment of a day and the session that was logged on it are one; so is one of which the team is asked
    already. A measurement shows that somebody was there.
    """
    sessions = Counter(s.when.day for s in record.sessions)
    visits = Counter(v.when.day for v in record.visits if v.attendance is not Attendance.DISCHARGED)
    seen = Counter({r.when.day for r in record.readings})
    each_day = sessions | visits | seen
    return sum(count for day, count in each_day.items() if span.first <= day <= span.last)


def _not_done(record: PatientRecord, desk: Desk) -> Iterable[Reminder]:
    """Ask the team to make up for planned sessions that were not done since the last one that was (R25)."""
    done = max((s.when.day for s in record.sessions if s.status is not SessionStatus.NOT_DONE), default=None)
    left_out = sorted(
        s.when.day
        for s in record.sessions
        if s.status is SessionStatus.NOT_DONE and _is_recent(s.when.day, desk) and (done is None or s.when.day > done)
    )
    if not left_out:
        return
    due = left_out[0] + timedelta(days=desk.attendance.log_after)
    slot = clamped(f"not-done-{left_out[0]}", left_out[0], due, desk.as_of)
    words = f"Planned sessions were not done since {left_out[0]}: {len(left_out)}. Plan the next one."
    yield desk.reminder(ReminderRule.LOG_SESSION, slot, words, to=To(recipient=TEAM, channel=EMAIL))


def _is_recent(day: date, desk: Desk) -> bool:
    return desk.as_of - timedelta(days=desk.attendance.forget_after) <= day <= desk.as_of


def _came_after(record: PatientRecord, day: date) -> bool:
    return _something_happened(record, day + timedelta(days=1), None)


def _something_happened(record: PatientRecord, first: date, last: date | None) -> bool:
    """Say whether the patient was seen from one day to another: a visit, a session, a measurement."""
    days = [v.when.day for v in record.visits if v.attendance is Attendance.ATTENDED]
    days += [s.when.day for s in record.sessions if s.status is not SessionStatus.NOT_DONE]
    days += [r.when.day for r in record.readings]
    return any(first <= day and (last is None or day <= last) for day in days)


def _is_booked_again(record: PatientRecord, missed: Visit, as_of: date) -> bool:
    return any(
        v.attendance is Attendance.BOOKED and v.when.day >= as_of and v.source != missed.source for v in record.visits
    )


def _slot_of(missed: Visit) -> str:
    return f"{_MISSED}{_name(missed)}-{missed.when.day}"


def _name(visit: Visit) -> str:
    return visit.source.rpartition("/")[2]


def _local(visit: Visit, desk: Desk) -> datetime:
    """Give the appointment's time on the ward's clock; a day without a time begins at midnight."""
    return visit.when.earliest.astimezone(ZoneInfo(desk.zone)).replace(tzinfo=None)
