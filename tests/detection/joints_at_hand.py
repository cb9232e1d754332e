"""Hand-made facts for the tests of domain and detection; every degree is synthetic."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count

from horehab.detection.verdicts import judge
from horehab.domain.exposure import Background, BackgroundKind, Exposure, ExposureKind
from horehab.domain.joints import Joint, JointSide, Motion, Side
from horehab.domain.laboratory import Analyte, LabResult
from horehab.domain.moment import Moment
from horehab.domain.range_of_motion import Bound, Mode, Reading
from horehab.domain.record import Fact, Patient, PatientRecord, record_of
from horehab.domain.signs import PainOccasion, PainRating, Sign, SignKind
from horehab.domain.suspicion import Tier, Verdict
from horehab.rules import load_rules

RULES = load_rules()
PATIENT = Patient(reference="Patient/1")
LEFT_HIP = JointSide(joint=Joint.HIP, side=Side.LEFT)
RIGHT_HIP = LEFT_HIP.opposite
LEFT_KNEE = JointSide(joint=Joint.KNEE, side=Side.LEFT)
LEFT_ELBOW = JointSide(joint=Joint.ELBOW, side=Side.LEFT)
LEFT_SHOULDER = JointSide(joint=Joint.SHOULDER, side=Side.LEFT)
_START = datetime(2026, 1, 1, 10, tzinfo=UTC)
_NUMBERS = count(1)


def day(number: int) -> date:
    return (_START + timedelta(days=number)).date()


def moment(number: int, *, assumed: bool = False) -> Moment:
    instant = _START + timedelta(days=number)
    return Moment(
        text=instant.isoformat(), earliest=instant, latest=instant, day=instant.date(), is_zone_assumed=assumed
    )


def named() -> str:
    return f"Observation/{next(_NUMBERS):05d}"


def reading(
    number: int,
    degrees: float,
    *,
    place: JointSide = LEFT_HIP,
    motion: Motion = Motion.FLEXION,
    mode: Mode = Mode.PASSIVE,
    rater: str | None = "Practitioner/1",
    bound: Bound | None = None,
    assumed: bool = False,
    source: str | None = None,
) -> Reading:
    when = moment(number, assumed=assumed)
    return Reading(
        source=source or named(),
        joint=place.joint,
        side=place.side,
        motion=motion,
        mode=mode,
        degrees=degrees,
        when=when,
        known_on=when.day,
        bound=bound,
        rater=rater,
        device="goniometer",
    )


def course(
    values: Sequence[tuple[int, float]],
    *,
    place: JointSide = LEFT_HIP,
    motion: Motion = Motion.FLEXION,
    mode: Mode = Mode.PASSIVE,
    rater: str | None = "Practitioner/1",
) -> list[Fact]:
    return [reading(n, v, place=place, motion=motion, mode=mode, rater=rater) for n, v in values]


def steady(until: int, degrees: float = 110, *, every: int = 7, place: JointSide = LEFT_HIP) -> list[Fact]:
    return course([(n, degrees) for n in range(28, until, every)], place=place)


def pain(number: int, score: float, *, place: JointSide | None = LEFT_HIP) -> PainRating:
    when = moment(number)
    return PainRating(
        source=named(), score=score, occasion=PainOccasion.MOVEMENT, place=place, when=when, known_on=when.day
    )


def sign(number: int, kind: SignKind, *, place: JointSide | None = LEFT_HIP, present: bool = True) -> Sign:
    when = moment(number)
    return Sign(source=named(), kind=kind, is_present=present, place=place, when=when, known_on=when.day)


def lab(
    number: int, value: float, *, analyte: Analyte = Analyte.ALKALINE_PHOSPHATASE, limit: float | None = 126
) -> LabResult:
    when = moment(number)
    return LabResult(
        source=named(), analyte=analyte, value=value, unit="U/L", upper_limit=limit, when=when, known_on=when.day
    )


def exposure(kind: ExposureKind = ExposureKind.ICU_STAY, *, start: int = 0, end: int | None = 27) -> Exposure:
    return Exposure(
        source=named(),
        kind=kind,
        start=moment(start),
        end=None if end is None else moment(end),
        known_on=day(start),
    )


def background(kind: BackgroundKind, *, place: JointSide | None = None, text: str = "") -> Background:
    words = text or kind.value
    return Background(source=named(), kind=kind, text=words, start=moment(1), known_on=day(1), place=place)


def record(*facts: Fact | Iterable[Fact], patient: Patient = PATIENT) -> PatientRecord:
    flat: list[Fact] = []
    for fact in facts:
        flat += fact if isinstance(fact, Iterable) else [fact]
    return record_of(patient, flat)


def verdict(of: PatientRecord, number: int, place: JointSide = LEFT_HIP) -> Verdict:
    return next(v for v in judge(of, RULES, day(number)) if v.place == place)


def tiers(of: PatientRecord, number: int) -> dict[str, Tier]:
    return {str(v.place): v.tier for v in judge(of, RULES, day(number))}


def codes(of: Verdict) -> set[str]:
    return {r.code for r in (*of.reasons, *of.red_flags)}


# A left hip that stood steady for three visits and lost a good twenty degrees at the fourth.
FALLEN = course([(28, 110), (35, 112), (42, 111), (49, 86)])
