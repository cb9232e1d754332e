"""What a logbook promises of reminders: each key once, on the ward's clock, leased to one sender, never lost."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from horehab.domain.reminder import Reminder, ReminderState
from horehab.store import SqlLogbook
from horehab.usecases.exchange import ReminderRow
from tests.store.making import ANA, DAY, NOW, page, person, reminder, review


def put(logbook: SqlLogbook, *reminders: Reminder, void: tuple[str, ...] = ()) -> None:
    wanted = review(reminders=reminders, void_reminders=void)
    logbook.finish_pass(marks={}, reviews=[wanted], now=NOW, problems=())


def claim(logbook: SqlLogbook, now: datetime = NOW, owner: str = "a", limit: int = 50) -> tuple[ReminderRow, ...]:
    return logbook.due_reminders(owner=owner, now=now, limit=limit)


def states(logbook: SqlLogbook) -> list[str]:
    return [row.state.value for row in logbook.reminders()]


def test_a_reminder_comes_back_as_it_was_asked_for(logbook: SqlLogbook) -> None:
    put(logbook, reminder())
    (row,) = logbook.reminders(patient=ANA)
    assert row.reminder == reminder()
    assert (row.due, row.state, row.attempts) == (datetime(2026, 3, 10, 7, tzinfo=UTC), ReminderState.DUE, 0)
    assert logbook.reminders(patient="Patient/ben") == ()


def test_a_key_is_put_down_once_whatever_became_of_it(logbook: SqlLogbook) -> None:
    put(logbook, reminder(), reminder())
    put(logbook, reminder())
    logbook.settle_reminder(claim(logbook)[0], ReminderState.SENT, detail="", now=NOW)
    put(logbook, reminder())
    assert states(logbook) == ["sent"]


def test_what_is_due_is_leased_to_one_sender_until_its_lease_runs_out(logbook: SqlLogbook) -> None:
    put(logbook, reminder(), reminder(window="later", due_day=DAY + timedelta(days=1)))
    assert [row.owner for row in claim(logbook)] == ["a"]
    assert claim(logbook, owner="b") == ()
    late = claim(logbook, NOW + timedelta(seconds=301), owner="b")
    assert [(row.owner, row.attempts, row.is_interrupted) for row in late] == [("b", 0, False)]


def test_reminders_are_leased_soonest_first_and_no_more_than_asked_for(logbook: SqlLogbook) -> None:
    put(logbook, *(reminder(window=str(hour), due_time=time(hour)) for hour in (7, 5, 6)))
    assert [row.reminder.window for row in claim(logbook, limit=2)] == ["5", "6"]
    assert [row.reminder.window for row in claim(logbook, limit=2)] == ["7"]


@pytest.mark.parametrize("state", [ReminderState.SENT, ReminderState.FAILED, ReminderState.UNKNOWN])
def test_what_became_of_a_reminder_stays(logbook: SqlLogbook, state: ReminderState) -> None:
    put(logbook, reminder())
    (row,) = claim(logbook)
    logbook.settle_reminder(row, state, detail="why", now=NOW)
    logbook.settle_reminder(row, ReminderState.DUE, detail="", now=NOW)
    assert [(r.state, r.detail) for r in logbook.reminders()] == [(state, "why")]
    assert claim(logbook, NOW + timedelta(hours=2)) == ()


def test_one_that_is_to_be_tried_again_rests_first(logbook: SqlLogbook) -> None:
    put(logbook, reminder())
    (row,) = logbook.reminding.begin(claim(logbook), now=NOW)
    logbook.settle_reminder(row, ReminderState.DUE, detail="gateway busy", now=NOW)
    assert claim(logbook, NOW + timedelta(seconds=2)) == ()
    assert len(claim(logbook, NOW + timedelta(seconds=2.5))) == 1


def test_past_its_void_day_a_reminder_expires_instead_of_going(logbook: SqlLogbook) -> None:
    put(logbook, reminder(void_after=DAY))
    last_minute = datetime(2026, 3, 10, 22, 59, tzinfo=UTC)
    assert claim(logbook, last_minute + timedelta(minutes=1)) == ()
    assert states(logbook) == ["expired"]
    put(logbook, reminder(window="other", void_after=DAY))
    assert len(claim(logbook, last_minute)) == 1


def test_a_reminder_that_no_longer_holds_is_cancelled_and_due_again_when_asked_for_again(logbook: SqlLogbook) -> None:
    put(logbook, reminder())
    put(logbook, void=(reminder().key, "no such key"))
    assert states(logbook) == ["cancelled"]
    assert claim(logbook) == ()
    put(logbook, reminder(due_time=time(9)))
    assert [row.reminder.due_time for row in claim(logbook)] == [time(9)]


def test_one_that_was_sent_is_not_cancelled(logbook: SqlLogbook) -> None:
    put(logbook, reminder())
    (row,) = logbook.reminding.begin(claim(logbook), now=NOW)
    put(logbook, void=(reminder().key,))
    logbook.settle_reminder(row, ReminderState.SENT, detail="", now=NOW)
    put(logbook, void=(reminder().key,))
    assert states(logbook) == ["sent"]


def test_a_session_and_its_next_reminder_are_logged_together(logbook: SqlLogbook) -> None:
    logbook.keep(page(person()), now=NOW)
    logbook.log(patient=ANA, entries=[], reminders=[reminder()], now=NOW)
    assert states(logbook) == ["due"]


@pytest.mark.parametrize(
    ("day", "at", "zone", "due"),
    [
        ("2026-03-29", "01:59", "Europe/Madrid", "2026-03-29T00:59"),
        ("2026-03-29", "02:30", "Europe/Madrid", "2026-03-29T01:00"),
        ("2026-03-29", "03:00", "Europe/Madrid", "2026-03-29T01:00"),
        ("2026-10-25", "02:30", "Europe/Madrid", "2026-10-25T00:30"),
        ("2026-09-06", "00:15", "America/Santiago", "2026-09-06T04:00"),
        ("2026-10-04", "02:10", "Australia/Lord_Howe", "2026-10-03T15:30"),
        ("2011-12-30", "08:00", "Pacific/Apia", "2011-12-30T10:00"),
        ("2026-03-10", "08:00", "Mars/Olympus", "2026-03-10T07:00"),
    ],
)
def test_local_times_are_right_across_the_changes_of_the_clock(
    logbook: SqlLogbook, day: str, at: str, zone: str, due: str
) -> None:
    put(logbook, reminder(due_day=date.fromisoformat(day), due_time=time.fromisoformat(at), zone=zone))
    assert logbook.reminders()[0].due == datetime.fromisoformat(due + "+00:00")
