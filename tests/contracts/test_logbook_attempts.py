"""What a logbook promises of attempts: written before anything leaves, each one kept, nobody's taken by another."""

from datetime import date, datetime, time, timedelta

import pytest

from horehab.domain.reminder import ReminderState
from horehab.store import SqlLogbook
from horehab.usecases.exchange import ReminderRow
from horehab.usecases.reminding import NewTime, Outcome
from tests.store.making import ANA, DAY, NOW, page, person, reminder, review

LATER = NOW + timedelta(seconds=301)


def put(logbook: SqlLogbook, count: int = 1) -> None:
    wanted = review(reminders=tuple(reminder(window=f"slot-{number}") for number in range(count)))
    logbook.finish_pass(marks={}, reviews=[wanted], now=NOW, problems=())


def begun(logbook: SqlLogbook, owner: str = "a", now: datetime = NOW) -> tuple[ReminderRow, ...]:
    return logbook.reminding.begin(logbook.due_reminders(owner=owner, now=now, limit=50), now=now)


def states(logbook: SqlLogbook) -> list[str]:
    return [row.state.value for row in logbook.reminders()]


def outcomes(logbook: SqlLogbook) -> list[tuple[str, int, str | None]]:
    return [(a.owner, a.number, a.outcome.value if a.outcome else None) for a in logbook.reminding.attempts()]


def test_an_attempt_is_on_record_before_anybody_says_what_became_of_it(logbook: SqlLogbook) -> None:
    put(logbook)
    (row,) = begun(logbook)
    assert row.attempts == 1
    assert outcomes(logbook) == [("a", 1, None)]
    logbook.settle_reminder(row, ReminderState.SENT, detail="taken", now=NOW)
    (attempt,) = logbook.reminding.attempts(key=row.reminder.key)
    assert (attempt.outcome, attempt.detail, attempt.begun, attempt.settled) == (
        ReminderState.SENT,
        "taken",
        NOW,
        NOW,
    )
    assert logbook.reminding.attempts(key="no such key") == ()


def test_who_was_stopped_beyond_its_lease_can_begin_nothing_of_what_another_has_now(logbook: SqlLogbook) -> None:
    put(logbook, 2)
    rows = logbook.due_reminders(owner="a", now=NOW, limit=50)
    first = logbook.reminding.begin(rows[:1], now=NOW)
    taken_over = logbook.due_reminders(owner="b", now=LATER, limit=50)
    assert [row.is_interrupted for row in taken_over] == [True, False]
    assert logbook.reminding.begin(rows[1:], now=LATER) == ()
    logbook.reminding.settle([Outcome(row=first[0], state=ReminderState.DUE, detail="too late to matter")], now=LATER)
    assert states(logbook) == ["claimed", "claimed"]


def test_a_late_word_that_it_was_taken_ends_the_doubt(logbook: SqlLogbook) -> None:
    put(logbook)
    (mine,) = begun(logbook)
    (theirs,) = logbook.due_reminders(owner="b", now=LATER, limit=50)
    logbook.settle_reminder(theirs, ReminderState.UNKNOWN, detail="interrupted", now=LATER)
    assert outcomes(logbook) == [("a", 1, "unknown")]
    logbook.settle_reminder(mine, ReminderState.SENT, detail="taken", now=LATER)
    assert states(logbook) == ["sent"]
    assert outcomes(logbook) == [("a", 1, "sent")]
    assert "late" in logbook.reminders()[0].detail


def test_each_raw_repeat_is_a_line_of_its_own(logbook: SqlLogbook) -> None:
    put(logbook)
    begun(logbook)
    (again,) = begun(logbook, "b", LATER)
    logbook.settle_reminder(again, ReminderState.SENT, detail="", now=LATER)
    assert outcomes(logbook) == [("a", 1, None), ("b", 2, "sent")]


def test_what_was_handed_to_nobody_is_no_attempt(logbook: SqlLogbook) -> None:
    put(logbook)
    (row,) = begun(logbook)
    until = NOW + timedelta(hours=3)
    waits = Outcome(row=row, state=ReminderState.DUE, detail="quiet hours", until=until, is_tried=False)
    logbook.reminding.settle([waits], now=NOW)
    logbook.reminding.settle([], now=NOW)
    assert outcomes(logbook) == []
    assert logbook.due_reminders(owner="a", now=until - timedelta(seconds=1), limit=9) == ()
    (row,) = logbook.due_reminders(owner="a", now=until, limit=9)
    assert (row.attempts, row.is_interrupted) == (0, False)


