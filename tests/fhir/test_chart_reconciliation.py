"""Deletions that no history tells of: ids are compared once a ward day, and only a direct read makes a tombstone."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from horehab.errors import EhrRefused, EhrUnavailable
from horehab.fhir.sync import reconciliation
from tests.fhir.in_scope import (
    BLIND,
    Pulls,
    a_night_later,
    edited,
    gone,
    open_pulls,
    problems,
    seen_of,
)
from tests.servers.bundle_faults import wrong_total
from tests.servers.faults import (
    Fault,
    FaultyProxy,
    Forward,
    Reply,
    Seen,
    answers,
    ignored_parameter,
)
from tests.servers.sandbox import RunningSandbox


@pytest.fixture
def pulls(sandbox: RunningSandbox) -> Iterator[Pulls]:
    with a_night_later(sandbox) as opened:
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
