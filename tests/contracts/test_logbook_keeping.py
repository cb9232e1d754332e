"""What a logbook promises of the projection: pages kept, records told, patients united."""

import itertools
from dataclasses import fields, replace

import pytest

from horehab.domain.record import Fact, Patient, PatientRecord
from horehab.domain.session import Session
from horehab.errors import UnknownPatient
from horehab.store import SqlLogbook
from horehab.usecases.exchange import ChartItem, Kept, SetAside, Unreadable
from tests.store.making import (
    ANA,
    LEFT_HIP,
    NOW,
    broken,
    every_kind_of_fact,
    gone,
    item,
    logged,
    measured,
    page,
    pain,
    person,
    reading,
    review,
    session,
)

BEN = "Patient/ben"


def degrees(logbook: SqlLogbook, patient: str = ANA) -> list[float]:
    return [r.degrees for r in logbook.record(patient).readings]


def facts_of(record: PatientRecord) -> list[Fact]:
    return [fact for part in fields(record) if part.name != "patient" for fact in getattr(record, part.name)]


def test_every_kind_of_fact_comes_back_as_it_was_kept(logbook: SqlLogbook) -> None:
    items = [item(f.source, facts=(f,)) for f in every_kind_of_fact()]
    logbook.keep(page(*items), now=NOW)
    found = {f.source: f for f in facts_of(logbook.record(ANA))}
    assert found == {f.source: f for f in every_kind_of_fact()}


def test_what_is_new_gone_unchanged_and_set_aside_is_counted(logbook: SqlLogbook) -> None:
    first = logbook.keep(page(person(), item(), broken("Observation/2")), now=NOW)
    again = logbook.keep(page(person(), item("Observation/1", 2), gone("Observation/2")), now=NOW)
    assert first == Kept(changed=3, set_aside=1)
    assert again == Kept(changed=1, gone=1, unchanged=1)


def test_a_newer_version_replaces_and_an_older_one_arriving_late_changes_nothing(logbook: SqlLogbook) -> None:
    for version in (2, 3, 1, 3):
        logbook.keep(page(item(version=version)), now=NOW)
    assert degrees(logbook) == [97.0]


def test_without_times_the_higher_number_wins_and_ten_is_more_than_nine(logbook: SqlLogbook) -> None:
    for version in (9, 10, 9):
        logbook.keep(page(item(version=version, updated=None)), now=NOW)
    assert degrees(logbook) == [90.0]


def test_a_server_without_versions_is_read_by_its_text(logbook: SqlLogbook) -> None:
    one = item(version="", updated=None, source=b'{"a":1}')
    other = replace(one, source=b'{"a":2}', facts=(reading(degrees=50.0),))
    kept = [logbook.keep(page(each), now=NOW) for each in (one, one, other)]
    assert [k.changed for k in kept] == [1, 0, 1]
    assert degrees(logbook) == [50.0]


def test_what_is_gone_leaves_the_record_and_a_late_copy_does_not_bring_it_back(logbook: SqlLogbook) -> None:
    logbook.keep(page(item(version=2)), now=NOW)
    logbook.keep(page(gone(version=3)), now=NOW)
    logbook.keep(page(item(version=2)), now=NOW)
    assert degrees(logbook) == []


def test_what_is_gone_without_saying_its_version_stays_gone_until_it_is_made_anew(logbook: SqlLogbook) -> None:
    logbook.keep(page(item(version=2)), now=NOW)
    logbook.keep(page(item(version="", updated=None, patient=None, facts=(), source=b"", is_gone=True)), now=NOW)
    logbook.keep(page(item(version=2)), now=NOW)
    assert degrees(logbook) == []
    logbook.keep(page(item(version=4)), now=NOW)
    assert degrees(logbook) == [96.0]


def test_a_page_with_several_versions_of_one_resource_keeps_the_newest(logbook: SqlLogbook) -> None:
    kept = logbook.keep(page(item(version=3), item(version=1), item(version=4), item(version=2)), now=NOW)
    assert degrees(logbook) == [96.0]
    assert (kept.changed, kept.unchanged) == (1, 3)


