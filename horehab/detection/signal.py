"""One signal for a joint: all its passive motions of a visit put together, with the error they bear together."""

from dataclasses import dataclass, field
from math import inf, sqrt
from operator import mul

from horehab.detection.joint_file import JointFile
from horehab.domain.engine_numbers import ErrorNumbers
from horehab.domain.series import Visit
from horehab.domain.thresholds import MotionNumbers, Rules
from horehab.domain.walk import middle

_YOUNG = 3
_CLEAR_LOSS = 0.1
_DECIMALS = 9


@dataclass(slots=True)  # not frozen, made by position: one is made for every visit, and either takes as long again
class Signal:
    """What a joint's passive motions say together at one visit; `day` is the ordinal of the ward day.

    `value` is the motion there is, as a fraction of the normal range (1 as the norm says), `error` the standard
    deviation of its measurement. `best` is the best sustained value up to and with this visit, reached on
    `best_day`. `most_lost` is the largest loss of a single motion against its own best, in least changes beyond
    error (MDC95 of different raters), and `share_lost` the share of motions whose loss is beyond it.
    `fall` is what was lost against the best of the three visits before (None at a first visit), `rise` how far the
    middle of the last two visits stands above the lowest such middle so far.
    `is_other_hand` when not taken by the one who measures this joint most; `is_firm` unless its times were assumed.
    """

    day: int
    value: float
    error: float
    best: float
    best_day: int
    most_lost: float
    share_lost: float
    fall: float | None
    rise: float
    is_other_hand: bool
    is_firm: bool


@dataclass(slots=True)
class _Best:
    """The best sustained value of a course of numbers: the best middle of three in a row, of fewer at first.

    While it rests on few numbers, one lower than it by `clear` or more does not pull it down.
    """

    clear: float
    count: int = 0
    value: float = 0.0
    last: list[float] = field(default_factory=list)

    def follow(self, number: float) -> bool:
        """Take the next number, and say whether the best is a new one."""
        self.count += 1
        last = self.last
        if len(last) == _YOUNG:
            del last[0]
        last.append(number)
        is_young = self.count <= _YOUNG and (self.count == 1 or self.value - number < self.clear)
        if not is_young and number <= self.value and last[-2] <= self.value:
            return False
        held = middle(last)
        if is_young or held > self.value:
            self.value = held
            return True
        return False


@dataclass(slots=True)
class _Own:
    """What is known of one motion in one position: its level against its joint, and its best sustained value."""

    norm: float
    scale: float
    sem_squared: float
    best: _Best
    level: float = 0.0


_Taken = tuple[_Own, float, Visit]
"""One motion of a visit: what is known of it, its degrees within what a living joint can show, and the visit."""


@dataclass(slots=True)
class _Joint:
    """What is remembered of one joint from visit to visit."""

    errors: ErrorNumbers
    best: _Best
    raters: dict[str | None, int] = field(default_factory=dict)
    usual: str | None = None
    best_day: int = 0
    lowest: float = inf

    def seen(self, day: int, taken: list[_Taken]) -> Signal:
        """Put the motions of a visit together, each against its own level, and learn from it."""
        errors = self.errors
        value, variance = _together(taken, errors)
        is_other = self._is_other_hand(taken)
        hand = errors.other_hand_error if is_other else errors.same_hand_error
        losses = _lost(taken)
        last = self.best.last
        fall = max(last) - value if last else None
        rise = self._risen((last[-1] + value) / 2) if last else 0.0
        if self.best.follow(value):
            self.best_day = day
        return Signal(
            day,
            value,
            sqrt(variance + errors.shared_error**2 + hand**2),
            self.best.value,
            self.best_day,
            max(losses) if losses else 0.0,
            len([lost for lost in losses if lost > 1]) / len(losses) if losses else 0.0,
            fall,
            rise,
            is_other,
            any(not visit.is_assumed for _, _, visit in taken),
        )

    def _is_other_hand(self, taken: list[_Taken]) -> bool:
        """Say whether somebody else measured than who measures most; several, or nobody named, count as others."""
        found = {visit.means[0] if visit.means is not None else None for _, _, visit in taken}
        rater = found.pop() if len(found) == 1 else None
        raters, usual = self.raters, self.usual if self.raters else rater
        raters[rater] = often = raters.get(rater, 0) + 1
        most = raters[usual]
        if len(raters) == 1 or often > most or (often == most and str(rater) > str(usual)):
            self.usual = rater
        return rater is None or rater != usual

    def _risen(self, half: float) -> float:
        self.lowest = min(self.lowest, half)
        return half - self.lowest


def _lost(taken: list[_Taken]) -> list[float]:
    """Compare each motion with its best sustained value before, in least changes; then follow that."""
    losses = []
    for own, degrees, _ in taken:
        best = own.best
        if best.count:
            losses.append((best.value - degrees) / best.clear)
        best.follow(degrees)
    return losses


def _together(taken: list[_Taken], errors: ErrorNumbers) -> tuple[float, float]:
    """Weigh the motions by their errors, none far from their middle, and set each motion's own level."""
    spread, limit = errors.motion_level_sd**2, errors.motion_limit
    values = [1 - (own.norm - degrees) / own.scale - own.level for own, degrees, _ in taken]
    weights = [1 / (own.sem_squared + spread / (1 + 2 * own.best.count)) for own, _, _ in taken]
    if len(values) == 1:
        return round(values[0], _DECIMALS), 1 / weights[0]
    half = middle(values)
    low, high = half - limit, half + limit
    held = [low if value < low else min(value, high) for value in values]
    total = sum(weights)
    value = sum(map(mul, weights, held)) / total
    for (own, _, _), single, each in zip(taken, values, held, strict=True):
        if not own.best.count:
            # A motion that was far from the others when first seen is so by itself, and has not moved since.
            own.level += single - each
        own.level += (each - value) / (own.best.count + 2.0)
    return round(value, _DECIMALS), 1 / total


def signals_of(file: JointFile, rules: Rules) -> tuple[Signal, ...]:
    """Give the signal of each day on which a passive motion of the joint was measured, in order of days."""
    days: dict[int, list[_Taken]] = {}
    for course in file.passive:
        numbers = rules.motions[(course.place.joint, course.motion)]
        motions: dict[str | None, _Own] = {}
        for visit in course.visits:
            if visit.position not in motions:
                motions[visit.position] = _own(numbers, rules.engine.errors)
            taken = motions[visit.position], _possible(visit.degrees, numbers), visit
            days.setdefault(visit.day.toordinal(), []).append(taken)
    joint = _Joint(rules.engine.errors, _Best(_CLEAR_LOSS))
    return tuple([joint.seen(day, days[day]) for day in sorted(days)])


def _own(numbers: MotionNumbers, errors: ErrorNumbers) -> _Own:
    norm = numbers.norm or 0.0
    scale = max(norm, errors.least_norm)
    sem = numbers.same_rater / errors.change_per_sem / scale
    return _Own(norm, scale, sem**2, _Best(numbers.different_rater))


def _possible(degrees: float, numbers: MotionNumbers) -> float:
    """Hold a value within what a living joint can show, so that no slip of the pen weighs more than that."""
    return numbers.lowest if degrees < numbers.lowest else min(degrees, numbers.highest)
