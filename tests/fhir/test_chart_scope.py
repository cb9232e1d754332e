"""Only some patients are read: from the very beginning, nobody else ever, and none lost when the scope changes."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from horehab.errors import EhrUnavailable
from tests.fhir.in_scope import (
    Pulls,
    all_items,
    edited,
    gone,
    group,
    items,
    of_kinds,
    open_pulls,
    person,
    problems,
    seen_of,
    without_interaction,
)
from tests.fhir.ward import NOW
from tests.servers.faults import Fault, FaultyProxy, Forward, Reply, Seen, answers, ignored_parameter
from tests.servers.sandbox import RunningSandbox

OLD = NOW - timedelta(days=30)


@pytest.fixture
def pulls(sandbox: RunningSandbox) -> Iterator[Pulls]:
    """Ana, Ben and Cleo, of each of whom something was observed a month ago."""
    for name in ("ana", "ben", "cleo"):
        sandbox.store.put(person(name), at=OLD)
        sandbox.store.put(seen_of(name, f"{name}-1"), at=OLD)
    with open_pulls(sandbox) as opened:
        yield opened


def whose(pages: Any) -> set[str]:
    return {item.patient for item in all_items(pages) if item.patient}


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


def test_a_server_that_ignores_patient_is_not_believed(pulls: Pulls) -> None:
    """Its pages hold everybody's data: they are discarded, and the pass says so."""
    pulls.proxy.set(ignored_parameter("patient"))
    pages = pulls.pull("Patient/ana,Patient/ben")
    assert items(pages) == set()
    assert "Observation: the server ignored patient; its answer was discarded" in problems(pages)
    assert not any("Observation" in name for name in pulls.marks)
    assert "followed Patient/ana" not in pulls.marks


def test_a_page_with_somebody_elses_resource_is_discarded(pulls: Pulls) -> None:
    """Even when the self link claims that all was obeyed."""

    def add(bundle: dict[str, Any]) -> None:
        bundle["entry"] = [
            *bundle.get("entry", []),
            {"resource": seen_of("ben", "ben-1"), "search": {"mode": "match"}},
        ]

    pulls.proxy.set(edited("/Observation", add))
    pages = pulls.pull("Patient/ana")
    assert items(pages) == set()
    assert "another patient" in " ".join(problems(pages))
    pulls.proxy.set()
    assert items(pulls.pull("Patient/ana")) == {"Observation/ana-1"}, "read again from the beginning"


def test_a_page_without_self_link_is_believed_for_one_patient_alone(pulls: Pulls) -> None:
    def unlink(bundle: dict[str, Any]) -> None:
        bundle["link"] = [link for link in bundle["link"] if link["relation"] != "self"]

    pulls.proxy.set(edited("/Observation", unlink))
    assert items(pulls.pull("Patient/ana,Patient/ben")) == {"Observation/ana-1", "Observation/ben-1"}
    assert [params["patient"] for params in pulls.asked("Observation")][1:] == [["Patient/ana"], ["Patient/ben"]]


def test_a_server_that_takes_one_patient_a_search_is_asked_one_by_one(pulls: Pulls) -> None:
    def strike(seen: Seen, forward: Forward, _: FaultyProxy) -> Reply:
        return Reply(status=400) if "%2C" in seen.path else forward(seen)

    pulls.proxy.set(Fault(strike=strike))
    pages = pulls.pull("Patient/ana,Patient/ben")
    assert whose(pages) == {"Patient/ana", "Patient/ben"}
    assert problems(pages) == []


def test_a_server_that_takes_the_first_of_several_patients_is_noticed(pulls: Pulls) -> None:
    """Its self link names one patient only: the others would be lost without a word."""

    def strike(seen: Seen, forward: Forward, _: FaultyProxy) -> Reply:
        path, comma, rest = seen.path.partition("%2C")
        kept = path + "&" + rest.partition("&")[2] if comma else path
        return forward(Seen(method=seen.method, path=kept.rstrip("&"), headers=seen.headers))

    pulls.proxy.set(Fault(strike=strike, path="/Observation"))
    pages = pulls.pull("Patient/ana,Patient/ben")
    assert items(pages) == {"Observation/ana-1", "Observation/ben-1"}
    assert problems(pages) == []


def test_a_kind_that_is_searched_by_subject_is_read_by_subject(pulls: Pulls) -> None:
    def edit(kind: dict[str, Any]) -> None:
        kind["searchParam"] = [each for each in kind["searchParam"] if each["name"] != "patient"]

    pulls.proxy.set(of_kinds(edit, "Observation"))
    assert items(pulls.pull("Patient/ana")) == {"Observation/ana-1"}
    assert pulls.asked("Observation")[0]["subject"] == ["Patient/ana"]


