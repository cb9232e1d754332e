"""Who it is about, and the items of the chart that are understood and none of our business."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from horehab.domain.recipient import ContactWay
from horehab.domain.record import Patient
from tests.fhir.charts import HL7, SITE, concept, understood

FULL: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "1",
    "meta": {"versionId": "3", "lastUpdated": "2026-03-01T00:00:00Z"},
    "identifier": [
        {"value": "insurance-1"},
        {"type": concept((HL7 + "v2-0203", "MR")), "value": "H-77"},
    ],
    "name": [
        {"use": "old", "family": "Before"},
        {"use": "nickname", "text": "Bea"},
        {"use": "official", "family": "Ruiz", "given": ["Beatriz", "Ana"]},
    ],
    "gender": "female",
    "birthDate": "1995-04",
    "telecom": [
        {"system": "phone", "value": "1", "use": "old"},
        {"system": "phone", "value": "2"},
        {"system": "email", "value": "b@example.org"},
    ],
    "communication": [
        {"language": concept(("urn:ietf:bcp:47", "es"))},
        {"language": concept(("urn:ietf:bcp:47", "ca")), "preferred": True},
    ],
    "deceasedDateTime": "2026-02-02",
    "link": [{"type": "seealso", "other": {"reference": "Patient/8"}},
             {"type": "replaced-by", "other": {"reference": "https://ehr.example/fhir/Patient/9"}}],
}  # fmt: skip


def test_a_patient_is_read_with_the_hospitals_own_record_number() -> None:
    item = understood(FULL)
    assert item.identity == Patient(
        reference="Patient/1",
        name="Beatriz Ana Ruiz",
        birth_date="1995-04",
        sex="female",
        record_number="H-77",
        is_deceased=True,
        replaced_by="Patient/9",
        language="ca",
        email="b@example.org",
        phone="2",
        ways=(
            ContactWay(system="phone", value="1", use="old"),
            ContactWay(system="phone", value="2"),
            ContactWay(system="email", value="b@example.org"),
        ),
    )
    assert (item.reference, item.version, item.patient) == ("Patient/1", "3", "Patient/1")
    assert item.updated == "2026-03-01T00:00:00Z"
    assert item.source.startswith(b'{"resourceType": "Patient"')


def test_a_patient_of_whom_nothing_is_known_is_still_a_patient() -> None:
    assert understood({"resourceType": "Patient", "id": "1"}).identity == Patient(reference="Patient/1")


def test_the_chart_says_which_way_is_preferred_and_from_when_until_when_it_holds() -> None:
    way = {"system": "sms", "value": "600 000 001", "use": "mobile", "rank": 2}
    period = {"start": "2026-01-02T10:00:00+01:00", "end": "2026-03"}
    telecom = [
        way | {"period": period},
        {"system": "fax", "value": "1"},
        {"system": "email"},
        way | {"rank": "first"},
    ]
    identity = understood({"resourceType": "Patient", "id": "1", "telecom": telecom}).identity
    assert identity is not None
    known = ContactWay(system="sms", value="600 000 001", use="mobile")
    assert identity.ways == (replace(known, rank=2, since=date(2026, 1, 2)), known)


def test_misshapen_parts_stay_unknown() -> None:
    resource = {
        "resourceType": "Patient", "id": "1", "name": "Ruiz", "telecom": {"system": "email"}, "identifier": [7],
        "birthDate": 1995, "communication": [{}], "link": [{"type": "replaced-by", "other": "Patient/9"}],
    }  # fmt: skip
    assert understood(resource).identity == Patient(reference="Patient/1")


def test_a_survivor_on_another_server_is_not_followed() -> None:
    link = [{"type": "replaced-by", "other": {"reference": "https://elsewhere.example/fhir/Patient/9"}}]
    identity = understood(FULL | {"link": link}).identity
    assert identity is not None
    assert identity.replaced_by is None


@pytest.mark.parametrize(
    "kind", ["MedicationRequest", "ServiceRequest", "CarePlan", "Task", "Provenance", "Location", "Basic", "Nonsense"]
)
def test_other_kinds_are_understood_and_none_of_our_business(kind: str) -> None:
    item = understood({"resourceType": kind, "id": "1", "subject": {"reference": "Patient/1"}})
    assert (item.facts, item.unreadable, item.patient, item.own_key) == ((), (), "Patient/1", None)


def test_an_object_that_is_no_resource_is_set_aside() -> None:
    item = understood({"id": "1"})
    assert [each.code for each in item.unreadable] == ["not-a-resource"]


def test_a_patient_without_id_is_nobody_whom_we_could_know() -> None:
    item = understood({"resourceType": "Patient"}, SITE)
    assert item.identity is None
    assert [each.code for each in item.unreadable] == ["no-id"]


def test_an_address_is_read_as_it_stands_on_an_envelope() -> None:
    listed = [
        {"use": "home", "line": ["Calle Mayor 1", "3 B"], "postalCode": "28001", "city": "Madrid", "country": "ES"},
        {"type": "physical", "text": "Plaza 2\n28001 Madrid", "period": {"start": "2026-01-02", "end": "2026-03"}},
        {"use": "old", "state": "Rhone"},
        {"use": "work", "line": "no list", "city": 7},
        {"use": "billing"},
    ]
    identity = understood({"resourceType": "Patient", "id": "1", "address": listed}).identity
    assert identity is not None
    home, visited, old, work = identity.addresses
    assert home.lines == ("Calle Mayor 1", "3 B", "28001 Madrid", "ES")
    assert (visited.lines, visited.is_visited_only) == (("Plaza 2", "28001 Madrid"), True)
    assert (visited.since, visited.until) == (date(2026, 1, 2), None)
    assert (old.use, old.lines, work.lines) == ("old", ("Rhone",), ("no list",))
