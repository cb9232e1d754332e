"""Readings of range of motion, in the codings that charts use, and what is set aside instead of guessed."""

import math
from dataclasses import replace
from typing import Any

import pytest

from horehab.domain.joints import Joint, Motion, Side
from horehab.domain.range_of_motion import Bound, Mode, Reading
from horehab.domain.record import NotCounted, WhyNotCounted
from horehab.fhir.basis.site import concept_map_of
from tests.fhir.charts import LOINC, OURS, SITE, SNOMED, concept, degrees, observation, reading, understood, why_not

ROM = (SNOMED, "364564000")
LEFT_KNEE = (SNOMED, "82169009")
PASSIVE = {"method": concept((SNOMED, "21278004"))}
MODE = "https://horehab.org/fhir/StructureDefinition/rom-mode"


def only(resource: dict[str, Any], site: Any = SITE) -> Reading:
    item = understood(resource, site)
    assert item.unreadable == ()
    (fact,) = item.facts
    assert isinstance(fact, Reading)
    return fact


def seen(fact: Reading) -> tuple[Joint, Side, Motion, Mode, float]:
    return fact.joint, fact.side, fact.motion, fact.mode, fact.degrees


def test_a_loinc_code_with_side_says_joint_side_motion_and_mode() -> None:
    assert seen(only(reading())) == (Joint.HIP, Side.LEFT, Motion.FLEXION, Mode.PASSIVE, 88.0)


def test_a_loinc_code_without_side_takes_its_side_from_the_body_site() -> None:
    resource = reading(code=concept((LOINC, "41380-7")), bodySite=concept(LEFT_KNEE))
    assert seen(only(resource)) == (Joint.KNEE, Side.LEFT, Motion.FLEXION, Mode.PASSIVE, 88.0)


def test_snomed_range_of_motion_with_our_motion_code_and_mode_extension_is_read() -> None:
    resource = reading(
        extension=[{"url": MODE, "valueCode": "active-assisted"}],
        code=concept(ROM, (OURS + "horehab-joint-motion", "knee-flexion")),
        bodySite=concept(LEFT_KNEE),
    )
    assert seen(only(resource)) == (Joint.KNEE, Side.LEFT, Motion.FLEXION, Mode.ACTIVE_ASSISTED, 88.0)


def test_snomed_range_of_motion_with_a_movement_direction_and_method_is_read() -> None:
    resource = reading(code=concept(ROM, (SNOMED, "9964006")), bodySite=concept(LEFT_KNEE), **PASSIVE)
    assert seen(only(resource)) == (Joint.KNEE, Side.LEFT, Motion.FLEXION, Mode.PASSIVE, 88.0)


@pytest.mark.parametrize("where", ["coding", "site extension", "resource extension"])
def test_a_side_may_stand_beside_an_unsided_body_site(where: str) -> None:
    right = (SNOMED, "24028007")
    extension = [{"url": "http://example.org/laterality", "valueCodeableConcept": concept(right)}]
    site = concept((SNOMED, "72696002"), right) if where == "coding" else concept((SNOMED, "72696002"))
    if where == "site extension":
        site["extension"] = extension
    resource = reading(code=concept((LOINC, "41380-7")), bodySite=site)
    if where == "resource extension":
        resource["extension"] = extension
    assert only(resource).side is Side.RIGHT


def test_a_local_code_is_read_as_the_sites_map_explains_it() -> None:
    local = concept_map_of(
        {
            "resourceType": "ConceptMap",
            "group": [
                {
                    "source": "urn:ward",
                    "target": OURS + "horehab-joint-motion",
                    "element": [{"code": "KF", "target": [{"code": "knee-flexion", "equivalence": "wider"}]}],
                },
                {
                    "source": "urn:ward",
                    "target": OURS + "rom-mode",
                    "element": [{"code": "KF", "target": [{"code": "passive", "equivalence": "equivalent"}]}],
                },
            ],
        }
    )
    resource = reading(code=concept(("urn:ward", "KF")), bodySite=concept(LEFT_KNEE))
    assert seen(only(resource, replace(SITE, concept_map=local)))[2:4] == (Motion.FLEXION, Mode.PASSIVE)
    assert why_not(resource) == ["code-not-mapped"]


