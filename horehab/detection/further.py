"""The one further measurement that would change a verdict most: each is tried at plausible outcomes, and judged."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, timedelta

from horehab.detection.outlook import Measurement, Standing, outlook
from horehab.domain.course import Course, courses_of
from horehab.domain.joints import MOTIONS, Joint, JointSide, Motion
from horehab.domain.laboratory import Analyte, LabResult
from horehab.domain.moment import local_moment
from horehab.domain.range_of_motion import Mode, Reading
from horehab.domain.record import PatientRecord
from horehab.domain.signs import PainOccasion, PainRating, Sign, SignKind
from horehab.domain.suspicion import Figure, Reason, Tier
from horehab.domain.thresholds import MotionNumbers, Rules

WITHIN_DAYS = 7
"""A ward can take a further measurement within a week (clinical.md 4.4: "ask to re-measure within 7 d")."""

Judged = Callable[[Sequence[Measurement]], Sequence[Standing]]
"""How the joint would stand after each of some measurements alone."""

_Grade = Callable[[Standing], object]
_LADDER = {Tier.QUIET: 0, Tier.CANNOT_JUDGE: 1, Tier.WATCH: 2, Tier.SUSPECT: 4}
_NOT_TAKEN = "not taken yet"
_PAIN = (0, 6)
_MULTIPLES = (1, 2, 5)
_STIFF = 0.4
_LOST = 1.5


def most_telling(
    record: PatientRecord, rules: Rules, as_of: date, place: JointSide, *, judged: Judged | None = None
) -> Reason | None:
    """Say which single measurement of the next 7 days would change the verdict on a joint most, and to what.

    Tried are passive readings of each motion of the joint (lost further, as held, won back), pain (0, 6), the
    straight leg raise for a hip, the opposite joint's motions, and ALP where none speaks. The reason's figures:
    `low` and what lies below it lead to `low_tier`, `high` and what lies above it to `high_tier`, if taken on
    `day`; where the tier would stay, the code ends on "-strength" and `low_strength` and `high_strength` differ.
    Degrees are whole, ALP counts in multiples of its upper limit, a straight leg raise is 0 or 1. None when no
    single measurement would change tier or strength. `judged` judges the joint as if something had been measured
    on that day; where it is not given, only what a measurement can change is judged (horehab.detection.outlook).
    """
    known, day = record.as_known_on(as_of), as_of + timedelta(days=WITHIN_DAYS)
    judged = judged or outlook(known, rules, day, place).standings
    desk = _Desk(record=known, rules=rules, day=day, place=place, judged=judged)
    tried = [(trial.spread(), trial) for trial in desk.tried(list(_candidates(desk)))]
    widest, chosen = max(tried, key=lambda pair: pair[0], default=((0, 0), None))
    return chosen.reason(desk.day) if chosen is not None and any(widest) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    """A measurement that could be taken: plausible outcomes in ascending order, and the fact that each would be."""

    code: str
    outcomes: tuple[int, ...]
    fact: Callable[[int], Measurement]
    motion: Motion | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """One joint on the desk, with what is known today and the day by which more could be known."""

    record: PatientRecord
    rules: Rules
    day: date
    place: JointSide
    judged: Judged

    def tried(self, candidates: Sequence[_Candidate]) -> list["_Trial"]:
        """Judge the joint at each plausible outcome of each measurement."""
        facts = [candidate.fact(outcome) for candidate in candidates for outcome in candidate.outcomes]
        standings = iter(self.judged(facts))
        return [
            _Trial(desk=self, candidate=each, standings=dict(zip(each.outcomes, standings, strict=False)))
            for each in candidates
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trial:
    """A measurement at the outcomes that were tried so far, and how the joint would stand after each."""

    desk: _Desk
    candidate: _Candidate
    standings: dict[int, Standing]

    def at(self, outcome: int) -> Standing:
        """Say how the joint would stand after an outcome, judged once."""
        if outcome not in self.standings:
            (self.standings[outcome],) = self.desk.judged([self.candidate.fact(outcome)])
        return self.standings[outcome]

    def spread(self) -> tuple[int, int]:
        """Measure how far apart the outcomes are: in tiers first, then in strength."""
        least, most = self._ends()
        return _rung(most) - _rung(least), abs(most.strength - least.strength)

    def _ends(self) -> tuple[Standing, Standing]:
        standings = [self.standings[outcome] for outcome in self.candidate.outcomes]
        return min(standings, key=_height), max(standings, key=_height)

    def reason(self, day: date) -> Reason:
        """Say up to which outcome the one verdict follows, and from which on the other."""
        low, high = self._turning_points()
        below, above = self.at(low), self.at(high)
        motion = (("motion", self.candidate.motion.value),) if self.candidate.motion is not None else ()
        figures: tuple[tuple[str, Figure], ...] = (
            *motion,
            ("day", day.isoformat()),
            ("low", low),
            ("low_tier", below.tier.value),
            ("low_strength", below.strength),
            ("high", high),
            ("high_tier", above.tier.value),
            ("high_strength", above.strength),
        )
        suffix = "" if self._changes_tier() else "-strength"
        return Reason(code=f"{self.candidate.code}{suffix}", figures=figures)

    def _changes_tier(self) -> bool:
        return self.spread()[0] > 0

    def _turning_points(self) -> tuple[int, int]:
        """Find between two outcomes where the verdict of the lower one ends and that of the higher one begins."""
        least, most = self._ends()
        grade = _rung if self._changes_tier() else _height
        tried = self.candidate.outcomes
        weak = [outcome for outcome in tried if grade(self.at(outcome)) == grade(least)]
        strong = [outcome for outcome in tried if grade(self.at(outcome)) == grade(most)]
        first, last = (strong[0], weak[-1]) if strong[0] < weak[0] else (weak[0], strong[-1])
        low = self._border(first, last, grade)
        return low, self._border(last, low, grade)

    def _border(self, start: int, end: int, grade: _Grade) -> int:
        """Go from one outcome towards another as far as the verdict stays, by halving what is left."""
        stays, changes = start, end
        while abs(changes - stays) > 1:
            middle = (stays + changes) // 2
            is_same = grade(self.at(middle)) == grade(self.at(start))
            stays, changes = (middle, changes) if is_same else (stays, middle)
        return stays


def _rung(standing: Standing) -> int:
    """Rank a tier; what cannot be judged stands above quiet, since it may be anything."""
    return _LADDER[standing.tier]


def _height(standing: Standing) -> tuple[int, int]:
    return _rung(standing), standing.strength


def _candidates(desk: _Desk) -> Iterator[_Candidate]:
    """List what could be measured, in the order in which equals are preferred."""
    here, opposite = _passive(desk, desk.place), _passive(desk, desk.place.opposite)
    for motion in MOTIONS[desk.place.joint]:
        yield from _motion(desk, motion, here.get(motion))
    yield _Candidate(code="further-pain", outcomes=_PAIN, fact=lambda score: _pain(desk, score))
    if desk.place.joint is Joint.HIP:
        yield _Candidate(code="further-straight-leg-raise", outcomes=(0, 1), fact=lambda seen: _leg_raise(desk, seen))
    for motion, course in here.items():
        yield from _opposite(desk, course, opposite.get(motion))
    if not _has_alp(desk):
        yield _Candidate(code="further-alp", outcomes=_MULTIPLES, fact=lambda multiple: _alp(desk, multiple))


def _passive(desk: _Desk, place: JointSide) -> dict[Motion, Course]:
    readings = [r for r in desk.record.readings if r.place == place and r.mode is Mode.PASSIVE]
    return {course.motion: course for course in courses_of(readings, desk.rules) if course.points}


def _motion(desk: _Desk, motion: Motion, course: Course | None) -> Iterator[_Candidate]:
    """Try a motion lost beyond error, as held, and won back; one never measured: stiff, and as the norm says."""
    numbers = desk.rules.of(desk.place.joint, motion)
    if numbers is None:
        return
    if course is None:
        outcomes = [_STIFF * numbers.norm, numbers.norm] if numbers.norm else []
    else:
        last = course.points[-1].degrees
        back = max(course.best_sustained or last, last + numbers.same_rater)
        outcomes = [last - _LOST * numbers.different_rater, last, back]
    if outcomes:
        like = _like(desk, desk.place, motion, course)
        yield _Candidate(
            code="further-motion",
            outcomes=_whole(outcomes, numbers),
            fact=lambda degrees: replace(like, degrees=float(degrees)),
            motion=motion,
        )


def _opposite(desk: _Desk, course: Course, other: Course | None) -> Iterator[_Candidate]:
    """Try the opposite side as limited as this one, and as free as this one ever was held or the norm says."""
    numbers = desk.rules.motions[(desk.place.joint, course.motion)]
    last = course.points[-1].degrees
    free = max(numbers.norm or last, course.best_sustained or last, last + numbers.different_rater)
    like = _like(desk, desk.place.opposite, course.motion, other or course)
    yield _Candidate(
        code="further-opposite",
        outcomes=_whole((last, free), numbers),
        fact=lambda degrees: replace(like, degrees=float(degrees)),
        motion=course.motion,
    )


def _whole(outcomes: Iterable[float], numbers: MotionNumbers) -> tuple[int, ...]:
    """Round to whole degrees, inside what a living joint can show."""
    return tuple(sorted({round(min(max(o, numbers.lowest), numbers.highest)) for o in outcomes}))


def _like(desk: _Desk, place: JointSide, motion: Motion, course: Course | None) -> Reading:
    """Imagine a reading by the same hand, device and position as the last one of that motion."""
    means = course.points[-1].visit.means if course is not None else None
    rater, device, position = means or (None, None, None)
    return Reading(
        source=_NOT_TAKEN,
        joint=place.joint,
        side=place.side,
        motion=motion,
        mode=Mode.PASSIVE,
        degrees=0.0,
        when=local_moment(desk.day, None, UTC),
        known_on=desk.day,
        rater=rater,
        device=device,
        position=position,
    )


def _pain(desk: _Desk, score: int) -> PainRating:
    return PainRating(
        source=_NOT_TAKEN,
        score=float(score),
        occasion=PainOccasion.MOVEMENT,
        place=desk.place,
        when=local_moment(desk.day, None, UTC),
        known_on=desk.day,
    )


def _leg_raise(desk: _Desk, seen: int) -> Sign:
    return Sign(
        source=_NOT_TAKEN,
        kind=SignKind.STRAIGHT_LEG_RAISE,
        is_present=bool(seen),
        place=desk.place,
        when=local_moment(desk.day, None, UTC),
        known_on=desk.day,
    )


def _alp(desk: _Desk, multiple: int) -> LabResult:
    return LabResult(
        source=_NOT_TAKEN,
        analyte=Analyte.ALKALINE_PHOSPHATASE,
        value=float(multiple),
        unit="times its upper limit",
        upper_limit=1.0,
        when=local_moment(desk.day, None, UTC),
        known_on=desk.day,
    )


def _has_alp(desk: _Desk) -> bool:
    """Say whether an ALP with its limit is known that still speaks."""
    return any(
        r.analyte is Analyte.ALKALINE_PHOSPHATASE
        and r.multiple is not None
        and (desk.day - r.when.day).days <= desk.rules.laboratory.recent_days
        for r in desk.record.labs
    )
