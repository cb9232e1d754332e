"""The course of a joint's motion: what was reached and held, what was lost since, how fast, and by whose hand.

The reference is the best *sustained* value (the best median of three visits), never the first or the best single
one: recovering patients start low, and single bests flood a ward with false alarms (clinical.md, facts 5 and 7).
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import combinations
from statistics import median

from horehab.domain.joints import JointSide, Motion
from horehab.domain.range_of_motion import Mode, Reading
from horehab.domain.series import Visit, read_series, series_of
from horehab.domain.thresholds import Rules
from horehab.domain.walk import CoursePoint, Walk

_WEEK = 7
_PACE_VISITS = 12


@dataclass(frozen=True, kw_only=True)  # without slots: the points are kept from when they are first asked for
class Course:
    """The course of one motion in one mode, visit by visit; `bounds` are readings given as < or >, kept apart."""

    place: JointSide
    motion: Motion
    mode: Mode
    visits: tuple[Visit, ...]
    rules: Rules
    bounds: tuple[Reading, ...] = ()
    set_aside: tuple[Reading, ...] = ()

    @cached_property
    def points(self) -> tuple[CoursePoint, ...]:
        """Each visit, seen against what had been reached and held before it; of most joints nobody asks for them."""
        numbers, loss = self.rules.motions[(self.place.joint, self.motion)], self.rules.loss
        walk = Walk(
            same=numbers.same_rater,
            different=numbers.different_rater,
            rise=max(loss.suspect_multiplier * numbers.same_rater, numbers.different_rater),
            span=loss.sustained_visits,
        )
        return tuple([walk.step(visit) for visit in self.visits])

    @cached_property
    def days(self) -> tuple[date, ...]:
        """The ward day of each visit, in order."""
        return tuple([visit.day for visit in self.visits])

    def index_on(self, day: date) -> int | None:
        """Find the place of the last visit up to a ward day; None when there was none."""
        index = bisect_right(self.days, day) - 1
        return index if index >= 0 else None

    def until(self, day: date) -> tuple[CoursePoint, ...]:
        """Give the visits up to a ward day."""
        return self.points[: bisect_right(self.days, day)]

    @property
    def latest(self) -> CoursePoint | None:
        """The last visit, or None when there are only bounds."""
        return self.points[-1] if self.points else None

    @property
    def best_sustained(self) -> float | None:
        """The best sustained value that the last visit is measured against; its own value at a first visit."""
        if not self.points:
            return None
        last = self.points[-1]
        return last.degrees if last.reference is None else last.reference

    def pace_per_week(self, days: int) -> float | None:
        """Say how many degrees a week are won (or, below 0, lost) over the last `days`; None with one visit.

        The median of all slopes between two visits, so that one wrong reading does not decide it.
        """
        if not self.points:
            return None
        last = self.points[-1].day
        recent = [p for p in self.points if (last - p.day).days <= days][-_PACE_VISITS:]
        slopes = [_WEEK * (b.degrees - a.degrees) / (b.day - a.day).days for a, b in combinations(recent, 2)]
        return median(slopes) if slopes else None


def courses_of(readings: Iterable[Reading], rules: Rules) -> tuple[Course, ...]:
    """Follow every motion and mode of all joints, each as its own course, in the order of the forms.

    Readings of motions that a joint does not have are left out; nothing raises.
    """
    known = (
        (key, series) for key, series in series_of(readings).items() if rules.of(key[0].joint, key[1]) is not None
    )
    return tuple(course_of(series, rules) for _, series in known)


def course_of(readings: Sequence[Reading], rules: Rules) -> Course:
    """Follow one motion in one mode of one joint; all readings given are of that series, in any order.

    Raises IndexError for no readings at all.
    """
    first = readings[0]
    series = read_series(readings, rules.loss.suspect_radians)
    return Course(
        place=first.place,
        motion=first.motion,
        mode=first.mode,
        visits=series.visits,
        rules=rules,
        bounds=series.bounds,
        set_aside=series.set_aside,
    )
