"""Everything that is known of one joint, laid out by day so that its life can be walked through once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from horehab.detection.background import alp_confounders
from horehab.detection.pain import PainCourse, pain_course
from horehab.domain.course import Course, courses_of
from horehab.domain.joints import WATCHED_PLACES, JointSide
from horehab.domain.laboratory import Analyte, LabResult
from horehab.domain.range_of_motion import Mode
from horehab.domain.record import PatientRecord
from horehab.domain.signs import Sign, SignKind
from horehab.domain.thresholds import Rules

SUPPORTING = (Analyte.ALKALINE_PHOSPHATASE, Analyte.CREATINE_KINASE)
"""The laboratory values that can support a suspicion when they are above their limit (R11, R17)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JointFile:
    """One joint's passive courses, other courses, pain and signs, with the patient's raised laboratory values."""

    place: JointSide
    passive: tuple[Course, ...]
    others: tuple[Course, ...]
    pain: PainCourse
    signs: tuple[Sign, ...]
    raised: tuple[LabResult, ...]

    def days(self) -> list[date]:
        """List the days on which something about this joint, or a raised laboratory value, became known."""
        found = {p.day for course in self.passive for p in course.points}
        found.update(self.pain.days)
        found.update(s.when.day for s in self.signs)
        found.update(r.when.day for r in self.raised)
        return sorted(found)

    def sign(self, kind: SignKind, day: date, within_days: int) -> Sign | None:
        """Find the latest look for a sign within the last days, if it was there then."""
        looks = [s for s in self.signs if s.kind is kind and 0 <= (day - s.when.day).days <= within_days]
        latest = max(looks, key=lambda s: (s.when.day, s.when.earliest, s.source), default=None)
        return latest if latest is not None and latest.is_present else None


def joint_files(record: PatientRecord, rules: Rules) -> dict[JointSide, JointFile]:
    """Open a file for each watched joint; `record` holds nothing later than the day of the verdict."""
    courses: dict[JointSide, list[Course]] = {}
    for course in courses_of(record.readings, rules):
        courses.setdefault(course.place, []).append(course)
    raised = _raised(record, rules)
    return {place: _file(place, record, courses, raised) for place in WATCHED_PLACES}


def _file(
    place: JointSide,
    record: PatientRecord,
    courses: Mapping[JointSide, list[Course]],
    raised: tuple[LabResult, ...],
) -> JointFile:
    here = courses.get(place, [])
    return JointFile(
        place=place,
        passive=tuple(c for c in here if c.mode is Mode.PASSIVE),
        others=tuple(c for c in here if c.mode is not Mode.PASSIVE),
        pain=pain_course(p for p in record.pains if p.place == place),
        signs=tuple(s for s in record.signs if s.place == place),
        raised=raised,
    )


def _raised(record: PatientRecord, rules: Rules) -> tuple[LabResult, ...]:
    """Take values above their own limit; a confounded ALP only when that cannot explain it (R14, R15)."""
    confounded = bool(alp_confounders(record))
    least = rules.laboratory.confounded_multiple
    found = (
        r
        for r in record.labs
        if r.analyte in SUPPORTING
        and r.is_elevated
        and not (confounded and r.analyte is Analyte.ALKALINE_PHOSPHATASE and (r.multiple or 0) <= least)
    )
    return tuple(sorted(found, key=lambda r: (r.when.day, r.when.earliest, r.source)))