def test_a_resource_that_moves_to_another_patient_flags_both_for_review(logbook: SqlLogbook) -> None:
    logbook.keep(page(person(), person(BEN), item()), now=NOW)
    logbook.finish_pass(marks={}, reviews=[review(ANA), review(BEN)], now=NOW, problems=())
    assert logbook.patients_to_review() == ()
    logbook.keep(page(item(version=2, patient=BEN)), now=NOW)
    assert logbook.patients_to_review() == (ANA, BEN)
    assert degrees(logbook) == []
    assert degrees(logbook, BEN) == [98.0]


def test_facts_that_come_before_their_patient_make_the_patient_known(logbook: SqlLogbook) -> None:
    logbook.keep(page(item()), now=NOW)
    assert logbook.patients() == (ANA,)
    assert logbook.record(ANA).patient == Patient(reference=ANA)
    logbook.keep(page(person(name="Ana")), now=NOW)
    assert logbook.record(ANA).patient.name == "Ana"


def test_a_patient_nobody_has_heard_of_is_unknown(logbook: SqlLogbook) -> None:
    for ask in (logbook.record, logbook.key_of, logbook.patient_by_key):
        with pytest.raises(UnknownPatient, match="No patient 'Patient/nobody'"):
            ask("Patient/nobody")


def test_the_name_in_addresses_tells_nothing_and_leads_back(logbook: SqlLogbook) -> None:
    logbook.keep(page(person()), now=NOW)
    key = logbook.key_of(ANA)
    assert "ana" not in key
    assert logbook.patient_by_key(key) == ANA


def test_merged_patients_are_one_record_under_the_survivor(logbook: SqlLogbook) -> None:
    logbook.keep(page(person(), item(), item("Observation/2", patient=BEN)), now=NOW)
    old_key = logbook.key_of(ANA)
    logbook.keep(page(person(version=2, replaced_by=BEN)), now=NOW)
    assert logbook.patients() == (BEN,)
    assert len(degrees(logbook, BEN)) == 2
    assert logbook.record(ANA).patient.reference == BEN
    assert logbook.patient_by_key(old_key) == BEN
    assert BEN in logbook.patients_to_review()


def test_a_change_of_a_merged_patient_flags_the_survivor(logbook: SqlLogbook) -> None:
    logbook.keep(page(person(replaced_by=BEN), person(BEN)), now=NOW)
    logbook.finish_pass(marks={}, reviews=[review(BEN)], now=NOW, problems=())
    logbook.keep(page(item()), now=NOW)
    assert logbook.patients_to_review() == (BEN,)


def test_a_merge_taken_back_makes_two_patients_again(logbook: SqlLogbook) -> None:
    logbook.keep(page(person(replaced_by=BEN), person(BEN), item()), now=NOW)
    logbook.keep(page(person(version=2)), now=NOW)
    assert logbook.patients() == (ANA, BEN)
    assert (len(degrees(logbook)), len(degrees(logbook, BEN))) == (1, 0)


def test_patients_merged_in_a_circle_are_all_still_seen(logbook: SqlLogbook) -> None:
    logbook.keep(page(person(replaced_by=BEN), person(BEN, replaced_by=ANA), item()), now=NOW)
    assert logbook.patients() == (ANA, BEN)
    assert len(degrees(logbook)) == 1


@pytest.mark.parametrize(("length", "survivors"), [(5, 1), (6, 2)])
def test_a_chain_of_merges_is_followed_five_steps(logbook: SqlLogbook, length: int, survivors: int) -> None:
    chain = [person(f"Patient/{n}", replaced_by=f"Patient/{n + 1}") for n in range(length)]
    logbook.keep(page(*chain, person(f"Patient/{length}")), now=NOW)
    assert len(logbook.patients()) == survivors


def test_what_cannot_be_read_is_listed_with_its_patient_and_its_text(logbook: SqlLogbook) -> None:
    logbook.keep(page(broken(), item("Observation/2")), now=NOW)
    assert logbook.set_aside() == (
        SetAside(
            reference="Observation/1", version="1", patient=ANA, code="no-unit", path="Observation.valueQuantity",
            detail="no unit is given",
        ),
    )  # fmt: skip
    assert list(logbook.sources_set_aside()) == [("Observation/1", broken().source)]


