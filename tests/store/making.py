"""Pieces of a synthetic patient for the tests of the store."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from horehab.domain.entries import (
    ChartEntry,
    Decision,
    DecisionEntry,
    MeasurementEntry,
    ReasonsEntry,
    SessionEntry,
    SuspicionEntry,
    TaskEntry,
)
from horehab.domain.exposure import Background, BackgroundKind, Exposure, ExposureKind
from horehab.domain.joints import Joint, JointSide, Motion, Side
from horehab.domain.laboratory import Analyte, LabResult
from horehab.domain.moment import Moment
from horehab.domain.range_of_motion import Bound, Mode, Reading
from horehab.domain.record import (
    Attendance,
    ChartedOssification,
    ChartedStatus,
    Fact,
    Imaging,
    Patient,
    Visit,
)
from horehab.domain.reminder import Reminder, ReminderRule
from horehab.domain.session import Session, SessionKind, SessionStatus
from horehab.domain.signs import PainOccasion, PainRating, Sign, SignKind
from horehab.domain.suspicion import Reason, Tier, Verdict
from horehab.usecases.exchange import ChartItem, ChartPage, Review, Unreadable

NOW = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
DAY = date(2026, 3, 10)
ANA = "Patient/ana"
LEFT_HIP = JointSide(joint=Joint.HIP, side=Side.LEFT)


def moment(day: date = DAY) -> Moment:
    start = datetime.combine(day, time(), UTC)
    return Moment(text=day.isoformat(), earliest=start, latest=start + timedelta(days=1), day=day)


def reading(source: str = "Observation/1", **parts: Any) -> Reading:
    values: dict[str, Any] = {
        "source": source, "joint": Joint.HIP, "side": Side.LEFT, "motion": Motion.FLEXION, "mode": Mode.PASSIVE,
        "degrees": 85.5, "when": moment(), "known_on": DAY,
    }  # fmt: skip
    return Reading(**(values | parts))


def pain(source: str = "Observation/2", **parts: Any) -> PainRating:
    values: dict[str, Any] = {
        "source": source, "score": 6.0, "occasion": PainOccasion.MOVEMENT, "place": None, "when": moment(),
        "known_on": DAY,
    }  # fmt: skip
    return PainRating(**(values | parts))


def session(source: str = "Procedure/1", **parts: Any) -> Session:
    values: dict[str, Any] = {
        "source": source, "kind": SessionKind.PASSIVE_MOBILIZATION, "status": SessionStatus.COMPLETED,
        "when": moment(), "known_on": DAY, "minutes": 30.0, "places": (LEFT_HIP,),
    }  # fmt: skip
    return Session(**(values | parts))


def every_kind_of_fact() -> tuple[Fact, ...]:
    m = moment()
    known: dict[str, Any] = {"when": m, "known_on": DAY}
    return (
        reading(bound=Bound.AT_MOST, rater="Practitioner/3", session="Procedure/1", assumptions=("side from text",)),
        pain(place=LEFT_HIP, session="Procedure/1"),
        Sign(source="Observation/3", kind=SignKind.FIRM_END_FEEL, is_present=True, place=LEFT_HIP, **known),
        session(sedation="RASS -1", mobility_level=3, exertion=4.0, note="tired\x00\N{SNOWMAN}"),
        Exposure(source="Encounter/1", kind=ExposureKind.ICU_STAY, start=m, known_on=DAY, end=m),
        Background(source="Condition/1", kind=BackgroundKind.FRACTURE, text="femur", start=None, known_on=DAY),
        LabResult(
            source="Observation/4", analyte=Analyte.ALKALINE_PHOSPHATASE, value=252, unit="U/L", upper_limit=126,
            when=m, known_on=DAY,
        ),
        Imaging(source="DiagnosticReport/1", modality="CT", text="CT hip", conclusion="bone", when=m, known_on=DAY),
        Visit(source="Appointment/1", attendance=Attendance.MISSED, when=m, known_on=DAY, text="follow-up"),
        ChartedOssification(
            source="Condition/2", version="3", status=ChartedStatus.PROVISIONAL, is_active=True, joint=Joint.HIP,
            side=Side.LEFT, when=m, known_on=DAY, is_ours=True, episode=1, evidence=("Observation/1",),
        ),
    )  # fmt: skip


def suspicion(patient: str = ANA, condition_id: str = "hr-1", **parts: Any) -> SuspicionEntry:
    values: dict[str, Any] = {
        "condition_id": condition_id, "patient": patient, "place": LEFT_HIP, "episode": 1, "is_withdrawn": False,
        "onset": DAY, "recorded": DAY, "sentence": "Suspected.", "evidence": ("Observation/1",),
        "rule_version": "1", "strength": 3,
    }  # fmt: skip
    return SuspicionEntry(**(values | parts))


def reasons(patient: str = ANA, condition_id: str = "hr-1", number: int = 1) -> ReasonsEntry:
    return ReasonsEntry(
        provenance_id=f"{condition_id}-{number}", condition_id=condition_id, patient=patient, activity="raise",
        recorded=DAY, sentence="Because.", evidence=("Observation/1",), rule_version="1",
    )  # fmt: skip


def decision(patient: str = ANA, number: int = 1) -> DecisionEntry:
    return DecisionEntry(
        decision_id=f"d{number}", condition_id="hr-1", patient=patient, place=LEFT_HIP, decision=Decision.DISMISS,
        reason="artefact", by="Practitioner/3", decided=DAY, seen=("Observation/1",),
    )  # fmt: skip


def logged(token: str = "s1", patient: str = ANA, **parts: Any) -> SessionEntry:
    return SessionEntry(
        session_id=token, patient=patient, session=session(f"urn:uuid:{token}", **parts), performer="Practitioner/3"
    )


def measured(
    token: str = "m1", patient: str = ANA, fact: Reading | PainRating | Sign | None = None
) -> MeasurementEntry:
    fact = replace(fact or reading(), source=f"urn:uuid:{token}", session="urn:uuid:s1")
    return MeasurementEntry(
        measurement_id=token, session_id="s1", patient=patient, fact=fact, performer="Practitioner/3"
    )


def task(patient: str = ANA, **parts: Any) -> TaskEntry:
    values: dict[str, Any] = {
        "key": f"{patient}|measure-rom", "patient": patient, "rule": ReminderRule.MEASURE_ROM, "place": LEFT_HIP,
        "condition_id": None, "due": DAY, "authored": DAY, "text": "Please measure.",
    }  # fmt: skip
    return TaskEntry(**(values | parts))


def every_kind_of_entry() -> tuple[ChartEntry, ...]:
    sign = Sign(
        source="", kind=SignKind.FEVER, is_present=False, place=None, when=moment(), known_on=DAY, session=None
    )
    return (
        suspicion(), reasons(), decision(), logged(), measured(), measured("m2", fact=pain()),
        measured("m3", fact=sign), task(),
    )  # fmt: skip


def reminder(patient: str = ANA, window: str = "2026-W11", **parts: Any) -> Reminder:
    values: dict[str, Any] = {
        "patient": patient, "rule": ReminderRule.MEASURE_ROM, "place": LEFT_HIP, "recipient": "team",
        "channel": "email", "window": window, "due_day": DAY, "due_time": time(8), "zone": "Europe/Madrid",
        "void_after": DAY + timedelta(days=7), "reason": "weekly",
    }  # fmt: skip
    return Reminder(**(values | parts))


def verdict(tier: Tier = Tier.SUSPECT, **parts: Any) -> Verdict:
    values: dict[str, Any] = {
        "place": LEFT_HIP, "tier": tier, "strength": 3, "as_of": DAY, "rule_version": "1", "since": DAY,
        "reasons": (Reason(code="motion-loss", figures=(("degrees", 20.5), ("days", 7), ("motion", "flexion"))),),
        "evidence": ("Observation/1",),
    }  # fmt: skip
    return Verdict(**(values | parts))


def review(patient: str = ANA, **parts: Any) -> Review:
    values: dict[str, Any] = {"patient": patient, "as_of": DAY, "verdicts": (verdict(),), "last_measured": DAY}
    return Review(**(values | parts))


def item(
    reference: str = "Observation/1", version: int | str = 1, patient: str | None = ANA, **parts: Any
) -> ChartItem:
    """One resource whose last update goes with its version, holding one reading unless told otherwise."""
    number = int(version) if str(version).isdecimal() else 0
    values: dict[str, Any] = {
        "reference": reference, "version": str(version), "patient": patient,
        "source": f'{{"id":"{reference}","v":"{version}"}}'.encode(),
        "updated": (NOW + timedelta(seconds=number)).isoformat(),
        "facts": (reading(reference, degrees=float(100 - number)),),
    }  # fmt: skip
    return ChartItem(**(values | parts))


def gone(reference: str = "Observation/1", version: int = 9, patient: str | None = None) -> ChartItem:
    return item(reference, version, patient, facts=(), source=b"", is_gone=True)


def broken(reference: str = "Observation/1", version: int = 1, patient: str | None = ANA) -> ChartItem:
    why = Unreadable(code="no-unit", path="Observation.valueQuantity", detail="no unit is given")
    return item(reference, version, patient, facts=(), unreadable=(why,))


def person(reference: str = ANA, version: int = 1, **parts: Any) -> ChartItem:
    who = Patient(**({"reference": reference, "name": "Ana Núñez", "record_number": "MRN-0077"} | parts))
    return item(reference, version, reference, facts=(), identity=who)


def page(*items: ChartItem, kind: str = "Observation") -> ChartPage:
    return ChartPage(kind=kind, items=items)