def test_what_was_leased_and_not_begun_can_be_given_back_at_once(logbook: SqlLogbook) -> None:
    put(logbook, 2)
    rows = logbook.due_reminders(owner="a", now=NOW, limit=50)
    logbook.reminding.begin(rows[:1], now=NOW)
    logbook.reminding.give_back(rows)
    assert states(logbook) == ["claimed", "due"]
    assert len(logbook.due_reminders(owner="b", now=NOW, limit=50)) == 1


def test_one_that_is_leased_and_not_begun_can_still_be_cancelled(logbook: SqlLogbook) -> None:
    put(logbook, 2)
    rows = logbook.due_reminders(owner="a", now=NOW, limit=50)
    logbook.reminding.begin(rows[:1], now=NOW)
    assert logbook.reminding.cancel_for(ANA, why="the patient said STOP", now=NOW, recipient="patient") == 0
    assert logbook.reminding.cancel_for(ANA, why="the patient said STOP", now=NOW) == 1
    assert logbook.reminding.begin(rows[1:], now=NOW) == ()
    assert [row.detail for row in logbook.reminders()] == ["", "the patient said STOP"]


def test_the_dead_are_followed_at_once_and_what_they_had_begun_is_known(logbook: SqlLogbook) -> None:
    put(logbook, 2)
    rows = logbook.due_reminders(owner="dead", now=NOW, limit=50)
    logbook.reminding.begin(rows[:1], now=NOW)
    logbook.release_dead(lambda owner: owner == "dead")
    taken_over = logbook.due_reminders(owner="b", now=NOW, limit=50)
    assert [row.is_interrupted for row in taken_over] == [True, False]


def test_after_days_of_standstill_nothing_that_was_leased_leaves_past_its_last_day(logbook: SqlLogbook) -> None:
    put(logbook, 2)
    rows = logbook.due_reminders(owner="dead", now=NOW, limit=50)
    logbook.reminding.begin(rows[:1], now=NOW)
    logbook.release_dead(lambda owner: owner == "dead")
    assert logbook.due_reminders(owner="b", now=NOW + timedelta(days=60), limit=50) == ()
    interrupted, waited = logbook.reminders()
    assert (interrupted.state, "interrupted" in interrupted.detail) == (ReminderState.UNKNOWN, True)
    assert (waited.state, waited.detail) == (ReminderState.EXPIRED, "past the last day on which it was of use")
    assert [(row.owner, row.is_interrupted) for row in (interrupted, waited)] == [("", False)] * 2


def test_what_somebody_still_has_is_left_to_them_past_its_last_day(logbook: SqlLogbook) -> None:
    last = NOW.replace(hour=22, minute=59)
    wanted = review(reminders=(reminder(void_after=DAY),))
    logbook.finish_pass(marks={}, reviews=[wanted], now=NOW, problems=())
    (row,) = begun(logbook, now=last)
    assert logbook.due_reminders(owner="b", now=last + timedelta(minutes=2), limit=50) == ()
    logbook.settle_reminder(row, ReminderState.SENT, detail="", now=last + timedelta(minutes=2))
    assert states(logbook) == ["sent"]


MONDAY = NewTime(day=DAY + timedelta(days=6), at=time(10), void_after=DAY + timedelta(days=20))


def test_what_a_person_stopped_stays_stopped(logbook: SqlLogbook) -> None:
    put(logbook)
    key = logbook.reminders()[0].reminder.key
    assert logbook.reminding.stop(key, who="coordinator", why="seen on the ward", now=NOW)
    assert not logbook.reminding.stop(key, who="coordinator", why="again", now=NOW)
    put(logbook)
    (row,) = logbook.reminders()
    assert (row.state, row.detail, row.decided_by) == (ReminderState.CANCELLED, "seen on the ward", "coordinator")


@pytest.mark.parametrize(("is_known", "then"), [(True, "due"), (False, "cancelled")])
def test_one_that_was_cancelled_after_tries_is_due_again_unless_one_of_them_may_have_left(
    logbook: SqlLogbook, *, is_known: bool, then: str
) -> None:
    put(logbook)
    (row,) = begun(logbook)
    if is_known:
        logbook.settle_reminder(row, ReminderState.DUE, detail="the gateway is busy", now=NOW)
    (row,) = begun(logbook, "b", LATER)
    logbook.settle_reminder(row, ReminderState.DUE, detail="the gateway is busy", now=LATER)
    void = review(void_reminders=(row.reminder.key,))
    logbook.finish_pass(marks={}, reviews=[void], now=LATER, problems=())
    assert states(logbook) == ["cancelled"]
    put(logbook)
    assert states(logbook) == [then]


