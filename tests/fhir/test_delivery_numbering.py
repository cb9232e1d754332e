"""Servers on which one count runs through all resources, or that keep no history: what did our write replace?"""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import responses

from horehab.domain.entries import Delivery, Outcome
from horehab.fhir.wire.client import Client
from horehab.fhir.writing.comparison import carries
from horehab.fhir.writing.placing import place
from horehab.fhir.writing.standing import Settled, Standing
from tests.fhir.ward import client_at

BASE = "https://ehr.example/fhir"
NAME = "Condition/hr-1"
AT = f"{BASE}/{NAME}"
OURS = {"resourceType": "Condition", "id": "hr-1", "code": {"text": "Suspected"}}
EARLIER = {"resourceType": "Condition", "id": "hr-1", "code": {"text": "Suspected, earlier"}}
THEIRS = {"resourceType": "Condition", "id": "hr-1", "code": {"text": "Gout"}}


@pytest.fixture
def client() -> Iterator[Client]:
    with client_at(BASE) as opened:
        yield opened


def at_version(body: Mapping[str, Any], version: str) -> dict[str, Any]:
    return {**body, "meta": {"versionId": version}}


def listed(*resources: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"resourceType": "Bundle", "entry": [{"resource": resource} for resource in resources], **more}


def bottomless(depth: int) -> list[Any]:
    """Nest deeper than anything that a chart would hold."""
    return [bottomless(depth - 1)] if depth else []


def put(client: Client) -> Delivery:
    def edit(found: Standing) -> Mapping[str, Any] | None:
        return None if carries(OURS, found.resource) else {**found.resource, "code": OURS["code"]}

    try:
        return place(client, NAME, OURS, edit)
    except Settled as settled:
        return settled.delivery


def written(wire: responses.RequestsMock, version: str, status: int) -> None:
    wire.put(AT, status=status, headers={"ETag": f'W/"{version}"'})


def test_an_amendment_is_done_where_one_count_runs_through_all_resources(
    wire: responses.RequestsMock, client: Client
) -> None:
    wire.get(AT, json=at_version(EARLIER, "10"))
    written(wire, "15", 200)
    wire.get(f"{AT}/_history/14", status=404)
    wire.get(f"{AT}/_history", json=listed(at_version(OURS, "15"), at_version(EARLIER, "10")))
    wire.get(AT, json=at_version(OURS, "15"))
    delivery = put(client)
    assert (delivery.outcome, delivery.version) == (Outcome.DONE, "15")


def test_somebody_who_was_quicker_is_found_there_too_and_gets_their_work_back(
    wire: responses.RequestsMock, client: Client
) -> None:
    wire.get(AT, json=at_version(EARLIER, "10"))
    written(wire, "15", 200)
    wire.get(f"{AT}/_history/14", status=404)
    theirs = at_version({**THEIRS, "note": [{"text": "seen"}]}, "12")
    wire.get(f"{AT}/_history", json=listed(at_version(OURS, "15"), theirs, at_version(EARLIER, "10")))
    again = wire.put(AT, status=200, match=[responses.matchers.header_matcher({"If-Match": 'W/"15"'})])
    wire.get(AT, json=at_version(OURS, "15"))
    delivery = put(client)
    assert delivery.outcome is Outcome.CONFLICT
    assert "12 was put back" in delivery.detail
    assert b"Gout" in again.calls[0].request.body


def test_a_deletion_there_is_told_as_a_deletion(wire: responses.RequestsMock, client: Client) -> None:
    wire.get(AT, json=at_version(EARLIER, "10"))
    written(wire, "15", 200)
    wire.get(f"{AT}/_history/14", status=404)
    deletion = {"request": {"method": "DELETE", "url": NAME}, "response": {"status": "204", "etag": 'W/"12"'}}
    wire.get(f"{AT}/_history", json=listed() | {"entry": [{"resource": at_version(OURS, "15")}, deletion]})
    wire.get(AT, json=at_version(OURS, "15"))
    delivery = put(client)
    assert delivery.outcome is Outcome.CONFLICT
    assert "deleted" in delivery.detail


def test_the_history_is_read_to_its_next_page(wire: responses.RequestsMock, client: Client) -> None:
    wire.get(AT, json=at_version(EARLIER, "10"))
    written(wire, "15", 200)
    wire.get(f"{AT}/_history/14", status=404)
    more = {"link": [{"relation": "next", "url": f"{BASE}/more"}]}
    wire.get(f"{AT}/_history", json=listed(at_version(OURS, "15"), **more))
    wire.get(f"{BASE}/more", json=listed(at_version(EARLIER, "10")))
    wire.get(AT, json=at_version(OURS, "15"))
    assert put(client).outcome is Outcome.DONE


