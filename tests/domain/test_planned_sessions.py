"""A planned session that is neither logged nor said to be missed is asked about; one accounted for is not."""

from datetime import date

from horehab.domain.attendance import is_of_a_plan, planned_windows
from horehab.domain.plan import Plan, Rhythm, Span
from horehab.domain.record import Attendance, Fact
from horehab.domain.reminder import Reminder, ReminderRule
from horehab.domain.session import SessionKind, SessionStatus
from tests.detection.joints_at_hand import RULES, day, moment, reading, record
from tests.domain.test_attendance import asked, session, visit


def order(first: int, last: int, *, rhythm: Rhythm | None = None, days: tuple[date, ...] = ()) -> Plan:
    """An order of physiotherapy, from one day to another."""
    return Plan(
        source="ServiceRequest/1",
        kind=SessionKind.OTHER,
        when=moment(first),
        known_on=day(0),
        rhythm=rhythm or (None if days else Rhythm()),
        days=days,
        first=day(first),
        last=day(last),
    )


def of_plans(number: int, *facts: Fact) -> list[Reminder]:
    return [reminder for reminder in asked(number, *facts) if is_of_a_plan(reminder)]


def test_a_planned_session_that_nobody_logged_is_asked_about_the_day_after() -> None:
    assert of_plans(30, order(30, 30)) == []
    (reminder,) = of_plans(31, order(30, 30))
    assert (reminder.rule, reminder.recipient, reminder.channel) == (ReminderRule.LOG_SESSION, "team", "email")
    assert reminder.due_day == day(31)
    assert reminder.reason == f"The session planned for {day(30)} is not logged: log it, or say that it was missed."
    assert of_plans(40, order(30, 30))[0].key == reminder.key, "asked once"


def test_what_was_held_stopped_not_done_missed_or_measured_is_accounted_for() -> None:
    for status in SessionStatus:
        assert of_plans(31, order(30, 30), session(30, status)) == []
    for attendance in (Attendance.ATTENDED, Attendance.MISSED, Attendance.CANCELLED, Attendance.BOOKED):
        assert of_plans(31, order(30, 30), visit(30, attendance)) == [], "an appointment is asked about by itself"
    assert of_plans(31, order(30, 30), reading(30, 100)) == []
    assert of_plans(31, order(30, 30), visit(30, Attendance.DISCHARGED))
    assert of_plans(31, order(30, 30), session(29, SessionStatus.COMPLETED))


def test_of_several_in_a_week_each_must_be_accounted_for() -> None:
    weekly = order(20, 26, rhythm=Rhythm(times=3, unit=Span.WEEK))
    held = [session(number, SessionStatus.COMPLETED) for number in (20, 22)]
    (reminder,) = of_plans(27, weekly, *held)
    assert f"planned from {day(20)} to {day(26)} (3), not all are logged" in reminder.reason
    assert of_plans(27, weekly, *held, session(25)) == []
    assert of_plans(27, weekly, *held, visit(20, Attendance.ATTENDED)), "the visit in which it was held is no other"
    assert of_plans(26, weekly) == [], "the week is not over"


def test_two_on_one_day_are_two() -> None:
    twice = order(30, 30, rhythm=Rhythm(times=2))
    assert "(2), not all are logged" in of_plans(31, twice, session(30))[0].reason
    assert of_plans(31, order(30, 30, days=(day(30), day(30))), session(30))


def test_an_order_of_weeks_ago_is_forgotten_and_one_that_ended_asks_for_nothing() -> None:
    assert len(of_plans(60, order(0, 60))) == RULES.attendance.forget_after
    assert of_plans(60, order(0, 30)) == []
    windows = planned_windows(record(order(30, 30)), RULES.attendance, day(31))
    assert windows == {of_plans(31, order(30, 30))[0].window}
    assert planned_windows(record(), RULES.attendance, day(31)) == frozenset()