def test_each_coded_component_is_a_reading_of_its_own() -> None:
    resource = observation(
        code=concept((LOINC, "41360-9")),
        bodySite=concept(LEFT_KNEE),
        component=[
            {"code": concept((LOINC, "41380-7")), "valueQuantity": degrees(101)},
            {"code": concept(("urn:other", "comfort")), "valueString": "fair"},
            {"code": concept((SNOMED, "24154002")), "valueQuantity": degrees(-10)},
        ],
    )
    facts = [fact for fact in understood(resource).facts if isinstance(fact, Reading)]
    assert [(fact.source, fact.motion, fact.mode, fact.degrees) for fact in facts] == [
        ("Observation/7#component[0]", Motion.FLEXION, Mode.PASSIVE, 101.0),
        ("Observation/7#component[2]", Motion.EXTENSION, Mode.PASSIVE, -10.0),
    ]


def test_one_bad_component_does_not_stop_the_others() -> None:
    good = {"code": concept((LOINC, "41320-3")), "valueQuantity": degrees(88)}
    bad = {"code": concept((LOINC, "41332-8")), "valueQuantity": {"value": 90}}
    item = understood(observation(code=concept(ROM), component=[bad, good]))
    assert [fact.source for fact in item.facts if isinstance(fact, Reading)] == ["Observation/7#component[1]"]
    assert [(each.code, each.path) for each in item.unreadable] == [("no-unit", "component[0].valueQuantity")]


def test_inferred_and_deprecated_loinc_codes_are_read() -> None:
    assert only(reading(code=concept((LOINC, "41301-3")))).motion is Motion.ADDUCTION


def test_words_that_name_both_sides_or_the_same_side_contradict_no_code() -> None:
    assert only(reading(code=concept((LOINC, "41320-3"), text="left hip, compared with the right"))).side is Side.LEFT
    assert only(reading(bodySite={"text": "hanche gauche"})).side is Side.LEFT


def test_a_reading_without_mode_is_its_own_series_and_not_passive() -> None:
    resource = reading(code=concept(ROM, (SNOMED, "9964006")), bodySite=concept(LEFT_KNEE))
    assert only(resource).mode is Mode.UNKNOWN


def test_who_measured_with_what_in_which_position_and_session_is_kept() -> None:
    resource = reading(
        performer=[{"reference": "Practitioner/3", "display": "Anna"}],
        device={"display": "goniometer"},
        partOf=[{"reference": "Procedure/9"}],
        extension=[
            {
                "url": "http://hl7.org/fhir/StructureDefinition/observation-bodyPosition",
                "valueCodeableConcept": {"text": "supine"},
            }
        ],
    )
    fact = only(resource)
    assert (fact.rater, fact.device, fact.position, fact.session) == (
        "Practitioner/3", "goniometer", "supine", "Procedure/9",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [
        ({"value": math.pi / 2, "code": "rad", "system": "http://unitsofmeasure.org"}, 90.0),
        ({"value": 100, "code": "gon", "system": "http://unitsofmeasure.org"}, 90.0),
        ({"value": 5400, "code": "'", "system": "http://unitsofmeasure.org"}, 90.0),
        ({"value": 90, "unit": "°"}, 90.0),
    ],
)
def test_angles_that_convert_exactly_are_converted(quantity: dict[str, Any], expected: float) -> None:
    fact = only(reading(valueQuantity=quantity))
    assert fact.degrees == pytest.approx(expected)
    assert fact.assumptions == ()
    assert fact.unit == {"°": "deg"}.get(quantity.get("unit", ""), quantity.get("code"))