def test_the_same_text_understood_better_leaves_the_quarantine(logbook: SqlLogbook) -> None:
    logbook.keep(page(broken()), now=NOW)
    assert logbook.keep(page(broken()), now=NOW).unchanged == 1
    assert logbook.keep(page(item(source=broken().source)), now=NOW).changed == 1
    assert logbook.set_aside() == ()
    assert degrees(logbook) == [99.0]


def test_a_large_text_and_a_text_that_is_no_json_come_back_byte_for_byte(logbook: SqlLogbook) -> None:
    sources = {
        "Observation/1": b"{" + b"x" * 50_000 + b"}",
        "Observation/2": b"x marks nonsense",
        "Observation/3": b"",
    }
    logbook.keep(page(*(replace(broken(r), source=s) for r, s in sources.items())), now=NOW)
    assert dict(logbook.sources_set_aside()) == sources


def test_text_that_a_database_refuses_is_kept_readable(logbook: SqlLogbook) -> None:
    why = Unreadable(code="bad", path="a\x00b", detail="half a \ud83d face")
    odd = item(facts=(session(note="nul \x00 and \ud83d"),), unreadable=(why,))
    logbook.keep(page(person(name="A\x00na \ud83d"), odd), now=NOW)
    assert logbook.record(ANA).sessions[0].note is not None
    assert "half a ? face" in logbook.set_aside()[0].detail


def test_what_was_logged_here_counts_once_before_and_after_the_chart_has_it(logbook: SqlLogbook) -> None:
    logbook.keep(page(person()), now=NOW)
    assert logbook.log(patient=ANA, entries=[logged(), measured()], reminders=[], now=NOW)
    assert [r.source for r in logbook.record(ANA).readings] == ["urn:uuid:m1"]
    assert [s.source for s in logbook.record(ANA).sessions] == ["urn:uuid:s1"]
    echo = item("Observation/9", own_key="measurement:m1")
    logbook.keep(page(echo, item("Procedure/9", own_key="session:s1", facts=(session("Procedure/9"),))), now=NOW)
    record = logbook.record(ANA)
    assert [r.source for r in record.readings] == ["Observation/9"]
    assert [s.source for s in record.sessions] == ["Procedure/9"]
    assert logbook.local_facts(ANA) == ()


def test_pain_without_a_place_belongs_to_the_one_joint_of_its_session(logbook: SqlLogbook) -> None:
    both = (LEFT_HIP, LEFT_HIP.opposite)
    logbook.keep(
        page(
            item("Procedure/1", facts=(session(),)),
            item("Procedure/2", facts=(session("Procedure/2", places=both),)),
            item("Observation/1", facts=(pain("Observation/1", session="Procedure/1"),)),
            item("Observation/2", facts=(pain("Observation/2", session="Procedure/2"),)),
        ),
        now=NOW,
    )
    assert [p.place for p in logbook.record(ANA).pains] == [LEFT_HIP, None]


def test_any_order_of_the_same_versions_gives_the_same_record(logbook: SqlLogbook) -> None:
    history: list[ChartItem] = [item(version=1), broken(version=2), item(version=3), gone(version=4)]
    seen = set()
    for number, order in enumerate(itertools.permutations(history)):
        name = f"Observation/{number}"
        for each in order:
            logbook.keep(page(replace(each, reference=name)), now=NOW)
        seen.add(len(degrees(logbook)))
    assert seen == {0}
    assert logbook.set_aside() == ()


def test_the_projection_can_be_dropped_and_pulled_again(logbook: SqlLogbook) -> None:
    pages = page(person(), item(), broken("Observation/2"))
    logbook.keep(pages, now=NOW)
    logbook.finish_pass(marks={"Observation": "m"}, reviews=[review()], now=NOW, problems=())
    logbook.log(patient=ANA, entries=[logged()], reminders=[], now=NOW)
    before, key = logbook.record(ANA), logbook.key_of(ANA)
    logbook.rebuild()
    assert (logbook.marks(), logbook.patients()) == ({}, ())
    logbook.keep(pages, now=NOW)
    assert (logbook.record(ANA), logbook.key_of(ANA)) == (before, key)
    assert isinstance(logbook.record(ANA).sessions[0], Session)
