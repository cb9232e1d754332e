"""What a logbook promises of conflicts: they wait for a person, are settled once, and do not come back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from horehab.domain.entries import Delivery, Outcome
from horehab.store import SqlLogbook
from horehab.usecases.conflict_queue import Settlement, Sweep
from tests.contracts.test_logbook_outbox import CONFLICT, DONE, claim, put, walk
from tests.store.making import ANA, DAY, NOW, logged, measured, page, person, reasons, review, suspicion, task

REFUSED = Delivery(outcome=Outcome.REFUSED, detail="422")


def stuck(logbook: SqlLogbook, answer: Delivery = CONFLICT) -> int:
    """Let a suspicion with its reasons end in the queue; gives its row."""
    put(logbook, suspicion(), reasons())
    walk(logbook, {"suspicion:hr-1": answer})
    (row,) = logbook.queue.listed()
    return row.row


def states(logbook: SqlLogbook) -> list[str]:
    return [row.state for row in logbook.outbox(open_only=False)]


@pytest.mark.parametrize("answer", [CONFLICT, REFUSED], ids=["conflict", "refused"])
def test_what_ended_badly_waits_for_a_person_with_the_moment_and_the_reason(
    logbook: SqlLogbook, answer: Delivery
) -> None:
    stuck(logbook, answer)
    (row,) = logbook.queue.listed(patient=ANA)
    assert (row.state, row.detail, row.settled) == (answer.outcome.value, answer.detail, NOW)
    assert logbook.queue.listed(patient="Patient/ben") == ()


def test_what_is_kept_as_the_ehr_has_it_takes_its_reasons_along_and_is_not_said_again(logbook: SqlLogbook) -> None:
    assert logbook.queue.settle(stuck(logbook), Settlement.KEEP_THEIRS, now=NOW)
    assert (states(logbook), logbook.queue.listed(), logbook.outbox()) == (["kept", "kept"], (), ())
    assert not put(logbook, suspicion(), reasons())
    assert walk(logbook) == []


def test_something_new_to_say_goes_after_a_conflict_was_settled(logbook: SqlLogbook) -> None:
    logbook.queue.settle(stuck(logbook), Settlement.KEEP_THEIRS, now=NOW)
    put(logbook, suspicion(evidence=("Observation/1", "Observation/2")), reasons(number=2))
    assert walk(logbook) == ["suspicion:hr-1", "reasons:hr-1-2"]


def test_what_is_tried_again_goes_at_once_in_its_old_place_before_what_rests_on_it(logbook: SqlLogbook) -> None:
    assert logbook.queue.settle(stuck(logbook), Settlement.TRY_AGAIN, now=NOW)
    assert walk(logbook) == ["suspicion:hr-1", "reasons:hr-1-1"]
    assert states(logbook) == ["done", "done"]


@pytest.mark.parametrize("how", list(Settlement))
def test_a_conflict_is_settled_once(logbook: SqlLogbook, how: Settlement) -> None:
    row = stuck(logbook)
    assert logbook.queue.settle(row, how, now=NOW)
    assert not logbook.queue.settle(row, Settlement.KEEP_THEIRS, now=NOW)
    assert not logbook.queue.settle(99, how, now=NOW)


def test_reasons_of_what_was_written_since_are_still_given(logbook: SqlLogbook) -> None:
    """Two words of one key were on their way at once: the first ended badly, the second well."""
    put(logbook, suspicion())
    first = claim(logbook)[0]
    put(logbook, suspicion(strength=5), reasons())
    logbook.settle(first, CONFLICT, now=NOW)
    row = logbook.queue.listed()[0].row
    logbook.settle(claim(logbook)[0], DONE, now=NOW)
    assert not logbook.queue.settle(row, Settlement.KEEP_THEIRS, now=NOW)
    assert walk(logbook) == ["reasons:hr-1-1"]


def test_a_newer_word_takes_the_place_of_one_that_waits_for_a_person(logbook: SqlLogbook) -> None:
    stuck(logbook)
    put(logbook, suspicion(strength=5))
    assert logbook.queue.listed() == ()
    assert walk(logbook) == ["suspicion:hr-1", "reasons:hr-1-1"]


def test_a_kept_session_lets_its_measurements_go_and_is_no_fact_of_ours_any_more(logbook: SqlLogbook) -> None:
    logbook.keep(page(person()), now=NOW)
    put(logbook, logged(), measured())
    walk(logbook, {"session:s1": REFUSED})
    assert len(logbook.local_facts(ANA)) == 2
    logbook.queue.settle(logbook.queue.listed()[0].row, Settlement.KEEP_THEIRS, now=NOW)
    assert len(logbook.local_facts(ANA)) == 1
    assert walk(logbook) == ["measurement:m1"]


def test_a_task_kept_out_of_the_ehr_does_not_come_back_because_its_day_moved_on(logbook: SqlLogbook) -> None:
    put(logbook, task())
    walk(logbook, {f"task:{ANA}|measure-rom": REFUSED})
    logbook.queue.settle(logbook.queue.listed()[0].row, Settlement.KEEP_THEIRS, now=NOW)
    tomorrow = DAY + timedelta(days=1)
    assert not put(logbook, task(due=tomorrow, authored=tomorrow))
    assert put(logbook, task(is_cancelled=True))


def test_a_settled_conflict_flags_its_patient_for_review(logbook: SqlLogbook) -> None:
    logbook.keep(page(person()), now=NOW)
    row = stuck(logbook)
    logbook.finish_pass(marks={}, reviews=[review()], now=NOW, problems=())
    assert logbook.patients_to_review() == ()
    logbook.queue.settle(row, Settlement.KEEP_THEIRS, now=NOW)
    assert logbook.patients_to_review() == (ANA,)


def test_doubles_are_looked_for_among_what_was_delivered_since_the_review_before_the_last(
    logbook: SqlLogbook,
) -> None:
    logbook.keep(page(person()), now=NOW)
    put(logbook, suspicion())
    walk(logbook)
    assert [row.key for row in logbook.queue.delivered_lately()] == ["suspicion:hr-1"]
    for hours in (1, 2):
        now = NOW + timedelta(hours=hours)
        logbook.finish_pass(marks={}, reviews=[review()], now=now, problems=())
    put(logbook, task())
    logbook.settle(claim(logbook, 7200)[0], DONE, now=NOW + timedelta(hours=2))
    assert [row.key for row in logbook.queue.delivered_lately()] == [f"task:{ANA}|measure-rom"]


def test_what_we_ended_as_a_double_is_ours_and_the_one_that_stays_is_the_one_we_know(logbook: SqlLogbook) -> None:
    put(logbook, suspicion())
    walk(logbook)
    sweep = Sweep(key="suspicion:hr-1", kept="Condition/7", ended=(("Condition/8", "2"),))
    for _ in range(2):
        logbook.queue.note_sweep(sweep, now=NOW)
    assert logbook.own_versions("Condition/8") == {"2"}
    assert logbook.delivered_reference("suspicion:hr-1") == "Condition/7"
    logbook.queue.note_sweep(replace(sweep, key="suspicion:unknown"), now=NOW)


def test_doubles_that_people_worked_on_wait_for_a_person(logbook: SqlLogbook) -> None:
    put(logbook, suspicion())
    walk(logbook)
    sweep = Sweep(key="suspicion:hr-1", kept="Condition/7", why="It stands there twice.")
    logbook.queue.note_sweep(sweep, now=NOW)
    assert [row.detail for row in logbook.queue.listed()] == ["It stands there twice."]
