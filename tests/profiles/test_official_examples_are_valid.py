"""HL7's own examples keep the rules as we check them, but for two that break one; nothing spoilt stops a check."""

import json
from random import Random
from typing import Any

import pytest

from fhir_profiles import examples
from horehab.fhir.validation import validate
from horehab.fhir.validation.base_shape import shape_issues
from horehab.fhir.validation.walk import check_resource
from tests.fhir.mutants import Mutants
from tests.servers.official_examples import official_examples

MUTANTS = 800
WRONG = {
    "MedicationRequest/medrx0301": ("MedicationRequest.dispenseRequest.performer", "reference"),
    "Observation/clinical-gender": ("Observation.performer[0]", "reference"),
}
"""What is wrong with them: they point to a kind that the definition does not name there."""


@pytest.fixture(scope="module")
def official() -> tuple[dict[str, Any], ...]:
    """The official examples of the kinds that we read."""
    return official_examples()


def test_of_hl7s_own_examples_only_those_that_break_a_rule_are_refused(official: tuple[dict[str, Any], ...]) -> None:
    assert len(official) > 200
    first: dict[str, tuple[str, str]] = {}
    for each in official:
        for issue in check_resource(each):
            if issue.is_error:
                first.setdefault(f"{each['resourceType']}/{each.get('id')}", (issue.path, issue.rule))
    assert first == WRONG


def test_fhir_resources_finds_nothing_in_them_that_we_do_not(official: tuple[dict[str, Any], ...]) -> None:
    assert [issue for each in official for issue in shape_issues(each, ())] == []


def test_what_only_r4_has_and_fhir_resources_not_is_checked_all_the_same() -> None:
    found = validate({"resourceType": "MedicinalProduct", "type": "x"})
    assert ("MedicinalProduct.name", "min") in {(issue.path, issue.rule) for issue in found}


def test_what_fhir_resources_alone_finds_is_said_in_our_words() -> None:
    (issue,) = shape_issues({"resourceType": "Patient", "active": "perhaps"}, ())
    assert (issue.path, issue.rule) == ("Patient.active", "shape")
    assert issue.words.startswith("fhir.resources says: ")


def test_nothing_spoilt_stops_a_check(official: tuple[dict[str, Any], ...]) -> None:
    ours = [each for each in examples() if each["resourceType"] != "Bundle"]
    some = Random(3).sample([each for each in official if len(json.dumps(each)) < 8_000], 60)
    mutants = Mutants(originals=(*ours, *some), seed=3)
    refused = 0
    for _ in range(MUTANTS):
        _, text = mutants.next()
        try:
            tree = json.loads(text)
        except ValueError:
            continue
        issues = list(check_resource(tree))
        assert all(issue.words and issue.path for issue in issues)
        refused += any(issue.is_error for issue in issues)
    assert refused > MUTANTS / 4
