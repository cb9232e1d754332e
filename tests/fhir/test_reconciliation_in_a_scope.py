"""In a scope, ids are compared by night of its own patients alone."""

from datetime import timedelta

import pytest

from tests.fhir.in_scope import (
    BLIND,
    gone,
    items,
    open_pulls,
    person,
    problems,
    seen_of,
)
from tests.servers.faults import (
    Fault,
    FaultyProxy,
    Forward,
    Reply,
    Seen,
    ignored_parameter,
)
from tests.servers.sandbox import RunningSandbox


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
