"""Appointments and planned sessions: who is reminded, of what, until when, and how it goes on when nobody came."""

from datetime import date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from horehab.domain.attendance import attendance_reminders
from horehab.domain.follow_up import follow_up
from horehab.domain.follow_up_desk import Desk
from horehab.domain.record import Attendance, Fact, Visit
from horehab.domain.reminder import Reminder, ReminderRule
from horehab.domain.session import Session, SessionKind, SessionStatus
from tests.detection.joints_at_hand import RULES, day, exposure, moment, reading, record


def visit(number: int, attendance: Attendance = Attendance.BOOKED, *, name: str = "1", known: int = 0) -> Visit:
    return Visit(source=f"Appointment/{name}", attendance=attendance, when=moment(number), known_on=day(known))


def session(number: int, status: SessionStatus = SessionStatus.NOT_DONE) -> Session:
    return Session(
        source=f"Procedure/{number}",
        kind=SessionKind.WALKING,
        status=status,
        when=moment(number),
        known_on=day(number),
    )


def asked(number: int, *facts: Fact) -> list[Reminder]:
    desk = Desk(
        patient="Patient/1",
        calendar=RULES.calendar,
        attendance=RULES.attendance,
        as_of=day(number),
        zone="Europe/Madrid",
    )
    return attendance_reminders(record(*facts).as_known_on(day(number)), desk)


def test_a_patient_is_reminded_two_days_before_an_appointment_and_not_on_its_day() -> None:
    (reminder,) = asked(20, visit(30))
    assert (reminder.rule, reminder.recipient, reminder.channel) == (ReminderRule.APPOINTMENT, "patient", "message")
    assert (reminder.due_day, reminder.void_after) == (day(28), day(29))
    assert reminder.about == datetime.combine(date(2026, 1, 31), time(11))
    assert [r.due_day for r in asked(29, visit(30))] == [day(29)], "booked late, reminded today"
    assert asked(30, visit(30)) == []


def test_an_appointment_that_moves_is_another_reminder_and_one_that_is_cancelled_is_none() -> None:
    (before,), (after,) = asked(20, visit(30)), asked(21, visit(33))
    assert before.key != after.key
    assert asked(21, visit(30, Attendance.CANCELLED)) == []
    assert asked(21, visit(30))[0].key == before.key


def test_a_missed_appointment_is_followed_by_a_message_a_call_and_a_letter() -> None:
    missed = visit(30, Attendance.MISSED)
    steps = [(r.channel, (r.due_day - day(30)).days) for r in asked(31, missed)]
    assert steps == [("message", 1), ("call", 4), ("letter", 11)]
    assert {r.rule for r in asked(31, missed)} == {ReminderRule.NON_ATTENDANCE}
    assert {r.void_after for r in asked(31, missed)} == {day(58)}
    assert asked(59, missed) == []
    assert {r.about for r in asked(31, missed)} == {datetime.combine(date(2026, 1, 31), time(11))}, (
        "that day is meant"
    )


def test_who_came_since_or_has_another_appointment_is_not_asked_why() -> None:
    missed = visit(30, Attendance.MISSED)
    assert asked(32, missed, visit(31, Attendance.ATTENDED, name="2")) == []
    assert asked(32, missed, reading(31, 100)) == []
    assert asked(32, missed, session(31, SessionStatus.COMPLETED)) == []
    rules = [r.rule for r in asked(32, missed, visit(35, name="2"))]
    assert rules == [ReminderRule.APPOINTMENT]


def test_an_appointment_of_which_nobody_said_what_became_of_it_is_to_be_logged() -> None:
    (reminder,) = asked(31, visit(30))
    assert (reminder.rule, reminder.recipient, reminder.due_day) == (ReminderRule.LOG_SESSION, "team", day(31))
    assert asked(31, visit(30), session(30, SessionStatus.STOPPED)) == []
    assert asked(31, visit(30), reading(30, 100)) == []


def test_planned_sessions_that_were_not_done_are_asked_about_once_until_one_is_done() -> None:
    (first,), (again,) = asked(21, session(20)), asked(23, session(20), session(22))
    assert (first.rule, first.due_day) == (ReminderRule.LOG_SESSION, day(21))
    assert first.key == again.key
    assert "not done since 2026-01-21: 2" in again.reason
    assert asked(24, session(20), session(22), session(23, SessionStatus.COMPLETED)) == []


def test_appointments_of_those_who_are_not_followed_up_are_none_of_ours() -> None:
    booked = visit(30)
    assert not follow_up(record(booked), (), RULES, day(28), zone="Europe/Madrid")
    followed = follow_up(record(exposure(), booked), (), RULES, day(28), zone="Europe/Madrid")
    assert ReminderRule.APPOINTMENT in {r.rule for r in followed}


visits = st.lists(
    st.builds(
        visit,
        st.integers(0, 60),
        st.sampled_from(Attendance),
        name=st.integers(1, 6).map(str),
        known=st.integers(0, 9),
    ),
    max_size=6,
)


@settings(deadline=None)
@given(visits, st.lists(st.builds(session, st.integers(0, 60), st.sampled_from(SessionStatus))), st.integers(0, 70))
def test_whatever_was_booked_each_is_asked_once_in_time_and_never_after_its_last_day(
    booked: list[Visit], held: list[Session], today: int
) -> None:
    wanted = asked(today, *booked, *held)
    by_source = {v.source for v in booked}
    keys = [r.key for r in wanted]
    assert len(keys) == len(set(keys)) or len(by_source) < len(booked), "a chart names an appointment once"
    for reminder in wanted:
        assert reminder.due_day <= reminder.void_after
        assert reminder.void_after >= day(today) - timedelta(days=RULES.attendance.forget_after)
        assert reminder.rule is not ReminderRule.APPOINTMENT or reminder.due_day >= day(today) or reminder.earliest
        assert not {"diagnosis", "ossification"} & set(reminder.reason.split())
