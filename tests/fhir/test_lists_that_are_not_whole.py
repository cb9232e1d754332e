"""A list of ids that is cut, refused, mixed up or no list makes nobody's evidence vanish."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.fhir.in_scope import (
    BLIND,
    Pulls,
    a_night_later,
    edited,
    gone,
    notes,
    problems,
)
from tests.servers.faults import (
    Fault,
    FaultyProxy,
    Forward,
    Reply,
    Seen,
    answers,
    html,
    next_link_elsewhere,
    outcome_as_body,
)
from tests.servers.sandbox import RunningSandbox


@pytest.fixture
def pulls(sandbox: RunningSandbox) -> Iterator[Pulls]:
    with a_night_later(sandbox) as opened:
        yield opened


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
