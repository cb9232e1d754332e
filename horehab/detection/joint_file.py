"""Everything that is known of one joint, laid out by day so that its life can be walked through once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import takewhile

from horehab.detection.background import LEG, alp_confounders, hides_pain
from horehab.detection.pain import PainCourse, pain_course
from horehab.domain.course import Course, courses_of
from horehab.domain.joints import WATCHED_PLACES, Joint, JointSide
from horehab.domain.laboratory import Analyte, LabResult
from horehab.domain.range_of_motion import Mode
from horehab.domain.record import PatientRecord
from horehab.domain.signs import PainRating, Sign, SignKind
from horehab.domain.thresholds import Rules

NERVE_SIGNS = (SignKind.STRAIGHT_LEG_RAISE, SignKind.LEG_WEAKNESS, SignKind.SENSORY_LOSS)
"""The signs of the nerve that are red flags without any loss of motion (R07)."""

SUPPORTING = (Analyte.ALKALINE_PHOSPHATASE, Analyte.CREATINE_KINASE)
"""The laboratory values that can support a suspicion when they are above their limit (R11, R17)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StiffStart:
    """A passive motion that was far below its norm from the first visit on, for so many visits."""

    course: Course
    norm: float
    visits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JointFile:
    """One joint's passive courses, its other courses, the opposite joint's, pain and signs, and raised values."""

    place: JointSide
    passive: tuple[Course, ...]
    others: tuple[Course, ...]
    opposite: tuple[Course, ...]
    pain: PainCourse
    signs: tuple[Sign, ...]
    raised: tuple[LabResult, ...]
    stiff: tuple[StiffStart, ...]

    def days(self) -> list[date]:
        """List the days on which something about this joint, or a raised laboratory value, became known."""
        found = {day for course in self.passive for day in course.days}
        found.update(self.pain.days)
        found.update(s.when.day for s in self.signs)
        found.update(max(r.when.day, r.known_on) for r in self.raised)
        return sorted(found)

    def sign(self, kind: SignKind, day: date, within_days: int) -> Sign | None:
        """Find the latest look for a sign within the last days, if it was there then."""
        looks = [s for s in self.signs if s.kind is kind and 0 <= (day - s.when.day).days <= within_days]
        latest = max(looks, key=lambda s: (s.when.day, s.when.earliest, s.is_present), default=None)
        return latest if latest is not None and latest.is_present else None


def joint_files(record: PatientRecord, rules: Rules) -> dict[JointSide, JointFile]:
    """Open a file for each watched joint; `record` holds nothing later than the day of the verdict."""
    courses: dict[JointSide, list[Course]] = {}
    for course in courses_of(record.readings, rules):
        courses.setdefault(course.place, []).append(course)
    raised = raised_values(record, rules)
    rated: dict[JointSide | None, list[PainRating]] = {}
    for rating in record.pains:
        rated.setdefault(rating.place, []).append(rating)
    files = {}
    for place in WATCHED_PLACES:
        here = courses.get(place, [])
        passive = tuple(c for c in here if c.mode is Mode.PASSIVE)
        files[place] = JointFile(
            place=place,
            passive=passive,
            others=tuple(c for c in here if c.mode is not Mode.PASSIVE),
            opposite=tuple(c for c in courses.get(place.opposite, []) if c.mode is Mode.PASSIVE),
            pain=pain_felt(rated.get(place, ()), record, rules),
            signs=signs_at(record, place),
            raised=raised,
            stiff=stiff_starts(passive, rules),
        )
    return files


def pain_felt(ratings: Sequence[PainRating], record: PatientRecord, rules: Rules) -> PainCourse:
    """Follow the ratings of one joint that tell what was felt."""
    return pain_course(_felt(ratings, record, rules))


def _felt(ratings: Sequence[PainRating], record: PatientRecord, rules: Rules) -> Iterator[PainRating]:
    """Leave out low ratings under sedation or numbness: that nothing was felt then is unknown, and never none."""
    for rating in ratings:
        place, day = rating.place, rating.when.day
        is_low = rating.score < rules.pain.level
        if place is None or not (is_low and hides_pain(record, place, day, rules.policy.hides_days)):
            yield rating


def signs_at(record: PatientRecord, place: JointSide) -> tuple[Sign, ...]:
    """List the looks for bedside signs that concern a joint, in order of time."""
    return tuple(s for s in record.signs if _concerns(s, place)) if record.signs else ()


def _concerns(sign: Sign, place: JointSide) -> bool:
    """A sign concerns its own joint, and one of the leg's nerves the hip of that side (R07)."""
    if sign.place is None:
        return False
    is_leg_nerve = sign.kind in NERVE_SIGNS and sign.place.joint in LEG and sign.place.side is place.side
    return sign.place == place or (is_leg_nerve and place.joint is Joint.HIP)


def stiff_starts(passive: Sequence[Course], rules: Rules) -> tuple[StiffStart, ...]:
    """List the motions of a joint that were far below their norm from the first visit on."""
    return tuple(start for c in passive if (start := _stiff_start(c, rules)) is not None)


def _stiff_start(course: Course, rules: Rules) -> StiffStart | None:
    norm = rules.motions[(course.place.joint, course.motion)].norm or 0.0
    if norm < rules.loss.stiff_norm_from:
        return None
    stiff = takewhile(lambda visit: visit.degrees < rules.loss.stiff_fraction * norm, course.visits)
    visits = sum(1 for _ in stiff)
    return StiffStart(course=course, norm=norm, visits=visits) if visits else None


def raised_values(record: PatientRecord, rules: Rules) -> tuple[LabResult, ...]:
    """Take values above their own limit; a confounded ALP only when that cannot explain it (R14, R15)."""
    confounded = bool(alp_confounders(record))
    least = rules.laboratory.confounded_multiple
    distinct = {(r.analyte, r.when.earliest, r.value, r.upper_limit): r for r in reversed(record.labs)}
    found = (
        r
        for r in distinct.values()
        if r.analyte in SUPPORTING
        and r.is_elevated
        and not (confounded and r.analyte is Analyte.ALKALINE_PHOSPHATASE and (r.multiple or 0) <= least)
    )
    return tuple(sorted(found, key=lambda r: (r.when.day, r.when.earliest, r.source)))
