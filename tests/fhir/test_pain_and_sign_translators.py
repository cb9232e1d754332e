"""Pain on the scale that it names, signs with a yes or no, and the joint that they belong to, or none."""

from typing import Any

import pytest

from horehab.domain.joints import Joint, JointSide, Side
from horehab.domain.signs import PainOccasion, PainRating, Sign, SignKind
from tests.fhir.charts import LOINC, OURS, SNOMED, concept, degrees, observation, understood, why_not

RIGHT_HIP = concept((SNOMED, "287579007"))
HIP = concept((SNOMED, "29836001"))
NUMERIC = concept((LOINC, "72514-3"))
VISUAL = concept((LOINC, "38214-3"))
SLR = concept((OURS + "horehab-sign", "slr-positive"))


def rating(**content: Any) -> PainRating:
    (fact,) = understood(observation(**content)).facts
    assert isinstance(fact, PainRating)
    return fact


@pytest.mark.parametrize(
    ("content", "score"),
    [
        ({"code": NUMERIC, "valueInteger": 6}, 6.0),
        ({"code": concept((SNOMED, "1284857008")), "valueQuantity": {"value": 6, "code": "{score}"}}, 6.0),
        ({"code": VISUAL, "valueQuantity": {"value": 62, "unit": "mm"}}, 6.2),
        ({"code": VISUAL, "valueQuantity": {"value": 6.2, "code": "cm"}}, 6.2),
        ({"code": VISUAL, "valueQuantity": {"value": 62}, "referenceRange": [{"high": {"value": 100}}]}, 6.2),
        ({"code": VISUAL, "valueQuantity": {"value": 6}, "referenceRange": [{"high": {"value": 10}}]}, 6.0),
        ({"code": NUMERIC, "valueInteger": 0}, 0.0),
    ],
)
def test_pain_is_read_on_the_scale_that_it_names(content: dict[str, Any], score: float) -> None:
    assert rating(**content).score == pytest.approx(score)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({"code": NUMERIC, "valueInteger": 11}, "pain-scale"),
        ({"code": NUMERIC, "valueInteger": -1}, "pain-scale"),
        ({"code": VISUAL, "valueQuantity": {"value": 6}}, "pain-scale"),
        ({"code": NUMERIC, "valueString": "6/10"}, "not-a-number"),
        ({"code": NUMERIC}, "no-value"),
        ({"code": NUMERIC, "valueQuantity": {"value": 6, "comparator": ">"}}, "comparator"),
        ({"code": SLR}, "sign-value"),
        ({"code": SLR, "valueCodeableConcept": {"text": "weakly positive"}}, "sign-value"),
        ({"code": SLR, "valueString": "positive on the left"}, "sign-value"),
    ],
)
def test_a_rating_or_answer_that_is_not_sure_is_set_aside(content: dict[str, Any], code: str) -> None:
    assert why_not(observation(**content)) == [code]


def test_pain_belongs_to_a_joint_only_when_the_body_site_has_a_side() -> None:
    assert rating(code=NUMERIC, valueInteger=5, bodySite=RIGHT_HIP).place == JointSide(
        joint=Joint.HIP, side=Side.RIGHT
    )
    assert rating(code=NUMERIC, valueInteger=5, bodySite=HIP).place is None
    assert rating(code=NUMERIC, valueInteger=5).place is None


def test_pain_without_a_joint_keeps_its_session_so_that_the_session_may_tell() -> None:
    assert rating(code=NUMERIC, valueInteger=5, partOf=[{"reference": "Procedure/9"}]).session == "Procedure/9"


def test_pain_beside_an_angle_is_pain_at_that_joint() -> None:
    component = [{"code": NUMERIC, "valueInteger": 7}]
    resource = observation(code=concept((LOINC, "41332-8")), valueQuantity=degrees(70), component=component)
    pains = [fact for fact in understood(resource).facts if isinstance(fact, PainRating)]
    assert [(p.score, p.place) for p in pains] == [(7.0, JointSide(joint=Joint.HIP, side=Side.RIGHT))]


def test_when_it_hurt_is_read_and_unspecified_where_not_said() -> None:
    url = "https://horehab.org/fhir/StructureDefinition/pain-occasion"
    said = rating(code=NUMERIC, valueInteger=5, extension=[{"url": url, "valueCode": "end-range"}])
    assert said.occasion is PainOccasion.END_RANGE
    assert rating(code=NUMERIC, valueInteger=5).occasion is PainOccasion.UNSPECIFIED


def test_pain_that_could_not_be_rated_is_unknown_and_not_none() -> None:
    item = understood(observation(code=NUMERIC, dataAbsentReason=concept(("urn:x", "unknown"))))
    assert (item.facts, item.unreadable) == ((), ())


@pytest.mark.parametrize(
    ("value", "is_present"),
    [
        ({"valueBoolean": True}, True),
        ({"valueBoolean": False}, False),
        ({"valueCodeableConcept": concept((SNOMED, "52101004"))}, True),
        ({"valueCodeableConcept": concept((SNOMED, "2667000"))}, False),
        ({"valueCodeableConcept": concept(("urn:ward", "P"), text="Positivo")}, True),
        ({"valueString": "absent"}, False),
        ({"valueString": "oui"}, True),
    ],
)
def test_a_sign_is_there_or_not_there_as_the_chart_says(value: dict[str, Any], is_present: bool) -> None:
    (fact,) = understood(observation(code=SLR, bodySite=RIGHT_HIP, **value)).facts
    assert isinstance(fact, Sign)
    assert (fact.kind, fact.is_present) == (SignKind.STRAIGHT_LEG_RAISE, is_present)
    assert fact.place == JointSide(joint=Joint.HIP, side=Side.RIGHT)


def test_a_sign_that_was_not_looked_for_is_unknown() -> None:
    item = understood(observation(code=SLR, dataAbsentReason=concept(("urn:x", "not-performed"))))
    assert (item.facts, item.unreadable) == ((), ())
