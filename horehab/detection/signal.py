"""One signal for a joint: all its passive motions of a visit put together, with the error they bear together."""

from dataclasses import dataclass
from math import sqrt
from statistics import median

from horehab.detection.joint_file import JointFile
from horehab.domain.engine_numbers import ErrorNumbers
from horehab.domain.joints import Motion
from horehab.domain.series import Visit
from horehab.domain.thresholds import MotionNumbers, Rules

_YOUNG = 3
_CLEAR_LOSS = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """What a joint's passive motions say together at one visit; `day` is the ordinal of the ward day.

    `value` is the motion there is, as a fraction of the normal range (1 as the norm says), `error` the standard
    deviation of its measurement. `best` is the best sustained value up to and with this visit, reached on
    `best_day`. `most_lost` is the largest loss of a single motion against its own best, in least changes beyond
    error (MDC95 of different raters), and `share_lost` the share of motions whose loss is beyond it.
    `is_other_hand` when not taken by the one who measures this joint most; `is_firm` unless its times were assumed.
    """

    day: int
    value: float
    error: float
    best: float
    best_day: int
    most_lost: float
    share_lost: float
    is_other_hand: bool
    is_firm: bool


@dataclass(slots=True)
class _Own:
    """What is known of one motion in one position: its level against its joint, and its best sustained value."""

    norm: float
    scale: float
    sem_squared: float
    change: float
    level: float = 0.0
    visits: int = 0
    best: float | None = None
    last: tuple[float, ...] = ()

    def lost(self, degrees: float) -> float | None:
        """Compare with the best sustained value before, in least changes; then follow it."""
        before = self.best
        self.last = (*self.last[-2:], degrees)
        held = median(self.last)
        young = self.visits < _YOUNG and (before is None or before - degrees < self.change)
        if before is None or young or held > before:
            self.best = held
        return None if before is None else (before - degrees) / self.change


@dataclass(slots=True)
class _Joint:
    """What is remembered of one joint from visit to visit."""

    errors: ErrorNumbers
    motions: dict[tuple[Motion, str | None], _Own]
    raters: dict[str | None, int]
    last: tuple[float, ...] = ()
    visits: int = 0
    best: float = 0.0
    best_day: int = 0

    def seen(self, day: int, taken: list[tuple[_Own, Visit]]) -> Signal:
        """Put the motions of a visit together, each against its own level, and learn from it."""
        value, variance = self._together(taken)
        is_other = self._is_other_hand(taken)
        hand = self.errors.other_hand_error if is_other else self.errors.same_hand_error
        losses = [lost for own, visit in taken if (lost := own.lost(visit.degrees)) is not None]
        for own, _ in taken:
            own.visits += 1
        self._follow_best(day, value)
        return Signal(
            day=day,
            value=value,
            error=sqrt(variance + self.errors.shared_error**2 + hand**2),
            best=self.best,
            best_day=self.best_day,
            most_lost=max(losses, default=0.0),
            share_lost=sum(lost > 1 for lost in losses) / max(1, len(losses)),
            is_other_hand=is_other,
            is_firm=not all(visit.is_assumed for _, visit in taken),
        )

    def _together(self, taken: list[tuple[_Own, Visit]]) -> tuple[float, float]:
        """Weigh the motions by their errors, none far from their middle, and set each motion's own level."""
        spread = self.errors.motion_level_sd**2
        values = [1 - (own.norm - visit.degrees) / own.scale - own.level for own, visit in taken]
        weights = [1 / (own.sem_squared + spread / (1 + 2 * own.visits)) for own, _ in taken]
        middle, limit = median(values), self.errors.motion_limit
        values = [min(max(value, middle - limit), middle + limit) for value in values]
        total = sum(weights)
        value = sum(weight * each for weight, each in zip(weights, values, strict=True)) / total
        for (own, _), each in zip(taken, values, strict=True):
            own.level += (each - value) / (own.visits + 2.0)
        return value, 1 / total

    def _is_other_hand(self, taken: list[tuple[_Own, Visit]]) -> bool:
        """Say whether somebody else measured than who measures most; several, or nobody named, count as others."""
        raters = {visit.means[0] if visit.means is not None else None for _, visit in taken}
        rater = next(iter(raters)) if len(raters) == 1 else None
        usual = max(self.raters, key=lambda each: (self.raters[each], str(each)), default=rater)
        self.raters[rater] = self.raters.get(rater, 0) + 1
        return rater is None or rater != usual

    def _follow_best(self, day: int, value: float) -> None:
        self.visits += 1
        self.last = (*self.last[-2:], value)
        held = median(self.last)
        is_young = self.visits <= _YOUNG and self.best - value < _CLEAR_LOSS
        if self.visits == 1 or is_young or held > self.best:
            self.best, self.best_day = held, day


def signals_of(file: JointFile, rules: Rules) -> tuple[Signal, ...]:
    """Give the signal of each day on which a passive motion of the joint was measured, in order of days."""
    errors = rules.engine.errors
    days: dict[int, list[tuple[_Own, Visit]]] = {}
    motions: dict[tuple[Motion, str | None], _Own] = {}
    for course in file.passive:
        numbers = rules.motions[(course.place.joint, course.motion)]
        for point in course.points:
            key = (course.motion, point.visit.position)
            if key not in motions:
                motions[key] = _own(numbers, errors)
            days.setdefault(point.visit.day.toordinal(), []).append((motions[key], point.visit))
    joint = _Joint(errors, motions, {})
    return tuple(joint.seen(day, days[day]) for day in sorted(days))


def _own(numbers: MotionNumbers, errors: ErrorNumbers) -> _Own:
    norm = numbers.norm or 0.0
    scale = max(norm, errors.least_norm)
    return _Own(norm, scale, (numbers.same_rater / errors.change_per_sem / scale) ** 2, numbers.different_rater)
