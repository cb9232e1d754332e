"""Servers that do not obey a search for some patients are not believed, and nobody else's data are kept."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.fhir.in_scope import (
    Pulls,
    a_month_later,
    edited,
    items,
    of_kinds,
    person,
    problems,
    seen_of,
    whose,
)
from tests.fhir.ward import NOW
from tests.servers.faults import Fault, FaultyProxy, Forward, Reply, Seen, ignored_parameter
from tests.servers.sandbox import RunningSandbox


@pytest.fixture
def pulls(sandbox: RunningSandbox) -> Iterator[Pulls]:
    with a_month_later(sandbox) as opened:
        yield opened


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
