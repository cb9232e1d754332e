"""What follows for a patient's joints today, joint by joint: verdict, courses, and what was measured last."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from horehab.detection.verdicts import judge
from horehab.domain.course import Course, courses_of
from horehab.domain.joints import Joint, JointSide, Side
from horehab.domain.range_of_motion import Mode
from horehab.domain.record import PatientRecord
from horehab.domain.suspicion import Tier, Verdict
from horehab.domain.thresholds import Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class JointFinding:
    """One joint: its verdict (None for wrist and ankle, which are not watched), its courses, its last visit."""

    place: JointSide
    verdict: Verdict | None
    courses: tuple[Course, ...]

    @property
    def tier(self) -> Tier:
        """The tier to show; what was never judged cannot be judged."""
        return self.verdict.tier if self.verdict else Tier.CANNOT_JUDGE

    @property
    def last_measured(self) -> date | None:
        """The day of the last visit in any motion."""
        return max((c.latest.day for c in self.courses if c.latest), default=None)

    @property
    def figures_of(self) -> date | None:
        """The day that the figures of its reasons are of, when the joint was measured since; else None."""
        said = self.verdict.reasons if self.verdict else ()
        last = max((str(value) for reason in said for name, value in reason.figures if name == "day"), default=None)
        day, newest = date.fromisoformat(last) if last else None, self.last_measured
        return day if day and newest and day < newest else None

    @property
    def worst(self) -> Course | None:
        """The motion that lost most against its best sustained value; passive before any other mode."""
        led = [c for c in self.courses if c.latest and c.best_sustained is not None]
        passive = [c for c in led if c.mode is Mode.PASSIVE] or led
        return max(passive, key=loss, default=None)


def loss(course: Course) -> float:
    """Say how many degrees the last visit lies below the best sustained value; below 0 when it is better."""
    if course.latest is None or course.best_sustained is None:
        return 0.0
    return course.best_sustained - course.latest.degrees


def findings(record: PatientRecord, rules: Rules, today: date) -> tuple[JointFinding, ...]:
    """Judge all joints of a patient as of today; those never watched are listed when they were measured."""
    verdicts = {verdict.place: verdict for verdict in judge(record, rules, today)}
    known = record.as_known_on(today)
    courses = courses_of(known.readings, rules)
    found = (_finding(place, verdicts, courses) for place in _places())
    return tuple(f for f in found if f.verdict is not None or f.courses)


def finding_at(found: Iterable[JointFinding], place: JointSide) -> JointFinding:
    """Take one joint out of the findings; an empty one where nothing is known of it."""
    for finding in found:
        if finding.place == place:
            return finding
    return JointFinding(place=place, verdict=None, courses=())


def _finding(place: JointSide, verdicts: dict[JointSide, Verdict], courses: tuple[Course, ...]) -> JointFinding:
    here = tuple(course for course in courses if course.place == place)
    return JointFinding(place=place, verdict=verdicts.get(place), courses=here)


def _places() -> tuple[JointSide, ...]:
    return tuple(JointSide(joint=joint, side=side) for joint in Joint for side in Side)
