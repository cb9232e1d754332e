"""What was deleted is noticed of those who are followed, also when they come back, and of nobody else."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from horehab.errors import EhrUnavailable
from tests.fhir.in_scope import (
    Pulls,
    a_month_later,
    edited,
    gone,
    items,
    problems,
    seen_of,
    without_interaction,
)
from tests.servers.faults import answers
from tests.servers.sandbox import RunningSandbox


@pytest.fixture
def pulls(sandbox: RunningSandbox) -> Iterator[Pulls]:
    with a_month_later(sandbox) as opened:
        yield opened


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
