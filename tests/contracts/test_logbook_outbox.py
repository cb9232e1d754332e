"""What a logbook promises of entries on their way: none lost, none twice, none overtaking another."""

from dataclasses import replace
from datetime import timedelta

import pytest

from horehab.domain.entries import ChartEntry, Delivery, Outcome, entry_key
from horehab.store import SqlLogbook
from horehab.usecases.exchange import OutboxRow
from tests.store.making import (
    ANA,
    DAY,
    NOW,
    decision,
    every_kind_of_entry,
    logged,
    measured,
    page,
    person,
    reasons,
    review,
    suspicion,
    task,
)

DONE = Delivery(outcome=Outcome.DONE, reference="Condition/hr-1", version="1")
LATER = Delivery(outcome=Outcome.LATER, detail="503")
CONFLICT = Delivery(outcome=Outcome.CONFLICT, detail="a person edited it")


def put(logbook: SqlLogbook, *entries: ChartEntry) -> bool:
    return logbook.log(patient=ANA, entries=entries, reminders=[], now=NOW)


def claim(logbook: SqlLogbook, seconds: float = 0, owner: str = "a") -> list[OutboxRow]:
    return list(logbook.claim_entries(owner=owner, now=NOW + timedelta(seconds=seconds), limit=50))


def walk(logbook: SqlLogbook, answers: dict[str, Delivery] | None = None) -> list[str]:
    """Deliver all that goes, and name it in the order in which it went."""
    went = []
    while rows := claim(logbook):
        for row in rows:
            went.append(row.key)
            logbook.settle(row, (answers or {}).get(row.key, DONE), now=NOW)
    return went


def test_every_kind_of_entry_comes_back_as_it_was_logged(logbook: SqlLogbook) -> None:
    put(logbook, *every_kind_of_entry())
    assert [row.entry for row in logbook.outbox()] == list(every_kind_of_entry())
    assert [row.key for row in logbook.outbox()] == [entry_key(e) for e in every_kind_of_entry()]


def test_entries_of_a_patient_go_one_after_the_other_in_their_order(logbook: SqlLogbook) -> None:
    put(logbook, logged(), measured(), suspicion())
    assert [row.key for row in claim(logbook)] == ["session:s1"]
    assert claim(logbook, owner="b") == []
    logbook.settle(logbook.outbox()[0], DONE, now=NOW)
    assert walk(logbook) == ["measurement:m1", "suspicion:hr-1"]


def test_patients_do_not_wait_for_each_other(logbook: SqlLogbook) -> None:
    put(logbook, suspicion(), reasons(), suspicion("Patient/ben", "hr-2"))
    assert [row.patient for row in claim(logbook)] == [ANA, "Patient/ben"]


def test_a_lease_that_ran_out_is_taken_by_another(logbook: SqlLogbook) -> None:
    put(logbook, suspicion())
    assert claim(logbook)[0].attempts == 1
    assert claim(logbook, 299, owner="b") == []
    assert claim(logbook, 301, owner="b")[0].attempts == 2


def test_what_a_dead_process_held_is_given_back_at_once_and_what_a_living_one_holds_is_not(
    logbook: SqlLogbook,
) -> None:
    put(logbook, suspicion(), suspicion("Patient/ben", "hr-2"))
    assert len(claim(logbook, owner="dead")) == 2
    logbook.release_dead(lambda owner: owner == "somebody else")
    assert claim(logbook, owner="b") == []
    logbook.release_dead(lambda owner: owner == "dead")
    assert len(claim(logbook, owner="b")) == 2


def test_what_is_to_come_later_rests_and_goes_before_what_came_after_it(logbook: SqlLogbook) -> None:
    put(logbook, suspicion(), reasons())
    logbook.settle(claim(logbook)[0], replace(LATER, retry_after=120), now=NOW)
    assert claim(logbook, 119) == []
    assert [row.key for row in claim(logbook, 120)] == ["suspicion:hr-1"]
    assert logbook.outbox()[0].detail == "503"


@pytest.mark.parametrize(("asked", "waits"), [(1e12, 900), (-5, 1), (0, 1)])
def test_a_nonsensical_wish_to_wait_is_bounded(logbook: SqlLogbook, asked: float, waits: float) -> None:
    put(logbook, suspicion())
    logbook.settle(claim(logbook)[0], replace(LATER, retry_after=asked), now=NOW)
    assert claim(logbook, waits - 0.5) == []
    assert len(claim(logbook, waits)) == 1


def test_a_conflict_holds_back_what_rests_on_it_and_nothing_else(logbook: SqlLogbook) -> None:
    put(logbook, suspicion(), reasons(), task())
    assert walk(logbook, {"suspicion:hr-1": CONFLICT}) == ["suspicion:hr-1", f"task:{ANA}|measure-rom"]
    assert [row.state for row in logbook.outbox()] == ["conflict", "waiting"]
    put(logbook, suspicion(strength=4))
    assert walk(logbook) == ["suspicion:hr-1", "reasons:hr-1-1"]