def test_a_kind_that_cannot_be_searched_by_patient_is_said_and_never_read_whole(pulls: Pulls) -> None:
    def edit(kind: dict[str, Any]) -> None:
        kind["searchParam"] = [{"name": "_id", "type": "token"}]

    pulls.proxy.set(of_kinds(edit, "Observation", "Task"))
    pages = pulls.pull("Patient/ana")
    assert pulls.asked("Observation") == pulls.asked("Task") == []
    assert [words for words in problems(pages) if "neither by patient nor by subject" in words] == [
        "Observation: the server can search it neither by patient nor by subject, which HOREHAB_SCOPE needs"
    ]


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


def test_a_change_between_two_searches_of_a_pass_is_not_missed(pulls: Pulls) -> None:
    """The mark of a kind is that of its first search, not of its last."""
    crowd = [f"p{number:03}" for number in range(35)]
    for name in crowd:
        pulls.put(person(name))
    scope = ",".join(f"Patient/{name}" for name in crowd)
    pulls.put(seen_of(crowd[0], "early"), seen_of(crowd[-1], "also-early"))
    pulls.pull(scope)
    state = {"count": 0}

    def strike(seen: Seen, forward: Forward, _: FaultyProxy) -> Reply:
        state["count"] += 1
        if state["count"] == 2:
            pulls.sandbox.store.put(seen_of(crowd[0], "between"), at=NOW + timedelta(hours=1))
            pulls.sandbox.store.put(seen_of(crowd[-1], "last"), at=NOW + timedelta(hours=2))
        return forward(seen)

    pulls.proxy.set(Fault(strike=strike, methods=("GET",), path="/Observation?"))
    assert "Observation/last" in items(pulls.pull(scope))
    pulls.proxy.set()
    assert "Observation/between" in items(pulls.pull(scope))


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


def test_deletions_are_seen_in_a_scope_too(pulls: Pulls) -> None:
    pulls.pull("Patient/ana")
    pulls.sandbox.store.remove("Observation/ana-1")
    pulls.pull("Patient/ana")
    assert "Observation/ana-1" not in pulls.held


def test_what_was_deleted_while_a_patient_was_out_of_the_scope_is_noticed_when_they_are_back(pulls: Pulls) -> None:
    """No list by night had asked for them."""
    pulls.proxy.set(without_interaction("history-type", "Observation"))
    pulls.pull("Patient/ana,Patient/ben")
    pulls.at.advance(timedelta(days=1))
    pulls.sandbox.store.remove("Observation/ben-1")
    pulls.pull("Patient/ana")
    assert "Observation/ben-1" in pulls.held, "who left is kept as last seen"
    assert gone(pulls.pull("Patient/ana,Patient/ben")) == {"Observation/ben-1"}


def test_what_was_deleted_before_the_first_whole_reading_of_a_kind_is_noticed(pulls: Pulls) -> None:
    """Ana was read well, Ben was not: the kind has no mark yet from which a history could be asked."""
    pulls.proxy.set(answers(422).only("GET", path="Patient%2Fana%2C"), edited("Patient%2Fben&", _shortened))
    pulls.pull("Patient/ana,Patient/ben")
    assert pulls.marks["followed Patient/ana"] == "yes"
    assert "Observation of those followed" not in pulls.marks
    pulls.sandbox.store.remove("Observation/ana-1")
    pulls.proxy.set()
    pulls.pull("Patient/ana,Patient/ben")
    assert "Observation/ana-1" not in pulls.held
    assert "Observation of those followed" in pulls.marks


def _shortened(bundle: dict[str, Any]) -> None:
    bundle["total"] = 99


def test_marks_wait_until_what_was_held_is_compared(pulls: Pulls) -> None:
    """A server that falls silent in between leaves nobody followed of whom something was not compared."""
    pulls.held["Observation/held-before"] = "Patient/ana"
    pulls.proxy.set(answers(500).only("GET", path="/Observation/held-before"))
    with pytest.raises(EhrUnavailable):
        pulls.pull("Patient/ana")
    pulls.proxy.set()
    assert gone(pulls.pull("Patient/ana")) == {"Observation/held-before"}


def test_a_history_that_is_closed_to_us_stops_nothing(pulls: Pulls) -> None:
    pulls.pull("Patient/ana")
    pulls.proxy.set(answers(403).only("GET", path="/_history"))
    pulls.put(seen_of("ana", "ana-2"))
    pages = pulls.pull("Patient/ana")
    assert "Observation/ana-2" in items(pages)
    assert problems(pages) == []


def test_where_the_history_is_closed_to_us_nothing_outside_the_scope_is_read_for_its_deletion(pulls: Pulls) -> None:
    """A history is of everybody; ids can be compared of those in the scope alone."""
    pulls.proxy.set(answers(403).only("GET", path="/_history"))
    pulls.pull("Patient/ana")
    pulls.at.advance(timedelta(days=1))
    for name in ("ana-1", "ben-1"):
        pulls.sandbox.store.remove(f"Observation/{name}", at=pulls.at.now())
    assert gone(pulls.pull("Patient/ana")) == {"Observation/ana-1"}
    assert pulls.proxy.requests("GET", path="/Observation/ben-1") == []
