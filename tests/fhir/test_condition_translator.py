"""Conditions read: ossification by whomever, background by codes, exposures; nothing by guess."""

from dataclasses import replace
from typing import Any

import pytest

from fhir_profiles import codes
from horehab.domain.exposure import Background, BackgroundKind, Exposure, ExposureKind
from horehab.domain.joints import Joint, JointSide, Side
from horehab.domain.record import ChartedOssification, ChartedStatus
from horehab.fhir.basis.site import Site
from horehab.fhir.basis.terminology import places_named
from horehab.fhir.resources.diagnoses import ICD, place_said
from tests.fhir.charts import HL7, SITE, SNOMED, concept, understood, why_not

ICD10, ICD10CM = ICD
HO = concept((SNOMED, "128491006"))
LEFT_HIP = concept((SNOMED, "287679003"))


def condition(**content: Any) -> dict[str, Any]:
    return {
        "resourceType": "Condition",
        "id": "5",
        "meta": {"versionId": "2"},
        "clinicalStatus": concept((HL7 + "condition-clinical", "active")),
        "verificationStatus": concept((HL7 + "condition-ver-status", "confirmed")),
        "code": HO,
        "bodySite": [LEFT_HIP],
        "subject": {"reference": "Patient/1"},
        "recordedDate": "2026-03-10",
    } | content


def verified(status: str) -> dict[str, Any]:
    return {"verificationStatus": concept((HL7 + "condition-ver-status", status))}


def ossification(*, at: Site = SITE, **content: Any) -> ChartedOssification:
    (fact,) = understood(condition(**content), at).facts
    assert isinstance(fact, ChartedOssification)
    return fact


def background(**content: Any) -> Background:
    (fact,) = understood(condition(**content)).facts
    assert isinstance(fact, Background)
    return fact


def test_a_known_ossification_is_read_whoever_wrote_it() -> None:
    fact = ossification(onsetDateTime="2026-03")
    assert (fact.joint, fact.side, fact.status, fact.is_active) == (
        Joint.HIP,
        Side.LEFT,
        ChartedStatus.CONFIRMED,
        True,
    )
    assert (fact.is_ours, fact.version, fact.known_on.isoformat()) == (False, "2", "2026-03-10")
    assert fact.when is not None
    assert fact.when.text == "2026-03"


@pytest.mark.parametrize(
    "coding", [(SNOMED, "444748003"), (SNOMED, "44551007"), (ICD10, "M61.5"), (ICD10, "M61"), (ICD10CM, "M61.552")]
)
def test_every_code_of_ossification_is_known(coding: tuple[str, str]) -> None:
    assert ossification(code=concept(coding)).joint is Joint.HIP


def test_icd_10_cm_says_joint_and_side_itself() -> None:
    fact = ossification(code=concept((ICD10CM, "M61.511")), bodySite=[])
    assert (fact.joint, fact.side) == (Joint.SHOULDER, Side.RIGHT)


@pytest.mark.parametrize("status", [each.value for each in ChartedStatus])
def test_how_sure_the_chart_is_is_kept(status: str) -> None:
    fact = ossification(**verified(status))
    assert fact.status.value == status
    assert fact.is_active == (status not in ("refuted", "entered-in-error"))


def test_an_ossification_without_a_word_on_certainty_is_taken_as_provisional() -> None:
    assert ossification(verificationStatus=None).status is ChartedStatus.PROVISIONAL


@pytest.mark.parametrize(
    "content",
    [{"clinicalStatus": concept((HL7 + "condition-clinical", "resolved"))}, {"abatementDateTime": "2026-04-01"}],
)
def test_an_ossification_that_is_over_is_not_active(content: dict[str, Any]) -> None:
    assert not ossification(**content).is_active


def test_ossification_without_place_is_read_without_place() -> None:
    fact = ossification(bodySite=[concept((SNOMED, "29836001"))])
    assert (fact.joint, fact.side) == (Joint.HIP, None)


