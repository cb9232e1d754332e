"""Every update says which version it changes; a clash means look again, three times, and then call a person."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from horehab.domain.entries import ChartEntry, Outcome
from tests.fhir.in_scope import edited
from tests.fhir.team_entries import CONFIRM, MEASUREMENT, READING, REASONS, SESSION, TASK, gives_its_own_ids
from tests.fhir.ward import NAME, PATIENT, SUSPICION, WITH_MORE, Desk, chart_at, observation
from tests.servers.faults import Fault, FaultyProxy, answers
from tests.servers.proxying import faulty_proxy
from tests.servers.sandbox import RunningSandbox

CHANGES: dict[str, tuple[ChartEntry, ChartEntry]] = {
    "Condition": (SUSPICION, WITH_MORE),
    "Procedure": (SESSION, replace(SESSION, session=replace(SESSION.session, minutes=45))),
    "Observation": (MEASUREMENT, replace(MEASUREMENT, fact=replace(READING, degrees=87.0))),
    "Task": (TASK, replace(TASK, text="Please measure it today.")),
    "Provenance": (REASONS, replace(REASONS, sentence="Motion was lost again.")),
}
EVERY_KIND = pytest.mark.parametrize("kind", CHANGES)


@pytest.fixture
def proxy(sandbox: RunningSandbox) -> Iterator[FaultyProxy]:
    for resource in (PATIENT, *(observation(name) for name in ("o1", "o2", "o3"))):
        sandbox.store.put(resource)
    with faulty_proxy(sandbox.url) as running:
        yield running


@pytest.fixture(params=["our ids", "the server's ids"])
def ids(request: pytest.FixtureRequest, proxy: FaultyProxy) -> tuple[Fault, ...]:
    """What is always wrong with the server: nothing, or that it takes no ids of ours."""
    always = () if request.param == "our ids" else (edited("/metadata", gives_its_own_ids),)
    proxy.set(*always)
    return always


@pytest.fixture
def desk(proxy: FaultyProxy, ids: tuple[Fault, ...]) -> Iterator[Desk]:
    del ids
    with chart_at(proxy.url) as chart:
        for needed in (SUSPICION, SESSION):
            assert Desk(chart=chart).deliver(needed).outcome is Outcome.DONE
        yield Desk(chart=chart)


def delivered(desk: Desk, kind: str) -> ChartEntry:
    """Deliver the first form of an entry, and give the changed one."""
    first, changed = CHANGES[kind]
    assert desk.deliver(first).outcome is Outcome.DONE
    return changed


@EVERY_KIND
def test_an_update_names_the_version_that_it_changes(desk: Desk, proxy: FaultyProxy, kind: str) -> None:
    changed = delivered(desk, kind)
    before = len(proxy.requests("PUT"))
    delivery = desk.deliver(changed)
    (put,) = proxy.requests("PUT")[before:]
    assert put.headers["if-match"] == 'W/"1"'
    assert (delivery.outcome, delivery.version, delivery.reference) == (Outcome.DONE, "2", desk.target)


@EVERY_KIND
@pytest.mark.parametrize("status", [409, 412])
def test_a_clash_means_look_again_and_decide_again(
    desk: Desk, proxy: FaultyProxy, ids: tuple[Fault, ...], kind: str, status: int
) -> None:
    changed = delivered(desk, kind)
    proxy.set(*ids, answers(status).only("PUT", times=2))
    before = len(proxy.requests())
    assert desk.deliver(changed).outcome is Outcome.DONE
    asked = [seen.method for seen in proxy.requests()[before:] if seen.path.endswith(str(desk.target))]
    assert asked == ["GET", "PUT"] * 3 + ["GET"]


@EVERY_KIND
@pytest.mark.parametrize("status", [409, 412])
def test_the_third_clash_is_the_last_and_calls_a_person(
    desk: Desk, proxy: FaultyProxy, sandbox: RunningSandbox, kind: str, status: int
) -> None:
    changed = delivered(desk, kind)
    proxy.set(answers(status).only("PUT"))  # what it says of ids was read before
    before = len(proxy.requests("PUT"))
    delivery = desk.deliver(changed)
    assert (delivery.outcome, delivery.reference) == (Outcome.CONFLICT, desk.target)
    assert len(proxy.requests("PUT")) - before == 3
    stands = sandbox.store.read(str(desk.target))
    assert stands is not None
    assert stands["meta"]["versionId"] == "1"


@pytest.mark.parametrize("status", [409, 412])
def test_a_decision_of_ours_is_decided_again_after_a_clash(
    desk: Desk, proxy: FaultyProxy, ids: tuple[Fault, ...], sandbox: RunningSandbox, status: int
) -> None:
    proxy.set(*ids, answers(status).only("PUT", times=2))
    delivery = Desk(chart=desk.chart).deliver(CONFIRM)
    assert (delivery.outcome, delivery.version) == (Outcome.DONE, "2")
    assert (delivery.reference == NAME) is (not ids)
    stands = sandbox.store.read(str(delivery.reference))
    assert stands is not None
    assert stands["verificationStatus"]["coding"][0]["code"] == "confirmed"


@pytest.mark.parametrize("status", [409, 412])
def test_a_clash_at_the_first_write_means_look_again(
    proxy: FaultyProxy, sandbox: RunningSandbox, status: int
) -> None:
    proxy.set(answers(status).only("PUT", path="/Condition", times=2))
    with chart_at(proxy.url) as chart:
        assert Desk(chart=chart).deliver(SUSPICION).outcome is Outcome.DONE
        proxy.set(answers(status).only("PUT", path="/Task"))
        assert Desk(chart=chart).deliver(TASK).outcome is Outcome.CONFLICT
    assert len(proxy.requests("PUT", "/Task")) == 3
    assert sandbox.store.search("Task") == ()