def test_a_refused_session_holds_back_its_measurements(logbook: SqlLogbook) -> None:
    put(logbook, logged(), measured(), suspicion())
    refused = Delivery(outcome=Outcome.REFUSED, detail="422")
    assert walk(logbook, {"session:s1": refused}) == ["session:s1", "suspicion:hr-1"]


def test_the_same_word_is_not_said_twice(logbook: SqlLogbook) -> None:
    assert put(logbook, suspicion(), task(), decision(), logged())
    again = (suspicion(), task(authored=DAY + timedelta(days=1)), replace(decision(), reason="other"))
    assert not put(logbook, *again, logged(known_on=DAY + timedelta(days=1)))
    assert len(walk(logbook)) == 4
    assert not put(logbook, *again)
    assert walk(logbook) == []


def test_a_newer_word_takes_the_place_of_one_that_waits(logbook: SqlLogbook) -> None:
    put(logbook, suspicion(), reasons())
    put(logbook, suspicion(strength=5))
    assert walk(logbook) == ["suspicion:hr-1", "reasons:hr-1-1"]
    rows = logbook.outbox(open_only=False)
    assert [(r.state, getattr(r.entry, "strength", None)) for r in rows] == [
        ("replaced", 3), ("done", None), ("done", 5),
    ]  # fmt: skip


def test_a_newer_word_waits_for_the_one_that_is_just_being_delivered(logbook: SqlLogbook) -> None:
    put(logbook, suspicion())
    leased = claim(logbook)[0]
    put(logbook, suspicion(strength=5))
    assert claim(logbook) == []
    logbook.settle(leased, LATER, now=NOW)
    assert [row.entry for row in claim(logbook, 10)] == [suspicion(strength=5)]


def test_versions_that_we_wrote_are_known_as_ours(logbook: SqlLogbook) -> None:
    put(logbook, suspicion())
    row = claim(logbook)[0]
    logbook.settle(row, DONE, now=NOW)
    logbook.settle(row, DONE, now=NOW)
    put(logbook, suspicion(strength=5))
    logbook.settle(claim(logbook)[0], replace(DONE, version="4"), now=NOW)
    assert logbook.own_versions("Condition/hr-1") == {"1", "4"}
    assert logbook.own_versions("Condition/other") == frozenset()
    assert logbook.delivered_reference("suspicion:hr-1") == "Condition/hr-1"
    assert logbook.delivered_reference("suspicion:other") is None


def test_what_was_settled_stays_settled(logbook: SqlLogbook) -> None:
    put(logbook, suspicion())
    row = claim(logbook)[0]
    logbook.settle(row, DONE, now=NOW)
    logbook.settle(row, CONFLICT, now=NOW)
    assert [r.state for r in logbook.outbox(open_only=False)] == ["done"]


def test_evidence_logged_here_is_cited_as_the_chart_knows_it(logbook: SqlLogbook) -> None:
    logbook.keep(page(person()), now=NOW)
    put(logbook, logged(), measured(), suspicion(evidence=("urn:uuid:m1", "urn:uuid:other")))
    for reference in ("Procedure/7", "Observation/8"):
        logbook.settle(claim(logbook)[0], replace(DONE, reference=reference), now=NOW)
    entry = claim(logbook)[0].entry
    assert entry == suspicion(evidence=("Observation/8", "urn:uuid:other"))
    reading = logbook.record(ANA).readings[0]
    assert (reading.source, reading.session) == ("Observation/8", "Procedure/7")


def test_decisions_are_told_oldest_first(logbook: SqlLogbook) -> None:
    put(logbook, decision(number=2))
    put(logbook, decision(number=1), decision(number=2))
    assert [d.decision_id for d in logbook.decisions(ANA)] == ["d2", "d1"]
    assert logbook.decisions("Patient/nobody") == ()


def test_a_pass_puts_its_entries_into_the_queue_once(logbook: SqlLogbook) -> None:
    logbook.keep(page(person()), now=NOW)
    for _ in range(2):
        logbook.finish_pass(marks={}, reviews=[review(entries=(suspicion(),))], now=NOW, problems=())
    assert [row.key for row in logbook.outbox(patient=ANA)] == ["suspicion:hr-1"]
    assert logbook.outbox(patient="Patient/ben") == ()


def test_what_is_logged_flags_its_patient_for_review(logbook: SqlLogbook) -> None:
    logbook.keep(page(person()), now=NOW)
    logbook.finish_pass(marks={}, reviews=[review()], now=NOW, problems=())
    put(logbook, logged())
    assert logbook.patients_to_review() == (ANA,)
