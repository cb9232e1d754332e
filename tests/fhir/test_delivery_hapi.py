"""The same deliveries on a real HAPI, which ignores If-None-Match and validates what it takes."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest

from horehab.domain.entries import Outcome, SuspicionEntry, suspicion_id
from horehab.fhir.wire.client import Client
from tests.fhir.team_entries import CONFIRM, MEASUREMENT, REASONS, SESSION, TASK
from tests.fhir.ward import HIP, SUSPICION, Desk, chart_at, client_at, observation

pytestmark = pytest.mark.needs("hapi")


@pytest.fixture
def hapi(hapi_url: str, request: pytest.FixtureRequest) -> Iterator[tuple[Client, str]]:
    """A client, and a patient of this test's own with three Observations."""
    name = uuid5(NAMESPACE_URL, request.node.nodeid).hex
    with client_at(hapi_url) as client:
        assert client.send("PUT", f"Patient/{name}", {"resourceType": "Patient", "id": name}).is_success
        for number in (1, 2, 3):
            seen = observation(f"{name}-{number}"[-60:], subject={"reference": f"Patient/{name}"})
            assert client.send("PUT", f"Observation/{seen['id']}", seen).is_success
        yield client, name


def suspicion(name: str, *numbers: int) -> SuspicionEntry:
    return replace(
        SUSPICION,
        patient=f"Patient/{name}",
        condition_id=suspicion_id(f"Patient/{name}", HIP, 1),
        evidence=tuple(f"Observation/{f'{name}-{number}'[-60:]}" for number in numbers),
    )


def stands(client: Client, entry: SuspicionEntry) -> dict[str, Any]:
    return client.get(f"Condition/{entry.condition_id}").resource()


def state(resource: dict[str, Any]) -> str:
    return str(resource["verificationStatus"]["coding"][0]["code"])


def test_a_suspicion_is_raised_updated_and_withdrawn(hapi: tuple[Client, str]) -> None:
    client, name = hapi
    with chart_at(client.connection.url) as chart:
        desk = Desk(chart=chart)
        for number, entry in enumerate(
            (suspicion(name, 1), suspicion(name, 1, 2), replace(suspicion(name, 1, 2), is_withdrawn=True)), start=1
        ):
            delivery = desk.deliver(entry)
            assert (delivery.outcome, delivery.version) == (Outcome.DONE, str(number)), delivery
            assert desk.deliver(entry).version == str(number)
    found = stands(client, suspicion(name, 1))
    assert state(found) == "entered-in-error"
    assert "clinicalStatus" not in found


def test_eight_writers_at_once_leave_one_condition_and_one_body(hapi: tuple[Client, str]) -> None:
    client, name = hapi
    entry = suspicion(name, 1, 2)

    def write(_: int) -> Outcome:
        with chart_at(client.connection.url) as chart:
            return Desk(chart=chart).deliver(entry).outcome

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(write, range(8)))
    assert set(outcomes) <= {Outcome.DONE, Outcome.LATER}
    assert Outcome.DONE in outcomes
    found = client.get("Condition", {"subject": f"Patient/{name}"}, is_search=True).resource()
    assert len(found["entry"]) == 1
    assert state(stands(client, entry)) == "unconfirmed"


def test_a_persons_confirmation_is_never_overwritten(hapi: tuple[Client, str]) -> None:
    client, name = hapi
    entry = suspicion(name, 1)
    with chart_at(client.connection.url) as chart:
        desk = Desk(chart=chart)
        desk.deliver(entry)
        theirs = stands(client, entry)
        theirs["verificationStatus"]["coding"][0]["code"] = "confirmed"
        assert client.send("PUT", f"Condition/{entry.condition_id}", theirs).is_success
        assert desk.deliver(suspicion(name, 1, 2)).outcome is Outcome.CONFLICT
        assert desk.deliver(replace(entry, is_withdrawn=True)).outcome is Outcome.CONFLICT
    assert state(stands(client, entry)) == "confirmed"


def test_everything_that_is_written_is_valid_for_a_validating_server(hapi: tuple[Client, str]) -> None:
    client, name = hapi
    entry = suspicion(name, 1, 2, 3)
    patient = f"Patient/{name}"
    identity = uuid5(NAMESPACE_URL, name)
    session = replace(SESSION, patient=patient, session_id=str(identity))
    entries = (
        entry,
        replace(REASONS, patient=patient, condition_id=entry.condition_id, evidence=entry.evidence,
                provenance_id=f"{entry.condition_id}-0123456789abcdef"),
        session,
        replace(MEASUREMENT, patient=patient, session_id=str(identity), measurement_id=f"{identity}"[:-1] + "m"),
        replace(TASK, patient=patient, key=f"{patient}|measure-rom|left hip|team|task|2026-W03"),
        replace(CONFIRM, patient=patient, condition_id=entry.condition_id),
    )  # fmt: skip
    with chart_at(client.connection.url) as chart:
        for each in entries:
            for _ in range(2):
                delivery = Desk(chart=chart).deliver(each)
                assert delivery.outcome is Outcome.DONE, (type(each).__name__, delivery)


def test_what_changed_and_what_was_deleted_is_read(hapi: tuple[Client, str]) -> None:
    client, name = hapi
    gone = f"Observation/{f'{name}-1'[-60:]}"
    with chart_at(client.connection.url, page_size=20) as chart:
        pages = list(chart.changes({}))
        assert [problem for page in pages for problem in page.problems] == []
        marks = {page.kind: page.mark for page in pages if page.is_last and page.mark}
        assert gone in {item.reference for page in pages for item in page.items}
        client._session.delete(f"{client.connection.base}/{gone}")
        again = list(chart.changes(marks))
        assert [problem for page in again for problem in page.problems] == []
        assert gone in {item.reference for page in again for item in page.items if item.is_gone}


def test_doctor_finds_hapi_well(hapi: tuple[Client, str]) -> None:
    client, _ = hapi
    with chart_at(client.connection.url) as chart:
        ill = [choice for choice in chart.inspect() if not choice.is_well and choice.subject != "clock"]
    assert ill == []


def test_a_double_is_found_and_entered_in_error_with_its_reasons(hapi: tuple[Client, str]) -> None:
    client, name = hapi
    entry, task = (
        suspicion(name, 1, 2),
        replace(TASK, patient=f"Patient/{name}", key=f"Patient/{name}|measure-rom|a, b"),
    )
    with chart_at(client.connection.url) as chart:
        for each in (entry, task):
            delivery = Desk(chart=chart).deliver(each)
            assert delivery.reference is not None
            body = client.get(delivery.reference).resource()
            twin = f"twin-{name}"
            copy = {key: value for key, value in body.items() if key != "meta"} | {"id": twin}
            put = client.send("PUT", f"{body['resourceType']}/{twin}", copy)
            assert put.is_success, put.reason()
        swept = list(chart.end_doubles([entry, task], lambda _: frozenset()))
        assert [(sweep.why, len(sweep.ended)) for sweep in swept] == [("", 0), ("", 1)] * 2
        assert list(chart.end_doubles([entry, task], lambda _: frozenset())) == []
    assert state(client.get(f"Condition/{twin}").resource()) == "entered-in-error"
    assert client.get(f"Task/{twin}").resource()["status"] == "entered-in-error"
    for kind in ("Condition", "Task"):
        found = client.get("Provenance", {"target": f"{kind}/{twin}"}, is_search=True).resource()
        assert len(found["entry"]) == 1
