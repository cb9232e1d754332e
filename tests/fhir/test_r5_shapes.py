"""R5 read as R4: each resource of R5's shape tells the ward the same as its twin of R4."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from horehab.domain.exposure import Exposure
from horehab.domain.record import ChartedOssification
from horehab.domain.session import Session
from horehab.fhir.resources.r5 import as_r4
from tests.fhir.charts import Tree, understood
from tests.fhir.r5_twins import BURN, SPAN, TWINS, at


@pytest.mark.parametrize(("new", "old"), [twin[1:] for twin in TWINS], ids=[twin[0] for twin in TWINS])
def test_r5_takes_the_shape_of_r4(new: Tree, old: Tree) -> None:
    before = deepcopy(new)
    assert as_r4(new) == old
    assert new == before, "the resource itself is left as it came"
    assert as_r4(old) == old, "what is R4 already goes through unchanged"


@pytest.mark.parametrize(
    ("status", "shaped"),
    [
        ("planned", "planned"),
        ("in-progress", "in-progress"),
        ("on-hold", "onleave"),
        ("discharged", "finished"),
        ("completed", "finished"),
        ("discontinued", "finished"),
        ("cancelled", "cancelled"),
        ("entered-in-error", "entered-in-error"),
        ("unknown", "unknown"),
    ],
)
def test_every_status_of_an_r5_encounter_has_one_of_r4(status: str, shaped: str) -> None:
    assert as_r4(at("Encounter", status=status))["status"] == shaped


@pytest.mark.parametrize("kind", ["Observation", "Patient", "DiagnosticReport", "Provenance"])
def test_kinds_that_did_not_change_are_left_alone(kind: str) -> None:
    resource = at(kind, occurrencePeriod=SPAN, reason=[{"concept": BURN}], participant=[1])
    assert as_r4(resource) is resource or as_r4(resource) == resource


_JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["concept", "reference", "coding", "value", "actor", "x"]), inner, max_size=3
        )
    ),
    max_leaves=10,
)
_NAMES = sorted({name for _, new, _ in TWINS for name in new} | {"occurrenceAge", "form"})
_KINDS = sorted(
    {new["resourceType"] for _, new, _ in TWINS} | {"Location", "MedicationStatement", "MedicationRequest"}
)


@given(st.sampled_from(_KINDS), st.dictionaries(st.sampled_from(_NAMES), _JSON))
def test_whatever_a_resource_holds_it_can_be_shaped(kind: str, content: Tree) -> None:
    shaped = as_r4({**content, "resourceType": kind})
    assert shaped["resourceType"] == kind


@pytest.mark.parametrize("resource", [{}, {"resourceType": 7}, {"resourceType": "Nothing"}])
def test_what_is_of_no_known_kind_is_left_alone(resource: Tree) -> None:
    assert as_r4(resource) == resource


def test_the_ward_learns_the_same_from_r5_as_from_r4() -> None:
    for _, new, old in TWINS:
        assert understood(as_r4(new)).facts == understood(old).facts
    kinds = {type(fact) for _, new, _ in TWINS for fact in understood(as_r4(new)).facts}
    assert kinds >= {Exposure, Session, ChartedOssification}
