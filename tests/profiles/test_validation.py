"""What we write and what we publish keeps every rule; what breaks one is refused, and the rule is named."""

from typing import Any

import pytest

from benchmarks.validation import rows_of
from fhir_profiles import examples
from horehab.fhir.basis.terminology import SNOMED
from horehab.fhir.validation import Issue, Severity, validate
from horehab.fhir.validation.invariants import Around, check_invariants
from horehab.fhir.writing.last_look import profile_of
from tests.profiles.broken import Broken
from tests.profiles.every_fault import HAPI_ACCEPTS, broken
from tests.profiles.every_form import BY_CONFIGURATION, every_form

VARIANTS = broken()


def _errors(resource: dict[str, Any]) -> list[Issue]:
    return [issue for issue in validate(resource) if issue.is_error]


@pytest.mark.parametrize("example", list(examples()), ids=lambda each: f"{each['resourceType']}-{each['id']}")
def test_every_example_keeps_every_rule(example: dict[str, Any]) -> None:
    assert _errors(example) == []


def test_every_form_of_what_we_write_keeps_every_rule() -> None:
    forms = list(every_form())
    assert len(forms) > 100
    for resource in forms:
        assert profile_of(resource) in resource.get("meta", {}).get("profile", [None])
        assert _errors(resource) == [], resource


def test_of_what_we_write_only_the_codes_of_settings_are_left_unchecked() -> None:
    """The right knee and the ossification are of medium confidence: a setting may replace them.

    The categories of messages are a code system of HL7 that R4's own package does not hold.
    """
    found = (issue for form in every_form() for issue in validate(form) if issue.severity is Severity.NOT_CHECKED)
    left = {(issue.rule, issue.words.partition(" ")[0]) for issue in found}
    category = "http://terminology.hl7.org/CodeSystem/communication-category|reminder"
    assert left == {("code", f"{SNOMED}|{code}") for code in BY_CONFIGURATION} | {("code", category)}


def test_there_are_enough_variants_and_each_is_named_once() -> None:
    assert len(VARIANTS) >= 150
    assert len({variant.name for variant in VARIANTS}) == len(VARIANTS)


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name.replace(" ", "-"))
def test_what_breaks_a_rule_is_refused_and_the_rule_named(variant: Broken) -> None:
    found = _errors(variant.resource)
    assert variant.rule in {issue.rule for issue in found}, found
    for issue in found:
        assert issue.path.partition(".")[0] in (variant.resource["resourceType"], "resource", "Bundle")
        assert issue.words
        assert issue.remedy.endswith("."), issue


def test_the_whole_of_a_rule_is_in_the_sentence() -> None:
    (issue,) = _errors(next(each for each in VARIANTS if each.name == "a joint without words").resource)
    assert str(issue) == "error: Observation.bodySite.text: it is required [min]. Add text."


def test_the_page_lists_every_variant_with_the_rule_that_it_breaks() -> None:
    rows = [line.strip("| ").split(" | ") for line in rows_of("agreement")][1:]
    assert [(row[0], row[2].strip("`"), row[4] == "accepts") for row in rows] == [
        (each.name, each.rule, each.name in HAPI_ACCEPTS) for each in VARIANTS
    ]


def test_every_disagreement_with_hapi_is_explained_and_is_of_a_variant() -> None:
    assert HAPI_ACCEPTS.keys() <= {each.name for each in VARIANTS}
    assert all(len(why) > 40 for why in HAPI_ACCEPTS.values())


def _around(resource: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": resource}]}


def _holding(**held: Any) -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "contained": [{"resourceType": "Organization", "name": "x"} | held],
        "managingOrganization": {"reference": "#a"},
    }


@pytest.mark.parametrize(
    ("resource", "wrong"),
    [
        (_around({"resourceType": "EffectEvidenceSynthesis"}), "Bundle.entry[0].resource.status"),
        (_around({"resourceType": "ActorDefinition"}), "Bundle.entry[0].resource.resourceType"),
        (_holding(resourceType="Nope"), "Patient.contained[0].resourceType"),
        (_holding(resourceType=["Patient"]), "Patient.contained[0].resourceType"),
        (_holding(resourceType={}), "Patient.contained[0].resourceType"),
    ],
)
def test_a_type_within_that_the_second_opinion_lacks_is_said_and_the_rest_is_checked(
    resource: dict[str, Any], wrong: str
) -> None:
    found = validate(resource)
    assert [issue.path for issue in found if issue.severity is Severity.NOT_CHECKED] == [resource["resourceType"]]
    assert wrong in {issue.path for issue in found if issue.is_error}


@pytest.mark.parametrize(
    ("held", "wrong"),
    [
        ({"id": "a", "meta": None}, ["Patient.contained[0].meta"]),
        ({"id": "a", "meta": 5}, ["Patient.contained[0].meta"]),
        ({"id": ["a"]}, ["Patient.contained[0].id", "Patient.managingOrganization", "Patient"]),
    ],
)
def test_what_is_contained_in_an_odd_way_is_an_error_at_its_place(held: dict[str, Any], wrong: list[str]) -> None:
    assert {issue.path for issue in _errors(_holding(**held))} == set(wrong)


def test_a_rule_of_ours_that_cannot_be_asked_is_said() -> None:
    """The engine and our own rules are alike in this."""
    around = Around(resource={}, root={})
    rule = ("dom-2", "error", "It holds nothing.", "contained.empty()", False)
    (issue,) = check_invariants(5, "Patient", {"dom-2": rule}, around, "Patient")
    assert (issue.severity, issue.rule) == (Severity.NOT_CHECKED, "dom-2")


@pytest.mark.parametrize("sign", [1, -1])
def test_a_number_too_long_to_be_written_out_is_an_error_as_any_other(sign: int) -> None:
    number = sign * 10**5000
    whole = _holding(resourceType=number, id="a") | {"active": number, "id": number}
    found = {issue.path: issue.value for issue in _errors(_around(whole) | {"id": number})}
    found |= {
        issue.path: issue.value for issue in _errors({"resourceType": "Bundle", "entry": [{"fullUrl": number}]})
    }
    inside = "Bundle.entry[0].resource"
    wrong = ("Bundle.id", f"{inside}.id", f"{inside}.active", f"{inside}.contained[0].resourceType")
    assert {path for path, value in found.items() if value == "a huge whole number"} == {
        *wrong,
        "Bundle.entry[0].fullUrl",
    }
