"""Where a reference points is checked: by what it says, by what is contained, and by what stands in the Bundle."""

from typing import Any

import pytest

from horehab.fhir.validation import validate

ADDRESS = "urn:uuid:3f0a5c1e-8f5b-4a55-9d0e-0b5a1f6d2c11"
OBSERVATION: dict[str, Any] = {"resourceType": "Observation", "status": "final", "code": {"text": "shoe size"}}


def _rules(resource: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(each.path, each.rule, each.words) for each in validate(resource) if each.is_error]


def _bundle(performer: str, *, other: str, kind: str = "collection", address: str = ADDRESS) -> dict[str, Any]:
    """Make a Bundle of an Observation by somebody, and of something else under an address."""
    mine = OBSERVATION | {"id": "o", "performer": [{"reference": performer}]}
    entries = [
        {"fullUrl": "https://ehr.example/fhir/Observation/o", "resource": mine},
        {"fullUrl": address, "resource": {"resourceType": other, "id": "x"}},
    ]
    return {"resourceType": "Bundle", "type": kind, "entry": entries}


def test_a_reference_into_the_bundle_is_followed() -> None:
    assert _rules(_bundle(ADDRESS, other="Practitioner")) == []


def test_a_reference_to_another_kind_in_the_bundle_is_an_error() -> None:
    ((path, rule, words),) = [each for each in _rules(_bundle(ADDRESS, other="Device")) if each[1] == "reference"]
    assert (path, rule) == ("Bundle.entry[0].resource.performer[0]", "reference")
    assert words.startswith("it may point to Practitioner, ")


def test_what_the_bundle_must_hold_and_does_not_is_an_error() -> None:
    missing = "urn:uuid:00000000-0000-0000-0000-000000000001"
    found = [each for each in _rules(_bundle(missing, other="Practitioner")) if each[1] == "reference"]
    assert found == [("Bundle.entry[0].resource.performer[0]", "reference", "nothing in the Bundle has this address")]


def test_a_page_of_a_search_need_not_hold_what_it_points_to() -> None:
    missing = "urn:uuid:00000000-0000-0000-0000-000000000001"
    assert _rules(_bundle(missing, other="Practitioner", kind="searchset")) == []


def test_a_short_reference_is_read_beside_the_address_of_its_own_entry() -> None:
    """The entry says of itself that it is another kind than its address."""
    bundle = _bundle("Practitioner/x", other="Basic", address="https://ehr.example/fhir/Practitioner/x")
    assert ("Bundle.entry[0].resource.performer[0]", "reference") in {each[:2] for each in _rules(bundle)}


@pytest.mark.parametrize(
    ("contained", "wanted"),
    [("Practitioner", set()), ("Device", {("Observation.performer[0]", "reference")})],
)
def test_what_is_contained_is_of_a_kind_that_may_be_there(contained: str, wanted: set[tuple[str, str]]) -> None:
    held = [{"resourceType": contained, "id": "p"}]
    resource = OBSERVATION | {"contained": held, "performer": [{"reference": "#p"}]}
    assert {each[:2] for each in _rules(resource)} == wanted


@pytest.mark.parametrize(
    ("reference", "path"),
    [
        ({"type": "Doctor", "display": "x"}, "Observation.performer[0].type"),
        ({"type": "Device", "display": "x"}, "Observation.performer[0]"),
        ({"reference": "https://ehr.example/fhir/Device/1"}, "Observation.performer[0]"),
        ({"reference": "Device/1/_history/2"}, "Observation.performer[0]"),
    ],
)
def test_the_kind_that_a_reference_names_is_one_that_may_be_there(reference: dict[str, str], path: str) -> None:
    assert [each[:2] for each in _rules(OBSERVATION | {"performer": [reference]})] == [(path, "reference")]


def test_an_address_elsewhere_whose_kind_is_not_told_is_let_be() -> None:
    assert _rules(OBSERVATION | {"performer": [{"reference": "https://elsewhere.example/people?id=7"}]}) == []


@pytest.mark.parametrize(
    ("extension", "wanted"),
    [
        ({"url": "http://hl7.org/fhir/StructureDefinition/patient-nationality", "extension": [
            {"url": "code", "valueCodeableConcept": {"text": "x"}}]}, set()),
        ({"url": "http://hl7.org/fhir/StructureDefinition/patient-nationality", "extension": [
            {"url": "code", "valueString": "x"}]}, {"type"}),
        ({"url": "http://hl7.org/fhir/StructureDefinition/patient-birthPlace", "valueString": "x"}, {"type"}),
        ({"url": "http://elsewhere.example/x", "valueString": "x"}, set()),
        ({"url": 7, "valueString": "x"}, {"value"}),
    ],
)  # fmt: skip
def test_an_extension_and_its_parts_are_checked_by_the_definition_of_its_address(
    extension: dict[str, Any], wanted: set[str]
) -> None:
    found = validate({"resourceType": "Patient", "extension": [extension]})
    assert {each.rule for each in found if each.is_error} == wanted
