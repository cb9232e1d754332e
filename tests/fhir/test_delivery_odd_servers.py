"""Putting one resource into servers that number, answer and keep in ways of their own."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import responses

from horehab.domain.entries import Delivery, Outcome
from horehab.fhir.wire.client import Client
from horehab.fhir.writing.comparison import carries, lacking
from horehab.fhir.writing.placing import NotCreated, place
from horehab.fhir.writing.standing import Settled, Standing
from tests.fhir.ward import client_at

BASE = "https://ehr.example/fhir"
NAME = "Condition/hr-1"
AT = f"{BASE}/{NAME}"
OURS = {"resourceType": "Condition", "id": "hr-1", "code": {"text": "Suspected"}}
THEIRS = {"resourceType": "Condition", "id": "hr-1", "code": {"text": "Gout"}}


@pytest.fixture
def client() -> Iterator[Client]:
    with client_at(BASE) as opened:
        yield opened


def at_version(body: Mapping[str, Any], version: str) -> dict[str, Any]:
    return {**body, "meta": {"versionId": version}}


def edit(found: Standing) -> Mapping[str, Any] | None:
    """Edit until our code stands there."""
    return None if carries(OURS, found.resource) else {**found.resource, "code": OURS["code"]}


def put(client: Client) -> Delivery:
    try:
        return place(client, NAME, OURS, edit)
    except Settled as settled:
        return settled.delivery


@pytest.mark.parametrize(("status", "is_for_the_id"), [(404, True), (405, True), (400, False), (422, False)])
def test_a_server_that_creates_nothing_under_our_ids_is_recognised(
    wire: responses.RequestsMock, client: Client, status: int, is_for_the_id: bool
) -> None:
    wire.get(AT, status=404)
    wire.put(AT, status=status)
    with pytest.raises(NotCreated) as caught:
        place(client, NAME, OURS, edit)
    assert caught.value.is_for_the_id is is_for_the_id


@pytest.mark.parametrize(
    "headers",
    [
        {"ETag": 'W/"1"'},
        {"ETag": '"1"'},
        {"Location": f"{AT}/_history/1"},
        {"Content-Location": f"{AT}/_history/1"},
        {},
    ],
)
def test_the_version_is_found_wherever_the_server_writes_it(
    wire: responses.RequestsMock, client: Client, headers: dict[str, str]
) -> None:
    wire.get(AT, status=404)
    wire.put(AT, status=201, headers=headers)
    wire.get(AT, json=at_version(OURS, "1"))
    assert put(client).version == "1"


def test_a_write_that_is_not_shown_yet_is_tried_again_later(wire: responses.RequestsMock, client: Client) -> None:
    wire.get(AT, status=404)
    wire.put(AT, status=201, headers={"ETag": 'W/"1"'})
    wire.get(AT, status=404)
    assert put(client).outcome is Outcome.LATER


@pytest.mark.parametrize("said", ["2", "1", "7"])
def test_a_change_that_the_server_forgot_is_tried_again_later(
    wire: responses.RequestsMock, client: Client, said: str
) -> None:
    """It says yes, under this version or that, and still shows what stood there: nobody need look at that."""
    wire.get(AT, json=at_version(THEIRS, "2"))
    wire.put(AT, status=200, headers={"ETag": f'W/"{said}"'})
    wire.get(AT, json=at_version(THEIRS, "2"))
    delivery = put(client)
    assert (delivery.outcome, "what stood there before" in delivery.detail) == (Outcome.LATER, True)


def test_a_change_that_the_server_keeps_in_part_is_for_a_person(wire: responses.RequestsMock, client: Client) -> None:
    wire.get(AT, json=at_version(THEIRS, "2"))
    wire.put(AT, status=200, headers={"ETag": 'W/"3"'})
    wire.get(AT, json=at_version(THEIRS, "3"))
    delivery = put(client)
    assert (delivery.outcome, "code" in delivery.detail) == (Outcome.CONFLICT, True)


def test_a_server_that_keeps_something_else_is_found_out(wire: responses.RequestsMock, client: Client) -> None:
    wire.get(AT, status=404)
    wire.put(AT, status=201, headers={"ETag": 'W/"1"'})
    wire.get(AT, json=at_version(THEIRS, "1"))
    delivery = put(client)
    assert delivery.outcome is Outcome.CONFLICT
    assert "code" in delivery.detail


def test_a_server_that_drops_a_minor_element_is_named(wire: responses.RequestsMock, client: Client) -> None:
    wanted = {**OURS, "recordedDate": "2026-01-09"}
    wire.get(AT, status=404)
    wire.put(AT, status=201, headers={"ETag": 'W/"1"'})
    wire.get(AT, json=at_version(OURS, "1"))
    delivery = place(client, NAME, wanted, edit)
    assert delivery.outcome is Outcome.DONE
    assert delivery.detail == "The server did not keep recordedDate."


def test_our_version_counts_although_somebody_wrote_after_it(wire: responses.RequestsMock, client: Client) -> None:
    wire.get(AT, status=404)
    wire.put(AT, status=201, headers={"ETag": 'W/"1"'})
    wire.get(AT, json=at_version(THEIRS, "2"))
    wire.get(f"{AT}/_history/1", json=at_version(OURS, "1"))
    delivery = put(client)
    assert (delivery.outcome, delivery.version) == (Outcome.DONE, "1")


def test_versions_that_are_no_numbers_are_ordered_by_the_history(
    wire: responses.RequestsMock, client: Client
) -> None:
    """A server that ignores If-None-Match and names versions by letters: theirs is found and put back."""
    wire.get(AT, status=404)
    wire.put(AT, status=200, headers={"ETag": 'W/"zz"'})
    entries = [{"resource": at_version(OURS, "zz")}, {"resource": at_version(THEIRS, "qk")}]
    wire.get(f"{AT}/_history", json={"resourceType": "Bundle", "entry": entries})
    wire.put(AT, status=200, match=[responses.matchers.header_matcher({"If-Match": 'W/"zz"'})])
    delivery = put(client)
    assert delivery.outcome is Outcome.CONFLICT
    assert "qk was put back" in delivery.detail


def test_a_first_version_named_by_letters_is_no_overwriting(wire: responses.RequestsMock, client: Client) -> None:
    wire.get(AT, status=404)
    wire.put(AT, status=201, headers={"ETag": 'W/"zz"'})
    wire.get(f"{AT}/_history", json={"resourceType": "Bundle", "entry": [{"resource": at_version(OURS, "zz")}]})
    wire.get(AT, json=at_version(OURS, "zz"))
    assert put(client).outcome is Outcome.DONE


def test_what_cannot_be_put_back_is_told(wire: responses.RequestsMock, client: Client) -> None:
    """Somebody wrote again before theirs could be put back: the newest work of theirs is left alone."""
    wire.get(AT, status=404)
    wire.put(AT, status=200, headers={"ETag": 'W/"2"'})
    wire.get(f"{AT}/_history/1", json=at_version(THEIRS, "1"))
    wire.put(AT, status=412)
    wire.get(AT, json=at_version({**THEIRS, "code": {"text": "Gout, chronic"}}, "3"))
    delivery = put(client)
    assert delivery.outcome is Outcome.CONFLICT
    assert "not put back" in delivery.detail
    assert len([call for call in wire.calls if call.request.method == "PUT"]) == 2


def test_theirs_is_put_back_over_a_twin_of_ours(wire: responses.RequestsMock, client: Client) -> None:
    wire.get(AT, status=404)
    wire.put(AT, status=200, headers={"ETag": 'W/"2"'})
    wire.get(f"{AT}/_history/1", json=at_version(THEIRS, "1"))
    wire.put(AT, status=409)
    wire.get(AT, json=at_version(OURS, "3"))
    wire.put(AT, status=200, match=[responses.matchers.header_matcher({"If-Match": 'W/"3"'})])
    assert "was put back" in put(client).detail


def test_a_deletion_while_we_update_is_for_a_person(wire: responses.RequestsMock, client: Client) -> None:
    wire.get(AT, json=at_version(THEIRS, "1"))
    wire.put(AT, status=200, headers={"ETag": 'W/"3"'})
    wire.get(f"{AT}/_history/2", status=410)
    wire.get(AT, json=at_version(OURS, "3"))
    delivery = put(client)
    assert delivery.outcome is Outcome.CONFLICT
    assert "deleted" in delivery.detail


def test_an_update_that_changes_nothing_keeps_its_version(wire: responses.RequestsMock, client: Client) -> None:
    wire.get(AT, json=at_version(THEIRS, "4"))
    wire.put(AT, status=200, headers={"ETag": 'W/"4"'})
    wire.get(AT, json=at_version(OURS, "4"))
    assert put(client).version == "4"


def test_where_there_are_no_versions_none_is_made_a_condition_of(
    wire: responses.RequestsMock, client: Client
) -> None:
    wire.get(AT, json=THEIRS)
    wire.put(AT, status=200)
    wire.get(AT, json=OURS)
    wire.get(AT, json=OURS)
    assert put(client).outcome is Outcome.DONE
    (written,) = [call.request for call in wire.calls if call.request.method == "PUT"]
    assert "If-Match" not in written.headers


def test_what_the_server_does_not_show_us_is_not_written_over(wire: responses.RequestsMock, client: Client) -> None:
    wire.get(AT, status=400)
    assert put(client).outcome is Outcome.REFUSED
    assert len(wire.calls) == 1


def test_a_refusal_names_place_and_reason_but_no_patient(wire: responses.RequestsMock, client: Client) -> None:
    issue = {
        "severity": "error",
        "code": "invariant",
        "expression": ["Condition.evidence[0]"],
        "diagnostics": 'con-5: Smith "Canary" shall not have a status, born 1950-01-01',
    }
    wire.get(AT, status=404)
    wire.put(AT, status=422, json={"resourceType": "OperationOutcome", "issue": [issue]})
    with pytest.raises(NotCreated) as caught:
        place(client, NAME, OURS, edit)
    detail = str(caught.value)
    assert "Condition.evidence[0]" in detail
    assert "shall not have a status" in detail
    assert not any(word in detail for word in ("Smith", "Canary", "1950"))


@pytest.mark.parametrize(
    ("wanted", "found", "is_carried"),
    [
        ({"a": 95}, {"a": 95.0}, True),
        ({"a": 95.5}, {"a": 95}, False),
        ({"a": True}, {"a": 1}, False),
        ({"a": {"reference": "Patient/1"}}, {"a": {"reference": f"{BASE}/Patient/1/_history/3"}}, True),
        ({"a": {"reference": "Patient/1"}}, {"a": {"reference": "Patient/2"}}, False),
        ({"a": "2026-01-09T10:00:00Z"}, {"a": "2026-01-09T11:00:00.000+01:00"}, True),
        ({"a": "2026-01-09T10:00:00Z"}, {"a": "2026-01-09T11:00:00Z"}, False),
        ({"a": "2026-13-09T10:00:00Z"}, {"a": "2026-13-09T11:00:00Z"}, False),
        ({"a": {"code": "x", "display": "X"}}, {"a": {"code": "x", "display": "an X"}}, True),
        ({"a": [{"b": 1}]}, {"a": [{"c": 2}, {"b": 1, "d": 3}]}, True),
        ({"a": [{"b": 1}]}, {"a": {"b": 1}}, False),
        ({"a": "x"}, {"a": None}, False),
        ({"a": "x"}, {}, False),
        ({"evidence": [{"detail": [1]}]}, {"evidence": [{"detail": [1, 2]}]}, False),
        ({"meta": {"x": 1}, "id": "1"}, {}, True),
    ],
)
def test_what_a_server_spells_its_own_way_is_recognised(
    wanted: dict[str, Any], found: dict[str, Any], is_carried: bool
) -> None:
    assert carries(wanted, found) is is_carried
    assert lacking(wanted, wanted) == ()