@pytest.mark.parametrize(("comparator", "bound"), [("<", Bound.LESS_THAN), (">=", Bound.AT_LEAST)])
def test_a_comparator_makes_a_bound_and_not_a_value(comparator: str, bound: Bound) -> None:
    assert only(reading(valueQuantity=degrees(90, comparator=comparator))).bound is bound


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"valueQuantity": {"value": 88}}, "no-unit"),
        ({"valueQuantity": degrees(88, code="mm", unit="mm")}, "unit"),
        ({"valueQuantity": degrees(1.5, unit="rad")}, "unit"),
        ({"valueQuantity": degrees(88, system="urn:local")}, "unit"),
        ({"valueQuantity": degrees(1.54)}, "radians"),
        ({"valueQuantity": degrees(-0.35)}, "radians"),
        ({"valueQuantity": degrees(88, comparator="ad")}, "comparator"),
        ({"valueQuantity": degrees(400)}, "limits"),
        ({"valueQuantity": degrees(-31)}, "limits"),
        ({"valueQuantity": {"value": "88", "code": "deg"}}, "not-a-number"),
        ({"valueQuantity": {"value": True, "code": "deg"}}, "not-a-number"),
        ({"valueQuantity": None}, "no-value"),
        ({"valueQuantity": None, "valueString": "88"}, "not-a-number"),
        ({"status": "done"}, "status"),
        ({"status": None}, "status"),
        ({"subject": None}, "no-patient"),
        ({"subject": {"reference": "https://elsewhere.example/fhir/Patient/1"}}, "no-patient"),
        ({"id": None}, "no-id"),
        ({"effectiveDateTime": None}, "no-time"),
        ({"effectiveDateTime": "2026-02-30"}, "bad-time"),
        ({"issued": "soon"}, "bad-time"),
        ({"modifierExtension": [{"url": "urn:not", "valueBoolean": True}]}, "modifier"),
        ({"bodySite": concept((SNOMED, "287579007"))}, "sides-disagree"),
        ({"bodySite": concept(LEFT_KNEE)}, "joints-disagree"),
        ({"code": concept((LOINC, "41320-3"), text="Flexion of the RIGHT hip")}, "sides-disagree"),
        ({"bodySite": {"text": "cadera derecha"}}, "sides-disagree"),
        ({"code": concept((LOINC, "41374-0"))}, "no-side"),
        ({"code": concept((LOINC, "41374-0")), "bodySite": concept((SNOMED, "51440002"))}, "sides-disagree"),
        ({"code": concept(ROM), "bodySite": concept(LEFT_KNEE)}, "no-motion"),
        ({"code": concept(ROM, (SNOMED, "9964006"))}, "no-joint"),
        ({"code": concept(ROM, (SNOMED, "60074003")), "bodySite": concept(LEFT_KNEE)}, "no-such-motion"),
        ({"code": concept((LOINC, "41320-3"), (LOINC, "41322-9"))}, "motions-disagree"),
        ({"code": concept((LOINC, "41319-5")), **PASSIVE}, "modes-disagree"),
        ({"code": {"text": "wing span"}}, "code-not-mapped"),
        ({"code": {"text": "goal: hip flexion left"}}, "words-in-doubt"),
        ({"code": {"text": "hip flexion"}}, "no-side"),
        ({"code": {"text": "passive hip flexion left"}, **PASSIVE, "bodySite": {"text": "right"}}, "sides-disagree"),
        ({"code": {"text": "active hip flexion left"}, **PASSIVE}, "modes-disagree"),
    ],
)
def test_what_cannot_be_sure_is_set_aside_with_its_reason(changes: dict[str, Any], code: str) -> None:
    item = understood(reading(**changes))
    assert item.facts == ()
    (why,) = item.unreadable
    assert why.code == code
    assert why.path
    assert why.detail.endswith(".")


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ("entered-in-error", WhyNotCounted.WITHDRAWN),
        ("preliminary", WhyNotCounted.NOT_FINAL),
        ("registered", WhyNotCounted.NOT_FINAL),
        ("cancelled", WhyNotCounted.CANCELLED),
        ("unknown", WhyNotCounted.STATUS_UNKNOWN),
    ],
)
def test_what_is_not_final_does_not_count_and_is_noted_as_such(status: str, why: WhyNotCounted) -> None:
    item = understood(reading(status=status, issued="2026-03-04T10:00:00Z"))
    (fact,) = item.facts
    assert isinstance(fact, NotCounted)
    assert (fact.why, fact.source, fact.known_on.isoformat()) == (why, "Observation/7", "2026-03-04")
    assert item.unreadable == ()