def test_a_hospitals_own_code_for_suspicions_is_known() -> None:
    site = replace(SITE, suspicion_code=("urn:local", "HO"))
    assert not ossification(at=site, code=concept(("urn:local", "HO"))).is_ours


def test_the_hereditary_disease_is_no_suspicion_of_ours() -> None:
    assert background(code=concept((ICD10, "M61.1"))).kind is BackgroundKind.OTHER
    assert background(code=concept((SNOMED, "82725007"))).kind is BackgroundKind.OTHER


@pytest.mark.parametrize(
    ("coding", "kind"),
    [
        ((SNOMED, "840539006"), BackgroundKind.COVID19),
        ((SNOMED, "193166009"), BackgroundKind.POLYNEUROPATHY),
        ((SNOMED, "3548001"), BackgroundKind.PLEXUS_LESION),
        ((SNOMED, "404223003"), BackgroundKind.DEEP_VEIN_THROMBOSIS),
        ((SNOMED, "77386006"), BackgroundKind.PREGNANCY),
        ((SNOMED, "7890003"), BackgroundKind.CONTRACTURE),
        ((ICD10CM, "G62.81"), BackgroundKind.POLYNEUROPATHY),
        ((ICD10CM, "I82.412"), BackgroundKind.DEEP_VEIN_THROMBOSIS),
        ((ICD10, "F10.2"), BackgroundKind.ALCOHOL),
        ((ICD10, "O80"), BackgroundKind.PREGNANCY),
        ((ICD10, "O82"), BackgroundKind.SURGERY),
        ((ICD10, "S72.0"), BackgroundKind.FRACTURE),
        ((ICD10, "G57.0"), BackgroundKind.SCIATIC_LESION),
    ],
)
def test_background_is_known_by_its_code(coding: tuple[str, str], kind: BackgroundKind) -> None:
    assert background(code=concept(coding, text="as the chart says")).kind is kind


def test_joint_pain_is_background_at_its_joint() -> None:
    fact = background(code=concept((ICD10CM, "M25.552")), bodySite=[], abatementDateTime="2026-04-01")
    assert (fact.kind, fact.place) == (BackgroundKind.JOINT_PAIN, JointSide(joint=Joint.HIP, side=Side.LEFT))
    assert fact.end is not None


@pytest.mark.parametrize(
    ("coding", "kind"),
    [
        ((SNOMED, "444932008"), ExposureKind.VENTILATION),
        ((ICD10CM, "Z99.11"), ExposureKind.VENTILATION),
        ((ICD10, "Z74.0"), ExposureKind.IMMOBILISATION),
    ],
)
def test_a_condition_may_be_an_exposure(coding: tuple[str, str], kind: ExposureKind) -> None:
    (fact,) = understood(condition(code=concept(coding))).facts
    assert isinstance(fact, Exposure)
    assert fact.kind is kind


@pytest.mark.parametrize("status", ["refuted", "entered-in-error"])
def test_background_that_is_not_so_is_not_told(status: str) -> None:
    assert understood(condition(code=concept((ICD10, "F10.2")), **verified(status))).facts == ()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({"verificationStatus": concept(("urn:x", "perhaps"))}, "status"),
        ({"recordedDate": None}, "no-time"),
        ({"recordedDate": "last week"}, "bad-time"),
        ({"modifierExtension": [{"url": "urn:not"}]}, "modifier"),
    ],
)
def test_what_cannot_be_sure_is_set_aside(content: dict[str, Any], code: str) -> None:
    assert why_not(condition(**content)) == [code]


def test_a_diagnosis_in_words_alone_is_not_guessed() -> None:
    item = understood(condition(code={"text": "heterotopic ossification of the left hip"}))
    assert (item.facts, item.unreadable) == ((), ())


@pytest.mark.parametrize("row", [row for row in codes() if row.system == ICD10CM and row.code[:3] in ("M24", "M25")])
def test_joint_and_side_of_icd_10_cm_agree_with_the_official_words(row: Any) -> None:
    said = place_said([(row.system, row.code)])
    assert (said.joints, said.sides) == places_named(row.display)