def test_a_person_moves_one_that_waits_and_it_is_due_at_its_new_local_time(logbook: SqlLogbook) -> None:
    put(logbook)
    key = logbook.reminders()[0].reminder.key
    assert logbook.reminding.reschedule(key, MONDAY, who="coordinator", now=NOW)
    (row,) = logbook.reminders()
    assert (row.due, row.reminder.key) == (datetime.fromisoformat("2026-03-16T09:00+00:00"), key)
    assert logbook.due_reminders(owner="a", now=NOW, limit=9) == ()
    put(logbook)
    assert logbook.reminders()[0].due == row.due, "a review does not move it back"
    assert not logbook.reminding.send_again(key, MONDAY, who="coordinator", now=NOW)
    assert not logbook.reminding.reschedule("no such key", MONDAY, who="coordinator", now=NOW)


@pytest.mark.parametrize("state", [ReminderState.SENT, ReminderState.UNKNOWN, ReminderState.FAILED])
def test_one_that_is_sent_again_is_another_message_of_the_same_reminder(
    logbook: SqlLogbook, state: ReminderState
) -> None:
    put(logbook)
    (row,) = begun(logbook)
    logbook.settle_reminder(row, state, detail="", now=NOW)
    assert logbook.reminding.send_again(row.reminder.key, MONDAY, who="coordinator", now=NOW)
    (again,) = logbook.due_reminders(owner="b", now=NOW + timedelta(days=6), limit=9)
    assert again.reminder.key == row.reminder.key
    assert again.reminder.message_key != row.reminder.message_key == row.reminder.key
    assert not again.is_interrupted


def test_the_state_of_all_reminders_is_counted(logbook: SqlLogbook) -> None:
    put(logbook, 3)
    (first, *rest) = begun(logbook)
    logbook.settle_reminder(first, ReminderState.SENT, detail="", now=NOW)
    logbook.settle_reminder(rest[0], ReminderState.DUE, detail="busy", now=NOW)
    counts = logbook.reminding.counts(now=NOW)
    assert {state.value: number for state, number in counts.by_state.items() if number} == {
        "sent": 1, "due": 1, "claimed": 1
    }  # fmt: skip
    assert (counts.due_now, counts.attempts, counts.interrupted) == (1, 3, 1)
    assert counts.oldest_due == datetime.fromisoformat("2026-03-10T07:00+00:00")
    assert not counts.is_released
    logbook.reminding.release(who="coordinator", now=NOW)
    assert logbook.reminding.counts(now=NOW).is_released


def test_each_tick_says_when_it_was_begun_and_done_and_by_whom(logbook: SqlLogbook) -> None:
    logbook.reminding.begin_tick("reminders", owner="a", now=NOW)
    (tick,) = logbook.reminding.ticks()
    assert (tick.begun, tick.done, tick.owner) == (NOW, None, "a")
    logbook.reminding.end_tick("reminders", owner="b", now=LATER)
    (tick,) = logbook.reminding.ticks()
    assert (tick.begun, tick.done, tick.owner, tick.at) == (NOW, LATER, "b", LATER)


def test_what_changed_about_a_patient_since_the_last_review_is_known(logbook: SqlLogbook) -> None:
    logbook.keep(page(person()), now=NOW)
    assert logbook.reminding.unreviewed([ANA, "Patient/nobody"]) == {ANA: ANA}
    logbook.finish_pass(marks={}, reviews=[review()], now=NOW, problems=())
    assert logbook.reminding.unreviewed([ANA]) == {}


def test_a_window_that_closed_before_the_patient_was_first_seen_expires_with_that_reason(logbook: SqlLogbook) -> None:
    old = reminder(void_after=DAY - timedelta(days=1), due_day=date(2026, 1, 1))
    logbook.finish_pass(marks={}, reviews=[review(reminders=(old, reminder()))], now=NOW, problems=())
    assert states(logbook) == ["due"], "the same key is put down once"
    older = reminder(window="january", void_after=DAY - timedelta(days=1), due_day=date(2026, 1, 1))
    logbook.finish_pass(marks={}, reviews=[review(reminders=(older,))], now=NOW, problems=())
    (expired, _) = logbook.reminders()
    assert (expired.state, "first seen here on 2026-03-10" in expired.detail) == (ReminderState.EXPIRED, True)


def test_a_zone_that_does_not_exist_is_said(logbook: SqlLogbook) -> None:
    logbook.log(patient=ANA, entries=(), reminders=[reminder(zone="Mars/Olympus")], now=NOW)
    assert "no time zone 'Mars/Olympus'" in logbook.reminders()[0].detail
