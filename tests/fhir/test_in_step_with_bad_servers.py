"""In step with servers that go wrong: one test a fault, on a real server behind a proxy that misbehaves."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from horehab.errors import EhrUnavailable
from horehab.fhir.wire.client import Client
from tests.fhir.in_scope import Pulls, all_items, edited, gone, items, notes, open_pulls, person, problems, seen_of
from tests.fhir.ward import NOW, Naps, client_at
from tests.servers.faults import (
    Fault,
    Reply,
    answers,
    expired_page,
    html,
    ignored_parameter,
    next_link_elsewhere,
    next_link_loop,
    outcome_as_body,
    redirect_elsewhere,
    stale_search,
    truncated_json,
)
from tests.servers.sandbox import RunningSandbox

TOKEN = "t0ken-of-ours"  # a made-up one, to see where it goes


@pytest.fixture
def pulls(sandbox: RunningSandbox) -> Iterator[Pulls]:
    """Ana, of whom a dozen things were observed."""
    sandbox.store.put(person("ana"))
    for number in range(12):
        sandbox.store.put(seen_of("ana", f"o{number:02}"))
    with open_pulls(sandbox) as opened:
        yield opened


ALL = {f"Observation/o{number:02}" for number in range(12)}


# 1. Marks and overlap


@pytest.mark.parametrize("days", [-400, 400])
def test_a_clock_of_ours_that_is_wrong_moves_no_mark(pulls: Pulls, days: int) -> None:
    pulls.pull()
    right = dict(pulls.marks)
    pulls.marks.clear()
    pulls.at.advance(timedelta(days=days))
    pulls.pull()
    kinds = ("Patient", "Observation")
    assert [pulls.marks[kind] for kind in kinds] == [right[kind] for kind in kinds]


@pytest.mark.parametrize("overlap", [0.0, 1.0, 121.0])
def test_an_overlap_that_is_set_too_short_is_two_minutes_all_the_same(pulls: Pulls, overlap: float) -> None:
    """A transaction may become visible 120 seconds after the time that it bears."""
    pulls.put(seen_of("ana", "first"))
    pulls.pull(overlap=overlap)
    mark = datetime.fromisoformat(pulls.marks["Observation"])
    pulls.sandbox.store.put(seen_of("ana", "late"), at=mark - timedelta(seconds=120))
    assert "Observation/late" in items(pulls.pull(overlap=overlap))


def test_a_pass_with_a_problem_moves_no_mark_and_loses_nothing(pulls: Pulls) -> None:
    pulls.pull()
    before = pulls.marks["Observation"]
    pulls.sandbox.store.put(seen_of("ana", "new"), at=NOW + timedelta(days=1))
    pulls.proxy.set(truncated_json().only("GET", path="/Observation?"))
    assert problems(pulls.pull())
    assert pulls.marks["Observation"] == before
    pulls.proxy.set()
    assert "Observation/new" in items(pulls.pull())


# 2. Caches


def test_a_server_that_caches_equal_searches_is_asked_past_its_cache(pulls: Pulls) -> None:
    pulls.proxy.set(stale_search())
    pulls.pull()
    pulls.pull()  # asks since the mark, as the next one will: the cache knows the answer
    pulls.put(seen_of("ana", "new"))
    assert "Observation/new" in items(pulls.pull())


# 3. Pages


def test_no_page_and_no_token_comes_from_or_goes_to_another_server(pulls: Pulls) -> None:
    for fault in (next_link_elsewhere(), redirect_elsewhere().only("GET", path="_getpages")):
        pulls.proxy.set(fault)
        pages = pulls.pull(bearer_token=TOKEN)
        assert any("another server" in problem for problem in problems(pages))
        assert "Observation" not in pulls.marks
    assert pulls.proxy.requests(origin="elsewhere") == []
    assert pulls.proxy.requests("GET", "/Observation")[0].headers["authorization"] == f"Bearer {TOKEN}"


def test_pages_in_circles_end_and_are_said(pulls: Pulls) -> None:
    pulls.proxy.set(
        next_link_loop().only("GET", path="/Observation?"), next_link_loop().only("GET", path="_getpages")
    )
    assert any("circles" in problem for problem in problems(pulls.pull()))
    assert "Observation" not in pulls.marks


def test_pages_that_expire_each_time_leave_the_kind_to_the_next_pass(pulls: Pulls) -> None:
    pulls.proxy.set(expired_page())
    assert any("forgot its own pages" in problem for problem in problems(pulls.pull()))
    assert "Observation" not in pulls.marks
    pulls.proxy.set()
    assert items(pulls.pull()) == ALL


def test_a_page_that_expires_once_restarts_the_kind_unseen(pulls: Pulls) -> None:
    pulls.proxy.set(expired_page().only("GET", path="_getpages", times=1))
    pages = pulls.pull()
    assert items(pages) == ALL
    assert problems(pages) == []


def test_a_total_on_the_first_page_alone_is_compared_too(pulls: Pulls) -> None:
    def less(bundle: dict[str, Any]) -> None:
        bundle.pop("total", None)
        bundle["entry"] = bundle["entry"][:-1]

    pulls.proxy.set(edited("_getpages", less))
    assert "Observation: 11 came of 12 that the server counts" in problems(pulls.pull())
    assert "Observation" not in pulls.marks


# 4. Deletions (see also test_chart_reconciliation.py, test_lists_that_are_not_whole.py)


def test_what_a_search_no_longer_shows_is_not_taken_for_deleted(pulls: Pulls) -> None:
    pulls.pull()
    pulls.proxy.set(edited("/Observation?", lambda bundle: bundle.update(entry=[], total=0)))
    assert gone(pulls.pull()) == set()


def test_a_deletion_in_the_history_of_what_still_stands_is_not_believed(pulls: Pulls) -> None:
    pulls.pull()
    entry = {"request": {"method": "DELETE", "url": "Observation/o01"}}
    pulls.proxy.set(edited("/Observation/_history", lambda bundle: bundle.update(entry=[entry])))
    assert gone(pulls.pull()) == set()
    assert pulls.proxy.requests("GET", "/Observation/o01")


def test_a_proxy_that_says_404_to_all_makes_nothing_deleted(pulls: Pulls) -> None:
    pulls.pull()
    entry = {"request": {"method": "DELETE", "url": "Observation/o01"}}
    history = edited("/Observation/_history", lambda bundle: bundle.update(entry=[entry]))
    page = Reply(status=404, headers={"Content-Type": "text/html"}, body=b"<html>no")
    pulls.proxy.set(history, Fault(strike=lambda *_: page, path="/Observation/o01"))
    assert gone(pulls.pull()) == set()


# 5. Parameters that a server ignores (patient: test_scope_before_servers.py)


def test_a_server_that_ignores_the_mark_is_not_believed_and_said(pulls: Pulls) -> None:
    pulls.pull()
    pulls.proxy.set(ignored_parameter("_lastUpdated"))
    pages = pulls.pull()
    assert "Observation: the server ignored _lastUpdated; its answer was discarded" in problems(pages)
    assert items(pages) == set()


# 6. What stands in a page besides what was asked for


def _with(entry: dict[str, Any]) -> Fault:
    def add(bundle: dict[str, Any]) -> None:
        bundle["entry"] = [*bundle.get("entry", []), entry]

    return edited("/Observation?", add)


def _outcome(**issue: Any) -> dict[str, Any]:
    resource = {"resourceType": "OperationOutcome", "issue": [issue]}
    return {"resource": resource, "search": {"mode": "outcome"}}


@pytest.mark.parametrize("severity", ["error", "fatal"])
def test_an_error_beside_the_entries_makes_the_pass_incomplete(pulls: Pulls, severity: str) -> None:
    pulls.proxy.set(_with(_outcome(severity=severity, code="exception")))
    pages = pulls.pull()
    assert any(f"{severity} exception" in problem for problem in problems(pages))
    assert items(pages) == ALL, "what came is kept"
    assert "Observation" not in pulls.marks


@pytest.mark.parametrize(
    "issue",
    [
        {"severity": "warning", "code": "suppressed"},
        {"severity": "information", "code": "informational", "diagnostics": "The record may be incomplete."},
        {"severity": "warning", "code": "processing", "details": {"text": "Some results were withheld."}},
        {"code": "processing", "details": {"coding": [{"display": "It may not contain the entire record"}]}},
    ],
)
def test_a_record_that_may_be_incomplete_is_said_and_the_mark_moves(pulls: Pulls, issue: dict[str, Any]) -> None:
    pulls.proxy.set(_with(_outcome(**issue)))
    pages = pulls.pull()
    assert problems(pages) == []
    assert any("Observation: the server says that the record may be incomplete" in note for note in notes(pages))
    assert "Observation" in pulls.marks


@pytest.mark.parametrize("issue", [{"severity": "information", "code": "informational"}, {"code": 7}, {}])
def test_what_says_nothing_of_weight_is_passed_over(pulls: Pulls, issue: dict[str, Any]) -> None:
    pulls.proxy.set(_with(_outcome(**issue)))
    pages = pulls.pull()
    assert problems(pages) == notes(pages) == []


def test_what_a_server_says_is_told_without_names(pulls: Pulls) -> None:
    words = "The record of Canary Smith may be incomplete: 'Canary' 17"
    pulls.proxy.set(_with(_outcome(severity="warning", code="processing", diagnostics=words)))
    (note, *_) = notes(pulls.pull())
    assert not any(canary in note for canary in ("Canary", "Smith", "17"))


def test_a_resource_of_another_kind_is_set_aside_and_costs_none_of_the_others(pulls: Pulls) -> None:
    pulls.proxy.set(_with({"resource": person("stranger"), "search": {"mode": "match"}}))
    pages = pulls.pull()
    aside = [found.code for item in all_items(pages) for found in item.unreadable]
    assert set(aside) == {"wrong-kind"}
    assert items(pages) >= ALL
    assert "Patient/stranger" not in items(pages, "Patient")


@pytest.mark.parametrize("fault", [html(), outcome_as_body(), truncated_json()], ids=["web page", "outcome", "cut"])
def test_status_200_with_something_else_makes_the_pass_incomplete(pulls: Pulls, fault: Fault) -> None:
    pulls.proxy.set(fault.only("GET", path="/Observation?"))
    pages = pulls.pull()
    assert [problem for problem in problems(pages) if problem.startswith("Observation: page 1")]
    assert "Observation" not in pulls.marks
    assert "Patient" in pulls.marks, "the other kinds go on"


# 7. Servers that want to be left alone


def _waits(pulls: Pulls, header: str, *, status: int = 429) -> tuple[list[float], float | None]:
    naps = Naps()
    pulls.proxy.set(answers(status, retry_after=header).only("GET", path="/Patient/ana", times=1))
    with client_at(pulls.proxy.url, naps=naps) as client:
        return naps.slept, _read(client)


def _read(client: Client) -> float | None:
    try:
        assert client.get("Patient/ana").is_success
    except EhrUnavailable as error:
        return error.retry_after
    return None


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("header", "least", "most"), [("5", 5.0, 5.5), ("0", 0.0, 0.0), ("soon", 0.25, 0.5), ("", 0.25, 0.5)]
)
def test_a_wait_that_a_server_asks_for_is_kept_with_jitter(
    pulls: Pulls, header: str, least: float, most: float, status: int
) -> None:
    (slept,), _ = _waits(pulls, header, status=status)
    assert least <= slept <= most


def test_a_wait_given_as_a_date_is_kept(pulls: Pulls) -> None:
    when = format_datetime((NOW + timedelta(seconds=20)).astimezone(UTC), usegmt=True)
    (slept,), _ = _waits(pulls, when)
    assert 20.0 <= slept <= 22.0


@pytest.mark.parametrize("header", ["86400", "1767268800000", "1e300", "Fri, 01 Jan 2100 00:00:00 GMT"])
def test_an_absurd_wait_is_a_quarter_of_an_hour_and_ends_the_pass(pulls: Pulls, header: str) -> None:
    """A reference server sent epoch milliseconds: nobody sleeps for 56 years."""
    slept, asked = _waits(pulls, header)
    assert slept == []
    assert asked == 900.0


def test_a_server_that_is_busy_in_mid_pass_costs_nothing(pulls: Pulls) -> None:
    pulls.proxy.set(answers(429, retry_after="1").only("GET", path="_getpages", times=2))
    pages = pulls.pull()
    assert items(pages) == ALL
    assert problems(pages) == []