@pytest.mark.parametrize("lost", ["effectiveDateTime", "subject", "id"])
def test_what_does_not_count_and_cannot_be_placed_is_no_fault_either(lost: str) -> None:
    item = understood(reading(status="entered-in-error", **{lost: None}))
    assert (item.facts, item.unreadable) == ((), ())
    torn = understood(reading(status="entered-in-error", effectiveDateTime="2026-02-30"))
    assert (torn.facts, torn.unreadable) == ((), ())


@pytest.mark.parametrize("status", ["final", "amended", "corrected"])
def test_what_is_final_amended_or_corrected_counts(status: str) -> None:
    assert only(reading(status=status)).degrees == 88


def test_a_stated_absence_of_the_value_is_no_number_and_no_fault() -> None:
    item = understood(reading(dataAbsentReason=concept(("urn:x", "asked-declined"))))
    assert (item.facts, item.unreadable) == ((), ())


def test_extension_at_knee_and_elbow_is_read_by_the_sites_sign() -> None:
    knee = reading(code=concept((LOINC, "41346-8")), valueQuantity=degrees(15, comparator="<"))
    assert why_not(knee) == ["extension-sign"]
    deficit = only(knee, replace(SITE, extension_sign="deficit"))
    assert (deficit.degrees, deficit.bound) == (-15.0, Bound.MORE_THAN)
    assert deficit.assumptions == ()
    assert only(knee, replace(SITE, extension_sign="hyperextension")).degrees == 15.0


def test_a_deficit_written_as_negative_extension_is_never_ambiguous() -> None:
    assert only(reading(code=concept((LOINC, "41346-8")), valueQuantity=degrees(-15))).degrees == -15.0


def test_small_angles_where_small_angles_are_usual_are_no_radians() -> None:
    assert only(reading(code=concept((LOINC, "41346-8")), valueQuantity=degrees(-2.5))).degrees == -2.5


def test_an_assumed_zone_and_an_assumed_time_are_marked() -> None:
    fact = only(reading(effectiveDateTime="2026-03-02T10:15"))
    assert fact.when.is_zone_assumed
    assert "zone" in fact.assumptions[0]
    issued = only(reading(effectiveDateTime=None, issued="2026-03-02T10:15:00Z"))
    assert "time of issue" in issued.assumptions[0]


def test_a_reading_is_known_from_its_issue_or_by_option_from_its_loading() -> None:
    resource = reading(issued="2026-03-04T23:30:00Z", meta={"lastUpdated": "2026-05-01T00:00:00Z"})
    assert only(resource).known_on.isoformat() == "2026-03-05"
    assert only(resource, replace(SITE, known_by_last_updated=True)).known_on.isoformat() == "2026-05-01"


@pytest.mark.parametrize(
    "resource",
    [
        observation(code=concept((LOINC, "8632-1")), valueQuantity=degrees(45)),
        observation(code=concept((LOINC, "92850-7")), valueCodeableConcept=concept((LOINC, "LA1"))),
        observation(code=concept((LOINC, "29463-7")), valueQuantity={"value": 80, "code": "kg"}),
    ],
)
def test_other_peoples_observations_are_none_of_our_business(resource: dict[str, Any]) -> None:
    item = understood(resource)
    assert (item.facts, item.unreadable) == ((), ())
