"""Deletions that no history tells of: ids are compared once a ward day, and only a direct read makes a tombstone."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from horehab.errors import EhrRefused, EhrUnavailable
from horehab.fhir import reconciliation
from tests.fhir.in_scope import (
    Pulls,
    edited,
    gone,
    items,
    notes,
    open_pulls,
    person,
    problems,
    seen_of,
    without_interaction,
)
from tests.servers.bundle_faults import wrong_total
from tests.servers.faults import (
    Fault,
    FaultyProxy,
    Forward,
    Reply,
    Seen,
    answers,
    html,
    ignored_parameter,
    next_link_elsewhere,
    outcome_as_body,
)
from tests.servers.sandbox import RunningSandbox

BLIND = without_interaction("history-type", "Patient", "Observation", "Procedure", "Condition")


@pytest.fixture
def pulls(sandbox: RunningSandbox) -> Iterator[Pulls]:
    """Ana, of whom three things were observed, on a server without history; read once, and a night has passed."""
    sandbox.store.put(person("ana"))
    for name in ("o1", "o2", "o3"):
        sandbox.store.put(seen_of("ana", name))
    with open_pulls(sandbox) as opened:
        opened.proxy.set(BLIND)
        opened.pull()
        opened.at.advance(timedelta(days=1))
        yield opened


def lists(pulls: Pulls, kind: str = "Observation") -> int:
    return sum("_lastUpdated" not in params for params in pulls.asked(kind))


def test_a_deletion_on_a_server_without_history_is_noticed_within_one_nightly_pass(pulls: Pulls) -> None:
    pulls.sandbox.store.remove("Observation/o2")
    pages = pulls.pull()
    assert gone(pages) == {"Observation/o2"}
    assert problems(pages) == []
    assert pulls.marks["Observation, ids"] == "2026-01-02"


def test_a_patient_who_was_deleted_is_noticed_too(pulls: Pulls) -> None:
    for name in ("o1", "o2", "o3"):
        pulls.sandbox.store.remove(f"Observation/{name}")
    pulls.sandbox.store.remove("Patient/ana")
    assert gone(pulls.pull()) == {"Patient/ana", "Observation/o1", "Observation/o2", "Observation/o3"}


def test_what_search_hides_and_a_direct_read_shows_is_no_tombstone(pulls: Pulls) -> None:
    """A missing hit proves nothing."""

    def hide(bundle: dict[str, Any]) -> None:
        bundle["entry"] = [each for each in bundle.get("entry", []) if each["resource"]["id"] != "o2"]
        bundle.pop("total", None)

    pulls.proxy.set(BLIND, edited("/Observation?", hide))
    pages = pulls.pull()
    assert gone(pages) == set()
    assert notes(pages) == ["Observation, ids: 1 are no longer listed, and not gone either; they are kept"]
    assert pulls.proxy.requests("GET", "/Observation/o2")
    assert "Observation/o2" in pulls.held


@pytest.mark.parametrize(
    "fault", [html(), answers(403), outcome_as_body(), answers(400)], ids=["web page", "forbidden", "outcome", "odd"]
)
def test_only_404_and_410_make_a_tombstone(pulls: Pulls, fault: Fault) -> None:
    pulls.sandbox.store.remove("Observation/o2")
    pulls.proxy.set(BLIND, fault.only("GET", path="/Observation/o2"))
    pages = pulls.pull()
    assert pulls.proxy.requests("GET", "/Observation/o2")
    assert gone(pages) == set()
    assert "Observation/o2" in pulls.held


def test_a_server_that_does_not_know_us_by_night_leaves_the_night_to_the_next_pass(pulls: Pulls) -> None:
    pulls.sandbox.store.remove("Observation/o2")
    pulls.proxy.set(BLIND, answers(401).only("GET", path="/Observation/o2"))
    with pytest.raises(EhrRefused):
        pulls.pull()
    pulls.proxy.set(BLIND)
    assert gone(pulls.pull()) == {"Observation/o2"}


def test_a_server_that_falls_away_by_night_leaves_the_night_to_the_next_pass(pulls: Pulls) -> None:
    """One that answers otherwise fails at this kind alone; one that does not ends the pass."""
    pulls.sandbox.store.remove("Observation/o2")
    pulls.proxy.set(BLIND, answers(500).only("GET", path="/Observation/o2"))
    assert problems(pulls.pull()) == ["Observation, ids: The FHIR server answers with status 500."]
    struck: list[Seen] = []

    def strike(seen: Seen, forward: Forward, _: FaultyProxy) -> Reply:
        if struck or "/Observation/o2" in seen.path:
            struck.append(seen)
            return Reply(status=500)
        return forward(seen)

    pulls.proxy.set(BLIND, Fault(strike=strike))
    with pytest.raises(EhrUnavailable):
        pulls.pull()
    pulls.proxy.set(BLIND)
    assert gone(pulls.pull()) == {"Observation/o2"}


def test_a_web_page_that_says_404_makes_no_tombstone(pulls: Pulls) -> None:
    """A proxy answers so for every address while the server behind it starts again."""
    pulls.sandbox.store.remove("Observation/o2")
    page = Reply(status=404, headers={"Content-Type": "text/html"}, body=b"<!DOCTYPE html><html>Not found</html>")
    pulls.proxy.set(BLIND, Fault(strike=lambda *_: page, path="/Observation/o2"))
    assert gone(pulls.pull()) == set()
    pulls.proxy.set(BLIND)
    pulls.at.advance(timedelta(days=1))
    assert gone(pulls.pull()) == {"Observation/o2"}


def _shorter(bundle: dict[str, Any]) -> None:
    bundle["entry"] = bundle["entry"][:1]


def _doubtful(bundle: dict[str, Any]) -> None:
    issue = {"severity": "error", "code": "timeout"}
    outcome = {"resourceType": "OperationOutcome", "issue": [issue]}
    bundle["entry"] = [bundle["entry"][0], {"resource": outcome, "search": {"mode": "outcome"}}]
    bundle.pop("total")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (edited("/Observation?_count", _shorter), "1 ids came of 2 that the server counts"),
        (edited("/Observation?_count", _doubtful), "error timeout"),
        (html().only("GET", path="/Observation?_count"), "a web page"),
        (outcome_as_body().only("GET", path="/Observation?_count"), "OperationOutcome"),
        (answers(422).only("GET", path="/Observation?_count"), "refused the list"),
    ],
    ids=["total", "outcome entry", "web page", "outcome", "refused"],
)
def test_of_a_list_that_is_not_whole_nothing_is_believed(pulls: Pulls, fault: Fault, words: str) -> None:
    pulls.sandbox.store.remove("Observation/o2")
    pulls.proxy.set(BLIND, fault)
    pages = pulls.pull()
    assert gone(pages) == set()
    (found,) = [problem for problem in problems(pages) if problem.startswith("Observation, ids")]
    assert words in found
    assert "nothing was taken for deleted" in found
    assert pulls.marks["Observation, ids"] == "2026-01-01", "it is tried again in the next pass"
    pulls.proxy.set(BLIND)
    assert gone(pulls.pull()) == {"Observation/o2"}


def test_a_list_whose_second_page_lies_elsewhere_is_not_believed(pulls: Pulls) -> None:
    pulls.sandbox.store.remove("Observation/o2")
    pulls.proxy.set(BLIND, next_link_elsewhere().only("GET", path="/Observation?_count"))
    assert gone(pulls.pull(page_size=1)) == set()
    assert pulls.proxy.requests(origin="elsewhere") == []


def test_a_list_that_expires_is_asked_for_again(pulls: Pulls) -> None:
    pulls.sandbox.store.remove("Observation/o2")
    with_pages = {"left": 0}

    def strike(seen: Seen, forward: Forward, _: FaultyProxy) -> Reply:
        with_pages["left"] += 1
        return Reply(status=410) if with_pages["left"] == 1 else forward(seen)

    pulls.proxy.set(BLIND, Fault(strike=strike, path="/fhir?_getpages"))
    assert gone(pulls.pull(page_size=1)) == {"Observation/o2"}


def test_ids_alone_are_asked_for_where_the_server_can(pulls: Pulls) -> None:
    pulls.sandbox.store.remove("Observation/o2")
    pulls.proxy.set(BLIND, ignored_parameter("_elements"))
    assert gone(pulls.pull()) == {"Observation/o2"}
    assert [params["_elements"] for params in pulls.asked("Observation") if "_elements" in params] == [["id"]]
    assert lists(pulls) == 2, "the first read, and one list"


def test_ids_are_compared_once_a_ward_day(pulls: Pulls) -> None:
    pulls.pull()
    before = lists(pulls)
    pulls.sandbox.store.remove("Observation/o2")
    assert gone(pulls.pull()) == set()
    assert lists(pulls) == before
    pulls.at.advance(timedelta(days=1))
    assert gone(pulls.pull()) == {"Observation/o2"}


def test_what_was_just_read_from_the_beginning_is_not_listed_again(sandbox: RunningSandbox) -> None:
    sandbox.store.put(seen_of("ana", "o1"))
    with open_pulls(sandbox) as pulls:
        pulls.proxy.set(BLIND)
        pulls.pull()
        assert lists(pulls) == 1
        pulls.pull()
        assert lists(pulls) == 1
        assert pulls.marks["Observation, ids"] == "2026-01-01"


def test_a_server_with_history_is_never_listed(sandbox: RunningSandbox) -> None:
    sandbox.store.put(seen_of("ana", "o1"))
    with open_pulls(sandbox) as pulls:
        pulls.pull()
        pulls.at.advance(timedelta(days=1))
        pulls.pull()
        assert lists(pulls) == 1


def test_what_was_deleted_before_the_first_whole_reading_is_found_after_it(sandbox: RunningSandbox) -> None:
    """A first reading that breaks off leaves no mark from which the history could be asked for deletions."""
    for name in ("o1", "o2"):
        sandbox.store.put(seen_of("ana", name))
    with open_pulls(sandbox) as pulls:
        pulls.proxy.set(wrong_total(1).only("GET", path="/Observation?"))
        pulls.pull()
        assert "Observation" not in pulls.marks
        sandbox.store.remove("Observation/o1")
        pulls.proxy.set()
        assert gone(pulls.pull()) == {"Observation/o1"}
        before = lists(pulls)
        pulls.pull()
        assert lists(pulls) == before, "once is enough"


def test_a_history_that_is_closed_to_us_is_replaced_by_a_comparison(sandbox: RunningSandbox) -> None:
    sandbox.store.put(seen_of("ana", "o1"))
    with open_pulls(sandbox) as pulls:
        pulls.proxy.set(answers(403).only("GET", path="/_history"))
        pulls.pull()
        pulls.at.advance(timedelta(days=1))
        sandbox.store.remove("Observation/o1")
        pages = pulls.pull()
        assert gone(pages) == {"Observation/o1"}
        assert problems(pages) == []


def test_a_night_with_too_much_missing_is_gone_on_with_in_the_next_pass(
    pulls: Pulls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciliation, "READ_AT_ONCE", 2)
    for name in ("o1", "o2", "o3"):
        pulls.sandbox.store.remove(f"Observation/{name}")
    assert gone(pulls.pull()) == {"Observation/o1", "Observation/o2"}
    assert pulls.marks["Observation, ids"] == "2026-01-02 Observation/o2"
    assert gone(pulls.pull()) == {"Observation/o3"}
    assert pulls.marks["Observation, ids"] == "2026-01-02"


def test_what_is_hidden_does_not_keep_the_rest_from_being_compared(
    pulls: Pulls, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hide(bundle: dict[str, Any]) -> None:
        bundle["entry"] = []
        bundle.pop("total", None)

    monkeypatch.setattr(reconciliation, "READ_AT_ONCE", 2)
    pulls.sandbox.store.remove("Observation/o3")
    pulls.proxy.set(BLIND, edited("/Observation?_count", hide))
    assert gone(pulls.pull()) == set()
    assert gone(pulls.pull()) == {"Observation/o3"}


def test_what_was_set_aside_under_a_name_of_ours_is_not_asked_for(pulls: Pulls) -> None:
    pulls.held["Observation/unreadable-0123456789abcdef"] = None
    assert gone(pulls.pull()) == set()
    assert not pulls.proxy.requests("GET", "unreadable")


def test_an_entry_that_cannot_be_read_is_no_reason_to_believe_nothing(pulls: Pulls) -> None:
    """Its id is in its address, or it is read directly like everything that is missing."""

    def spoil(bundle: dict[str, Any]) -> None:
        bundle["entry"][0]["resource"] = {"resourceType": "Observation", "id": 7}
        bundle["entry"][1] = {"resource": 7}

    pulls.sandbox.store.remove("Observation/o3")
    pulls.proxy.set(BLIND, edited("/Observation?_count", spoil))
    pages = pulls.pull()
    assert gone(pages) == {"Observation/o3"}
    assert not pulls.proxy.requests("GET", "/Observation/o1")


def test_in_a_scope_only_its_own_patients_are_compared(sandbox: RunningSandbox) -> None:
    for name in ("ana", "ben"):
        sandbox.store.put(person(name))
        sandbox.store.put(seen_of(name, f"{name}-1"))
    with open_pulls(sandbox) as pulls:
        pulls.proxy.set(BLIND)
        pulls.pull("Patient/ana,Patient/ben")
        pulls.at.advance(timedelta(days=1))
        sandbox.store.remove("Observation/ana-1")
        sandbox.store.remove("Observation/ben-1")
        assert gone(pulls.pull("Patient/ana")) == {"Observation/ana-1"}, "who left the scope keeps what is known"
        assert pulls.marks["Observation of those followed, ids"] == "2026-01-02"
        assert all("patient" in params for params in pulls.asked("Observation"))


@pytest.mark.parametrize("is_alone", [False, True], ids=["together", "one by one"])
def test_in_a_scope_a_list_of_somebody_else_is_not_believed(sandbox: RunningSandbox, is_alone: bool) -> None:
    for name in ("ana", "ben"):
        sandbox.store.put(person(name))
        sandbox.store.put(seen_of(name, f"{name}-1"))
    scope = "Patient/ana" if is_alone else "Patient/ana,Patient/ben"
    with open_pulls(sandbox) as pulls:
        pulls.proxy.set(BLIND)
        pulls.pull(scope)
        pulls.at.advance(timedelta(days=1))
        sandbox.store.remove("Observation/ana-1")
        pulls.proxy.set(BLIND, ignored_parameter("patient"))
        pages = pulls.pull(scope)
        assert gone(pages) == set()
        assert any("Observation of those followed, ids: the server ignored patient" in p for p in problems(pages))


def test_patients_are_listed_one_by_one_where_the_server_cannot_do_better(sandbox: RunningSandbox) -> None:
    for name in ("ana", "ben"):
        sandbox.store.put(person(name))
        sandbox.store.put(seen_of(name, f"{name}-1"))

    def strike(seen: Seen, forward: Forward, _: FaultyProxy) -> Reply:
        return Reply(status=400) if "%2C" in seen.path else forward(seen)

    with open_pulls(sandbox) as pulls:
        pulls.proxy.set(BLIND, Fault(strike=strike))
        pulls.pull("Patient/ana,Patient/ben")
        pulls.at.advance(timedelta(days=1))
        sandbox.store.remove("Observation/ben-1")
        pages = pulls.pull("Patient/ana,Patient/ben")
        assert gone(pages) == {"Observation/ben-1"}
        assert problems(pages) == []
        assert items(pages)
