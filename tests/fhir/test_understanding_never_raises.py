"""Whatever a chart sends, understanding it never raises, and nothing is read for a reason that nobody foresaw."""

from copy import deepcopy
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from horehab.domain.exposure import Exposure
from horehab.domain.moment import Moment
from horehab.domain.range_of_motion import Reading
from horehab.fhir import reading as front_door
from horehab.fhir.basis.quarantine import CODES
from horehab.fhir.reading import understand
from horehab.fhir.writing.writing import resource_of
from horehab.usecases.exchange import ChartItem
from tests.fhir import entries
from tests.fhir.charts import HL7, LOINC, OURS, SITE, SNOMED, concept, degrees, observation, reading, understood

PERIOD = {"start": "2026-03-02T10:00:00+01:00", "end": "2026-03-02T10:35:00+01:00"}
SUBJECT = {"subject": {"reference": "Patient/1"}}
KNEE = concept((SNOMED, "82169009"))

WHOLE: tuple[dict[str, Any], ...] = (
    reading(issued="2026-03-03T00:00:00Z", performer=[{"reference": "Practitioner/1"}], device={"display": "g"}),
    observation(
        code=concept((LOINC, "41360-9")),
        bodySite=KNEE | {"extension": [{"url": "urn:side", "valueCodeableConcept": concept((SNOMED, "7771000"))}]},
        component=[
            {"code": concept((LOINC, "41380-7")), "valueQuantity": degrees(101, comparator="<")},
            {"code": concept((LOINC, "72514-3")), "valueInteger": 5},
        ],
    ),
    observation(code=concept((OURS + "horehab-sign", "swelling")), valueBoolean=False),
    observation(code=concept((OURS + "horehab-sign", "swelling")), valueBoolean=True),
    observation(
        code=concept((LOINC, "6768-6")),
        valueQuantity={"value": 200, "code": "U/L"},
        referenceRange=[{"high": {"value": 126, "code": "U/L"}}],
    ),
    {"resourceType": "Procedure", "id": "9", "status": "completed", "code": concept((SNOMED, "183311000"))}
    | {"performedPeriod": PERIOD, "bodySite": [KNEE], "note": [{"text": "calm"}]} | SUBJECT,
    {"resourceType": "Procedure", "id": "8", "status": "completed", "code": concept((SNOMED, "233573008"))}
    | {"performedDateTime": "2026-02"} | SUBJECT,
    {"resourceType": "Condition", "id": "5", "code": concept((SNOMED, "128491006")), "bodySite": [KNEE]}
    | {"verificationStatus": concept((HL7 + "condition-ver-status", "confirmed")), "recordedDate": "2026"} | SUBJECT,
    {"resourceType": "Condition", "id": "6", "code": concept(("http://hl7.org/fhir/sid/icd-10-cm", "M25.552"))}
    | {"onsetPeriod": PERIOD, "abatementDateTime": "2026-05"} | SUBJECT,
    {"resourceType": "Encounter", "id": "4", "status": "finished", "period": PERIOD}
    | {"location": [{"location": {"display": "ICU"}, "period": PERIOD}]} | SUBJECT,
    {"resourceType": "DiagnosticReport", "id": "3", "status": "final", "code": concept((LOINC, "36018-0"))}
    | {"effectivePeriod": PERIOD, "category": [concept((HL7 + "v2-0074", "CT"))], "conclusion": "bone"} | SUBJECT,
    {"resourceType": "Appointment", "id": "2", "status": "booked", "start": "2026-03-02T10:00:00+01:00"}
    | {"participant": [{"actor": {"reference": "Patient/1"}}], "created": "2026-03-01"},
    {"resourceType": "Patient", "id": "1", "name": [{"family": "Ruiz", "given": ["Bea"]}], "birthDate": "1990"}
    | {"telecom": [{"system": "email", "value": "b@example.org"}], "link": [{"type": "replaced-by", "other": {}}]},
    resource_of(entries.suspicion(), SITE),
    resource_of(entries.reasons(), SITE),
    resource_of(entries.session(), SITE),
)  # fmt: skip

_JUNK: tuple[Any, ...] = (
    None, True, False, 0, -1, 7.5, 1e308, float("nan"), float("inf"), 10**400, "", " ", "x", "deg", "9" * 300,
    "entered-in-error", "9999-12-31T23:59:59-14:00", "0001-01-01", "http://loinc.org", "Patient/2", "urn:uuid:1",
    [], {}, [None], [[{"coding": "x"}]], {"coding": [{"code": ["x"], "system": {}}]}, {"value": {"value": 1}},
)  # fmt: skip


def mangled(seed: int) -> dict[str, Any]:
    """Take one of the whole resources and replace, drop, wrap or double up to three of its parts."""
    dice = Random(seed)
    resource = deepcopy(dice.choice(WHOLE))
    for _ in range(dice.randint(1, 3)):
        holder, key = dice.choice(_parts(resource) or [(resource, "id")])
        change = dice.choice(["replace", "replace", "drop", "wrap", "double"])
        if change == "replace":
            holder[key] = deepcopy(dice.choice(_JUNK))
        elif change == "wrap":
            holder[key] = [holder.get(key) if isinstance(holder, dict) else holder[key]]
        elif change == "double" and isinstance(holder, list):
            holder.append(deepcopy(holder[key]))
        elif isinstance(holder, dict):
            holder.pop(key, None)
    return resource


def _parts(tree: Any) -> list[tuple[Any, Any]]:
    keys = tree.keys() if isinstance(tree, dict) else range(len(tree)) if isinstance(tree, list) else ()
    parts = [(tree, key) for key in keys]
    return parts + [part for key in keys for part in _parts(tree[key])]


def is_sound(item: ChartItem) -> bool:
    """Say whether an item is one that the other rooms may rely on."""
    for fact in item.facts:
        when = fact.start if isinstance(fact, Exposure) else getattr(fact, "when", None)
        if isinstance(when, Moment) and not when.earliest <= when.latest:
            return False
        if isinstance(fact, Reading) and not -200 <= fact.degrees <= 200:
            return False
        if not fact.source.startswith(item.reference):
            return False
    return not item.facts or (item.patient or "").startswith("Patient/")


@settings(max_examples=5000, deadline=None)
@given(st.integers(0, 2**40))
def test_a_mangled_resource_is_understood_ignored_or_set_aside(seed: int) -> None:
    resource = mangled(seed)
    item = front_door._understand(resource, b"", SITE)
    assert is_sound(item)
    assert all(each.code in CODES and each.code != "unexpected" and each.detail for each in item.unreadable)


@pytest.mark.parametrize("resource", WHOLE)
def test_each_of_them_unmangled_is_understood_without_fault(resource: dict[str, Any]) -> None:
    item = understood(resource)
    assert item.unreadable == ()
    assert item.facts or item.identity or item.own_key


_TREES = st.recursive(
    st.sampled_from(_JUNK),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["coding", "code", "id"]), inner),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(["resourceType", "id", "code", "status", "meta", "x"]), _TREES))
def test_any_object_at_all_is_understood_ignored_or_set_aside(tree: dict[str, Any]) -> None:
    assert is_sound(front_door._understand(tree, b"", SITE))


def test_a_fault_of_ours_sets_aside_one_resource_and_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> tuple[()]:
        raise RecursionError

    monkeypatch.setattr(front_door, "READERS", {"Observation": broken})
    item = understand(reading(), b"verbatim", SITE)
    assert [each.code for each in item.unreadable] == ["unexpected"]
    assert (item.reference, item.source) == ("Observation/7", b"verbatim")
