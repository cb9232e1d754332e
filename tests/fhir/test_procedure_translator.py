"""Sessions, exposures and background as Procedures."""

from typing import Any

import pytest

from horehab.domain.exposure import Background, BackgroundKind, Exposure, ExposureKind
from horehab.domain.joints import Joint, JointSide, Side
from horehab.domain.session import Session, SessionKind, SessionStatus
from tests.fhir.charts import OURS, SNOMED, concept, understood, why_not

PERIOD = {"start": "2026-03-02T10:00:00+01:00", "end": "2026-03-02T10:35:00+01:00"}
PASSIVE = concept((SNOMED, "183311000"))
HIP_LEFT = JointSide(joint=Joint.HIP, side=Side.LEFT)


def procedure(**content: Any) -> dict[str, Any]:
    return {
        "resourceType": "Procedure",
        "id": "9",
        "status": "completed",
        "code": PASSIVE,
        "subject": {"reference": "https://ehr.example/fhir/Patient/1/_history/3"},
        "performedPeriod": PERIOD,
    } | content


def session(**content: Any) -> Session:
    (fact,) = understood(procedure(**content)).facts
    assert isinstance(fact, Session)
    return fact


def test_a_session_has_kind_status_length_joints_and_performer() -> None:
    fact = session(
        bodySite=[concept((SNOMED, "287679003")), concept((SNOMED, "24136001"), (SNOMED, "51440002"))],
        performer=[{"actor": {"display": "Anna"}}],
        note=[{"text": "calm"}, {"text": "slept after"}],
    )
    assert (fact.kind, fact.status, fact.minutes) == (SessionKind.PASSIVE_MOBILIZATION, SessionStatus.COMPLETED, 35.0)
    assert fact.places == (HIP_LEFT, HIP_LEFT.opposite)
    assert (fact.performer, fact.note) == ("Anna", "calm\nslept after")
    assert understood(procedure()).patient == "Patient/1"


@pytest.mark.parametrize("where", ["code", "category"])
def test_our_own_session_type_goes_before_snomeds(where: str) -> None:
    own = concept((OURS + "horehab-session-type", "sitting-standing"))
    assert session(**{where: own}).kind is SessionKind.SITTING_STANDING


def test_a_session_that_was_not_done_says_why() -> None:
    fact = session(status="not-done", statusReason={"text": "in theatre"})
    assert (fact.status, fact.reason_not_done) == (SessionStatus.NOT_DONE, "in theatre")


@pytest.mark.parametrize("status", ["preparation", "entered-in-error", "unknown", "in-progress", "on-hold"])
def test_a_session_that_is_not_over_is_no_fact_and_no_fault(status: str) -> None:
    item = understood(procedure(status=status))
    assert (item.facts, item.unreadable) == ((), ())


def test_length_is_not_guessed_from_a_date_or_from_days() -> None:
    assert session(performedPeriod=None, performedDateTime="2026-03-02").minutes is None
    assert session(performedPeriod={"start": "2026-03-02", "end": "2026-03-02"}).minutes is None
    assert session(performedPeriod=PERIOD | {"end": "2026-03-05T10:00:00+01:00"}).minutes is None


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({"performedPeriod": None}, "no-time"),
        ({"performedPeriod": {"start": "yesterday"}}, "bad-time"),
        ({"status": "over"}, "status"),
        ({"implicitRules": "urn:other"}, "modifier"),
        ({"subject": {"display": "the man in bed 3"}}, "no-patient"),
    ],
)
def test_what_cannot_be_sure_is_set_aside(content: dict[str, Any], code: str) -> None:
    assert why_not(procedure(**content)) == [code]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("1258985005", ExposureKind.VENTILATION),
        ("40617009", ExposureKind.VENTILATION),
        ("870391004", ExposureKind.PRONE),
        ("233573008", ExposureKind.ECMO),
        ("786453001", ExposureKind.ECMO),
        ("786451004", ExposureKind.ECMO),
        ("305351004", ExposureKind.ICU_STAY),
    ],
)
def test_what_opens_surveillance_is_an_exposure(code: str, kind: ExposureKind) -> None:
    (fact,) = understood(procedure(code=concept((SNOMED, code)), status="in-progress")).facts
    assert isinstance(fact, Exposure)
    assert (fact.kind, fact.start.text, fact.end and fact.end.text) == (kind, PERIOD["start"], PERIOD["end"])


def test_an_exposure_that_did_not_happen_is_none() -> None:
    assert understood(procedure(code=concept((SNOMED, "233573008")), status="not-done")).facts == ()


def test_an_exposure_in_the_words_of_r5_is_read() -> None:
    resource = procedure(code=concept((SNOMED, "233573008")), performedPeriod=None, occurrencePeriod=PERIOD)
    assert len(understood(resource).facts) == 1


def test_a_new_hip_is_background_at_that_joint() -> None:
    right = concept((SNOMED, "24028007"))
    (fact,) = understood(procedure(code=concept((SNOMED, "52734007"), text="THR"), bodySite=[right])).facts
    assert isinstance(fact, Background)
    assert (fact.kind, fact.text) == (BackgroundKind.JOINT_REPLACEMENT, "THR")
    assert fact.place == JointSide(joint=Joint.HIP, side=Side.RIGHT)


def test_any_other_procedure_is_none_of_our_business() -> None:
    item = understood(procedure(code=concept((SNOMED, "80146002"), text="Appendectomy")))
    assert (item.facts, item.unreadable) == ((), ())


@pytest.mark.parametrize("kind", [ExposureKind.SEDATION, ExposureKind.IMMOBILISATION])
def test_sedation_and_immobilisation_have_codes_of_our_own(kind: ExposureKind) -> None:
    (fact,) = understood(procedure(code=concept((OURS + "horehab-exposure", kind.value)))).facts
    assert isinstance(fact, Exposure)
    assert (fact.kind, fact.end is None) == (kind, False)


def test_sedation_in_words_alone_is_not_read() -> None:
    item = understood(procedure(code={"text": "Sedation"}))
    assert (item.facts, item.unreadable) == ((), ())


def test_a_caesarean_is_surgery_and_no_pregnancy() -> None:
    (fact,) = understood(procedure(code=concept(("http://hl7.org/fhir/sid/icd-10", "O82")))).facts
    assert isinstance(fact, Background)
    assert fact.kind is BackgroundKind.SURGERY
