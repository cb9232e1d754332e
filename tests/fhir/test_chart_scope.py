"""Only some patients are read: from the very beginning, nobody else ever, and none lost when the scope changes."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.fhir.in_scope import (
    OLD,
    Pulls,
    a_month_later,
    all_items,
    group,
    items,
    person,
    problems,
    seen_of,
    whose,
    without_interaction,
)
from tests.fhir.ward import NOW
from tests.servers.faults import Fault, answers
from tests.servers.sandbox import RunningSandbox


@pytest.fixture
def pulls(sandbox: RunningSandbox) -> Iterator[Pulls]:
    with a_month_later(sandbox) as opened:
        yield opened


def test_only_the_patients_of_a_group_are_read(pulls: Pulls) -> None:
    pulls.proxy.set(group("ana", "ben"))
    pages = pulls.pull("Group/7")
    assert whose(pages) == {"Patient/ana", "Patient/ben"}
    assert items(pages) == {"Observation/ana-1", "Observation/ben-1"}
    assert problems(pages) == []
    asked = [params for kind in ("Observation", "Condition", "Procedure", "Task") for params in pulls.asked(kind)]
    assert asked
    assert all(params["patient"] == ["Patient/ana,Patient/ben"] for params in asked), "nobody else is asked for"
    assert pulls.asked("Patient")[0]["_id"] == ["ana,ben"]


def test_who_enters_the_scope_later_is_read_from_the_very_beginning(pulls: Pulls) -> None:
    pulls.proxy.set(group("ana"))
    pulls.pull("Group/7")
    pulls.proxy.set(group("ana", "ben"))
    pages = pulls.pull("Group/7")
    assert "Observation/ben-1" in items(pages), "observed a month before the mark"
    of_ben = [params for params in pulls.asked("Observation") if params["patient"] == ["Patient/ben"]]
    assert of_ben
    assert not any("_lastUpdated" in params for params in of_ben)
    pulls.put(seen_of("ben", "ben-2"))
    assert "Observation/ben-2" in items(pulls.pull("Group/7"))


def test_who_is_known_is_read_from_the_mark_less_the_overlap(pulls: Pulls) -> None:
    pulls.proxy.set(group("ana"))
    pulls.put(seen_of("ana", "ana-2"))
    pulls.pull("Group/7")
    pulls.put(seen_of("ana", "ana-3"))
    assert items(pulls.pull("Group/7")) == {"Observation/ana-2", "Observation/ana-3"}
    assert "_lastUpdated" in pulls.asked("Observation")[-1]


def test_who_leaves_the_scope_is_kept_and_no_longer_pulled(pulls: Pulls) -> None:
    pulls.proxy.set(group("ana", "ben"))
    pulls.pull("Group/7")
    pulls.proxy.set(group("ana"))
    pulls.put(seen_of("ben", "ben-2"))
    pages = pulls.pull("Group/7")
    assert "Patient/ben" not in whose(pages)
    assert {"Patient/ben", "Observation/ben-1"} <= set(pulls.held)
    assert not [item for item in all_items(pages) if item.is_gone]
    assert pulls.marks["followed Patient/ben"] == "no"


def test_who_comes_back_is_read_from_the_very_beginning(pulls: Pulls) -> None:
    """What happened to them meanwhile lies before the mark of the kind."""
    pulls.proxy.set(group("ana", "ben"))
    pulls.pull("Group/7")
    pulls.proxy.set(group("ana"))
    pulls.put(seen_of("ben", "meanwhile"))
    pulls.pull("Group/7")
    pulls.sandbox.clock.advance(timedelta(days=1))
    pulls.put(seen_of("ana", "ana-2"))
    pulls.sandbox.store.put(seen_of("ana", "ana-3"), at=NOW + timedelta(days=1))
    pulls.pull("Group/7")
    pulls.proxy.set(group("ana", "ben"))
    assert "Observation/meanwhile" in items(pulls.pull("Group/7"))


def test_a_scope_that_is_widened_to_everybody_loses_nothing(pulls: Pulls) -> None:
    pulls.proxy.set(group("ana"))
    pulls.pull("Group/7")
    assert items(pulls.pull()) == {"Observation/ana-1", "Observation/ben-1", "Observation/cleo-1"}


def test_a_scope_that_is_narrowed_and_widened_again_loses_nothing(pulls: Pulls) -> None:
    pulls.pull()
    pulls.proxy.set(group("ana"))
    pulls.put(seen_of("ben", "ben-2"))
    pulls.pull("Group/7")
    pulls.sandbox.store.put(seen_of("ana", "ana-2"), at=NOW + timedelta(days=1))
    pulls.pull("Group/7")
    pulls.pull()
    assert "Observation/ben-2" in pulls.held


@pytest.mark.parametrize("others", ["Patient/ben", "Patient/ben,Patient/cleo"])
def test_a_scope_that_is_exchanged_for_another_loses_nothing(pulls: Pulls, others: str) -> None:
    pulls.pull("Patient/ana")
    pulls.put(seen_of("ana", "ana-2"))
    pulls.pull(others)
    pulls.sandbox.store.put(seen_of("ben", "ben-2"), at=NOW + timedelta(days=1))
    pulls.pull(others)
    pulls.pull("Patient/ana")
    assert {"Observation/ana-1", "Observation/ana-2", "Observation/ben-1", "Observation/ben-2"} <= set(pulls.held)


def test_a_newcomer_of_whom_something_may_be_missing_is_a_newcomer_again(pulls: Pulls) -> None:
    pulls.pull("Patient/ana")
    pulls.proxy.set(answers(422).only("GET", path="/Observation?_sort=_lastUpdated&patient=Patient%2Fben"))
    pages = pulls.pull("Patient/ana,Patient/ben")
    assert problems(pages)
    assert "followed Patient/ben" not in pulls.marks
    pulls.proxy.set()
    pulls.sandbox.store.put(seen_of("ana", "ana-2"), at=NOW + timedelta(days=1))
    pages = pulls.pull("Patient/ana,Patient/ben")
    assert "Observation/ben-1" in items(pages)
    assert pulls.marks["followed Patient/ben"] == "yes"


def visit(name: str, patient: str) -> dict[str, Any]:
    actor = {"actor": {"reference": f"Patient/{patient}"}, "status": "accepted"}
    return {"resourceType": "Appointment", "id": name, "status": "booked", "participant": [actor]}


@pytest.mark.parametrize(
    "fault",
    [without_interaction("search-type", "Appointment"), answers(403).only("GET", path="/Appointment")],
    ids=["not offered", "closed to us"],
)
def test_a_newcomer_who_comes_while_a_kind_is_away_is_read_whole_when_it_is_back(pulls: Pulls, fault: Fault) -> None:
    """Else the mark of that kind would speak for a patient of whom nothing of it was ever read."""
    pulls.sandbox.store.put(visit("of-ben", "ben"), at=OLD)
    pulls.put(visit("of-ana", "ana"))
    pulls.pull("Patient/ana")
    assert "Appointment of those followed" in pulls.marks
    pulls.proxy.set(fault)
    pulls.pull("Patient/ana,Patient/ben")
    pulls.proxy.set()
    assert "Appointment/of-ben" in items(pulls.pull("Patient/ana,Patient/ben"), "Appointment")


@pytest.mark.parametrize(("kind", "name"), [("replaced-by", "ana"), ("replaces", "ben")])
def test_a_merge_takes_nobody_out_of_sight(pulls: Pulls, kind: str, name: str) -> None:
    """The group still names one record; the other one of the same person is followed with it, and stays so."""
    other = "ben" if name == "ana" else "ana"
    link = {"other": {"reference": f"Patient/{other}"}, "type": kind}
    pulls.sandbox.store.put(person(name, link=[link]), at=OLD + timedelta(hours=1))
    pulls.put(person("dora"))  # moves the mark of Patient on, so that the link itself is not read again
    scope = f"Patient/{name},Patient/dora"
    pages = pulls.pull(scope)
    assert items(pages) == {"Observation/ana-1", "Observation/ben-1"}
    assert items(pages, "Patient") == {"Patient/ana", "Patient/ben", "Patient/dora"}
    for days in (1, 2):
        pulls.sandbox.store.put(seen_of(other, f"after-{days}"), at=NOW + timedelta(days=days))
        pages = pulls.pull(scope)
        assert f"Observation/after-{days}" in items(pages)
        assert items(pages, "Patient") == {"Patient/dora"}
        assert pulls.marks[f"followed Patient/{other}"] == f"with Patient/{name}"
    pulls.pull("Patient/cleo")
    assert pulls.marks[f"followed Patient/{other}"] == "no"
