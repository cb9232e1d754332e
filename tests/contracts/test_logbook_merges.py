"""Patients who were merged are one person in our memory, in whatever order the chart tells of it; nobody vanishes."""

from itertools import permutations

import pytest

from horehab.store import SqlLogbook
from horehab.usecases.exchange import CaseloadQuery
from tests.store.making import NOW, item, page, person, reminder

ANA, EVA, IDA = "Patient/ana", "Patient/eva", "Patient/ida"


def measured(logbook: SqlLogbook, patient: str) -> int:
    return len(logbook.record(patient).readings)


def test_who_was_merged_into_somebody_not_seen_yet_does_not_vanish(logbook: SqlLogbook) -> None:
    logbook.keep(page(item(patient=ANA), person(ANA, name="Ana Prueba", replaced_by=EVA)), now=NOW)
    assert logbook.patients() == (EVA,)
    assert logbook.patients_to_review() == (EVA,)
    assert measured(logbook, EVA) == 1
    known = logbook.record(EVA).patient
    assert (known.reference, known.name, known.replaced_by) == (EVA, "Ana Prueba", EVA)
    assert logbook.health(now=NOW).details["notes"].startswith("1 patient is merged into a record that was not read")
    assert [row.patient.reference for row in logbook.caseload(CaseloadQuery()).rows] == [EVA]


def test_once_the_survivor_is_seen_it_is_their_name_that_stands_there(logbook: SqlLogbook) -> None:
    logbook.keep(page(item(patient=ANA), person(ANA, name="Ana Prueba", replaced_by=EVA)), now=NOW)
    logbook.keep(page(person(EVA, name="Eva Prueba")), now=NOW)
    known = logbook.record(ANA).patient
    assert (known.name, known.replaced_by) == ("Eva Prueba", None)
    assert logbook.health(now=NOW).details["notes"] == ""


def test_a_survivor_whom_the_chart_deletes_keeps_those_who_were_merged(logbook: SqlLogbook) -> None:
    logbook.keep(page(item(patient=ANA), person(ANA, replaced_by=EVA), person(EVA)), now=NOW)
    logbook.keep(page(item(EVA, 9, EVA, facts=(), source=b"", is_gone=True)), now=NOW)
    assert logbook.patients() == (EVA,)
    assert measured(logbook, EVA) == 1


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_in_every_order_of_arrival_it_is_the_same_one_person(logbook: SqlLogbook, order: tuple[int, ...]) -> None:
    told = [
        person(ANA, replaced_by=EVA),
        person(EVA, replaced_by=IDA),
        person(IDA),
        item(patient=ANA),
    ]
    for place in order:
        logbook.keep(page(told[place]), now=NOW)
    assert logbook.patients() == (IDA,)
    assert measured(logbook, IDA) == 1


def test_a_link_taken_back_restores_the_one_and_leaves_a_survivor_never_seen_unlisted(logbook: SqlLogbook) -> None:
    logbook.keep(page(item(patient=ANA), person(ANA, replaced_by=EVA)), now=NOW)
    logbook.keep(page(person(ANA, version=2)), now=NOW)
    assert logbook.patients() == (ANA,)
    assert measured(logbook, ANA) == 1


def test_a_circle_and_a_chain_of_six_stand_by_themselves_and_are_told(logbook: SqlLogbook) -> None:
    assert logbook.health(now=NOW).details["notes"] == ""
    logbook.keep(page(person(ANA, replaced_by=EVA), person(EVA, replaced_by=ANA), item(patient=ANA)), now=NOW)
    assert logbook.health(now=NOW).details["notes"].startswith("2 patients are replaced in a circle")
    assert logbook.record(ANA).patient.replaced_by is None, "who stands alone is followed up as anybody"
    chain = [person(f"Patient/{n}", replaced_by=f"Patient/{n + 1}") for n in range(6)]
    logbook.keep(page(*chain, person("Patient/6"), item("Observation/9", patient="Patient/0")), now=NOW)
    assert logbook.patients() == ("Patient/0", "Patient/6", ANA, EVA)
    assert measured(logbook, "Patient/0") == 1
    assert logbook.health(now=NOW).details["notes"].startswith("3 patients are")


def test_who_is_replaced_by_themselves_stands_alone(logbook: SqlLogbook) -> None:
    logbook.keep(page(person(ANA, replaced_by=ANA), item(patient=ANA)), now=NOW)
    assert logbook.patients() == (ANA,)
    assert logbook.health(now=NOW).details["notes"].startswith("1 patient is replaced in a circle")


def test_the_reminders_of_a_merged_patient_stand_under_the_survivor_with_their_key(logbook: SqlLogbook) -> None:
    logbook.keep(page(person(ANA), person(EVA)), now=NOW)
    logbook.log(patient=ANA, entries=(), reminders=(reminder(ANA), reminder("Patient/nobody")), now=NOW)
    key = reminder(ANA).key
    logbook.keep(page(person(ANA, version=2, replaced_by=EVA)), now=NOW)
    (row,) = logbook.reminders(patient=EVA)
    assert (row.reminder.patient, row.reminder.keyed_to, row.reminder.key) == (EVA, ANA, key)
    assert {r.reminder.patient for r in logbook.reminders()} == {EVA, "Patient/nobody"}
    logbook.keep(page(person(ANA, version=3)), now=NOW)
    assert [r.reminder for r in logbook.reminders(patient=ANA)] == [reminder(ANA)]
    assert logbook.reminders(patient=EVA) == ()