def test_a_history_without_bodies_is_read_version_by_version(wire: responses.RequestsMock, client: Client) -> None:
    wire.get(AT, json=at_version(EARLIER, "10"))
    written(wire, "15", 200)
    wire.get(f"{AT}/_history/14", status=404)
    entries = [{"request": {"method": "PUT", "url": f"{NAME}/_history/{version}"}} for version in ("15", "10")]
    wire.get(f"{AT}/_history", json=listed() | {"entry": entries})
    wire.get(f"{AT}/_history/10", json=at_version(EARLIER, "10"))
    wire.get(AT, json=at_version(OURS, "15"))
    assert put(client).outcome is Outcome.DONE


@pytest.mark.parametrize("status", [201, 200])
def test_the_first_version_is_known_by_the_history_and_not_by_its_number(
    wire: responses.RequestsMock, client: Client, status: int
) -> None:
    wire.get(AT, status=404)
    written(wire, "15", status)
    wire.get(f"{AT}/_history/14", status=404)
    wire.get(f"{AT}/_history", json=listed(at_version(OURS, "15")))
    wire.get(AT, json=at_version(OURS, "15"))
    assert put(client).outcome is Outcome.DONE


def test_a_foreign_body_that_we_wrote_over_is_found_although_the_number_before_is_nobodys(
    wire: responses.RequestsMock, client: Client
) -> None:
    wire.get(AT, status=404)
    written(wire, "15", 200)
    wire.get(f"{AT}/_history/14", status=404)
    wire.get(f"{AT}/_history", json=listed(at_version(OURS, "15"), at_version(THEIRS, "13")))
    wire.put(AT, status=200, match=[responses.matchers.header_matcher({"If-Match": 'W/"15"'})])
    delivery = put(client)
    assert delivery.outcome is Outcome.CONFLICT
    assert "13 was put back" in delivery.detail


@pytest.mark.parametrize("refusal", [400, 403, 404, 500, 501], ids=str)
@pytest.mark.parametrize(("status", "outcome"), [(201, Outcome.DONE), (200, Outcome.CONFLICT)])
def test_without_history_the_servers_created_counts_and_anything_else_is_for_a_person(
    wire: responses.RequestsMock, client: Client, status: int, outcome: Outcome, refusal: int
) -> None:
    wire.get(AT, status=404)
    written(wire, "15", status)
    wire.get(f"{AT}/_history/14", status=404)
    wire.get(f"{AT}/_history", status=refusal)
    if outcome is Outcome.DONE:
        wire.get(AT, json=at_version(OURS, "15"))
    delivery = put(client)
    assert (delivery.outcome, delivery.reference) == (outcome, NAME)
    assert ("a person must look" in delivery.detail) is (outcome is Outcome.CONFLICT)


def test_a_first_version_that_the_server_calls_an_update_is_looked_up(
    wire: responses.RequestsMock, client: Client
) -> None:
    """200 and version 1: a server without versions overwrote something, for all that we can tell."""
    wire.get(AT, status=404)
    written(wire, "1", 200)
    wire.get(f"{AT}/_history", status=404)
    assert put(client).outcome is Outcome.CONFLICT


@pytest.mark.parametrize(
    "history",
    [
        listed(),
        listed(at_version(THEIRS, "12")),
        listed(at_version(OURS, "15")),
        listed(at_version(OURS, "15"), {"resourceType": "Condition"}),
        listed(at_version(OURS, "15"), {"resourceType": "Condition", "note": bottomless(70)}),
        {"resourceType": "OperationOutcome", "issue": []},
        {"resourceType": "Bundle", "entry": "none"},
    ],
    ids=["empty", "without ours", "ours alone", "no version", "bottomless", "no Bundle", "no list"],
)
def test_an_amendment_whose_forerunner_nobody_can_tell_is_for_a_person(
    wire: responses.RequestsMock, client: Client, history: dict[str, Any]
) -> None:
    wire.get(AT, json=at_version(EARLIER, "10"))
    written(wire, "15", 200)
    wire.get(f"{AT}/_history/14", status=404)
    wire.get(f"{AT}/_history", json=history)
    wire.get(AT, json=at_version(OURS, "15"))
    delivery = put(client)
    assert delivery.outcome is Outcome.CONFLICT
    assert "a person must look" in delivery.detail
    assert "deleted" not in delivery.detail


def test_a_server_that_counts_and_keeps_no_history_needs_none(wire: responses.RequestsMock, client: Client) -> None:
    wire.get(AT, json=at_version(EARLIER, "10"))
    written(wire, "11", 200)
    wire.get(AT, json=at_version(OURS, "11"))
    assert put(client).outcome is Outcome.DONE
