"""Walking along a motion's visits: the best sustained value before each, the fall below it, and the winning back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from horehab.domain.series import Means, Visit

_CONFIRMED = 2
_OF_THREE = 3


@dataclass(slots=True)  # not frozen, made by position: one is made for every visit, and either takes as long again
class CoursePoint:
    """One visit of a course, seen against what had been reached and held before it.

    `reference` is the best sustained value before this visit in degrees (None at the first visit), resting on
    those `reference_visits`; `loss` is reference minus value; `threshold` the change beyond measurement error
    that applies here (MDC95), `is_same_rater` whether rater and device were named and, with the position, the same
    throughout: what is not known to be the same has the error of different hands (decision 018).
    `fall` counts how often the motion has been won back so far: a new fall after that is a new one.
    """

    visit: Visit
    reference: float | None
    reference_visits: Sequence[Visit]
    is_same_rater: bool
    threshold: float
    fall: int

    @property
    def day(self) -> date:
        """The ward's day of the visit."""
        return self.visit.day

    @property
    def degrees(self) -> float:
        """The value of the visit, in degrees."""
        return self.visit.degrees

    @property
    def loss(self) -> float:
        """Degrees lost against the best sustained value before; 0 at the first visit, negative for a gain."""
        return 0.0 if self.reference is None else self.reference - self.visit.degrees

    @property
    def is_beyond_error(self) -> bool:
        """Whether the loss is larger than measurement error can explain."""
        return self.loss > self.threshold


@dataclass(slots=True, kw_only=True)
class Walk:
    """The memory of a walk along one series. `same` and `different` are the MDC95 of the motion, in degrees.

    `rise` is how far a motion must come up from the bottom of a fall, twice in a row, to count as won back:
    from then on a new fall is measured against what was reached since (clinical.md R29). `span` is how many
    visits make a value sustained.
    """

    same: float
    different: float
    rise: float
    span: int
    since: list[Visit] = field(default_factory=list)
    best: float = 0.0
    best_visits: Sequence[Visit] = ()
    best_means: Means | None = None
    low: float | None = None
    beyond: int = 0
    within: int = 0
    risen: int = 0
    falls: int = 0

    def step(self, visit: Visit) -> CoursePoint:
        """Take the next visit and see it against what was reached and held before."""
        point = self._seen(visit)
        is_beyond = bool(self.since) and self.best - visit.degrees > point.threshold
        if is_beyond or self.low is not None:
            self._follow_fall(visit.degrees, is_beyond=is_beyond)
            if self.low is not None and self.risen >= _CONFIRMED:
                self._won_back()
                point = self._seen(visit)
                is_beyond = point.is_beyond_error
        else:
            self.beyond, self.within = 0, self.within + 1
        self.since.append(visit)
        self._follow_best(is_calm=not is_beyond)
        return point

    def _seen(self, visit: Visit) -> CoursePoint:
        means, best_visits = visit.means, self.best_visits
        is_same = means is not None and means == self.best_means if best_visits else is_known(means)
        return CoursePoint(
            visit,
            self.best if self.since else None,
            best_visits,
            is_same,
            self.same if is_same else self.different,
            self.falls,
        )

    def _follow_fall(self, degrees: float, *, is_beyond: bool) -> None:
        """Remember the bottom of a fall (the lower of two visits would be noise: their mean), and the way up."""
        if is_beyond:
            self.beyond, self.within = self.beyond + 1, 0
        else:
            self.beyond, self.within = 0, self.within + 1
            if self.within >= _CONFIRMED:
                self.low = None
        if self.low is None:
            self.risen = 0
        else:
            self.risen = self.risen + 1 if degrees >= self.low + self.rise else 0
        if self.beyond >= _CONFIRMED:
            level = (degrees + self.since[-1].degrees) / 2
            self.low = level if self.low is None else min(self.low, level)

    def _follow_best(self, *, is_calm: bool) -> None:
        """Raise the best sustained value; while it rests on few visits, a fall must not pull it down with it."""
        since, best = self.since, self.best
        is_young = is_calm and len(since) <= self.span
        is_of_three = not is_young and self.span <= _OF_THREE and len(since) > 1
        if is_of_three and since[-1].degrees <= best and since[-2].degrees <= best:
            return  # where two of three decide, the last two visits alone tell that there is no new best
        recent = since[-self.span :]
        sustained = middle([v.degrees for v in recent])
        if is_young or sustained > self.best or not self.best_visits:
            self._set_best(sustained, recent)

    def _won_back(self) -> None:
        """From here on only what was reached since the bottom counts: a new fall is a new one."""
        self.since = self.since[-1:]
        self._set_best(self.since[0].degrees, tuple(self.since))
        self.low = None
        self.beyond = 0
        self.risen = 0
        self.falls += 1

    def _set_best(self, degrees: float, visits: Sequence[Visit]) -> None:
        first = visits[0].means
        self.best, self.best_visits = degrees, visits
        is_one = first is not None and first[1] is not None and all(visit.means == first for visit in visits)
        self.best_means = first if is_one else None


def is_known(means: Means | None) -> bool:
    """Say whether rater and device are both named: the published error of the same rater is of the same device."""
    return means is not None and means[1] is not None


def middle(values: list[float]) -> float:
    """Take the median of some numbers, one at least."""
    ordered, half = sorted(values), len(values) // 2
    return ordered[half] if len(values) % 2 else (ordered[half - 1] + ordered[half]) / 2
