"""Pain at one joint: whether it is new or has risen. A rating that was not taken is unknown, never none."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from math import isfinite

from horehab.domain.signs import PainRating
from horehab.domain.thresholds import PainNumbers
from horehab.domain.walk import middle


@dataclass(frozen=True, slots=True, kw_only=True)
class PainChange:
    """How much it hurts now (0-10) against before; `before` is None when nobody had asked before."""

    now: float
    before: float | None
    day: date
    references: tuple[str, ...]
    is_new: bool
    is_risen: bool

    @property
    def counts(self) -> bool:
        """Whether this pain speaks for something new in the joint."""
        return self.is_new or self.is_risen


@dataclass(frozen=True, slots=True, kw_only=True)
class PainCourse:
    """The worst rating of each day at one joint, in order of days."""

    days: tuple[date, ...]
    worst: tuple[float, ...]
    references: tuple[str, ...]

    def at(self, day: date, numbers: PainNumbers) -> PainChange | None:
        """Compare the latest rating with those before; None when none was taken within the last days."""
        last = bisect_right(self.days, day) - 1
        if last < 0 or (day - self.days[last]).days > numbers.recent_days:
            return None
        now, earlier = self.worst[last], self._earlier(last, numbers)
        before = middle([self.worst[i] for i in earlier]) if earlier else None
        is_new = now >= numbers.level and self._is_first_rated(last, numbers)
        is_risen = before is not None and now >= numbers.level and self._has_risen(last, before, numbers)
        return PainChange(
            now=now,
            before=before,
            day=self.days[last],
            references=tuple([self.references[i] for i in (*earlier, last)]),
            is_new=is_new,
            is_risen=is_risen,
        )

    def _is_first_rated(self, last: int, numbers: PainNumbers) -> bool:
        """Say whether nobody had asked before these last days, and it hurt from the first rating on."""
        recent = (self.days[last] - self.days[0]).days <= numbers.recent_days
        return recent and min(self.worst[: last + 1]) >= numbers.level

    def _has_risen(self, last: int, before: float, numbers: PainNumbers) -> bool:
        """Take a clear rise at once, or a smaller one that two ratings in a row agree on."""
        if self.worst[last] - before >= numbers.rise_at_once:
            return True
        return last > 1 and min(self.worst[last - 1 : last + 1]) - before >= numbers.rise

    def _earlier(self, last: int, numbers: PainNumbers) -> range:
        """Choose the ratings that tell the usual level: three of long ago, or the first of all."""
        # From the first rating's day on, so that a year that cannot be is not counted back out of the calendar.
        since_first = (self.days[last] - self.days[0]).days - numbers.baseline_days
        until = self.days[0] + timedelta(days=since_first) if since_first >= 0 else None
        long_ago = bisect_right(self.days, until) if until is not None else 0
        return range(max(0, long_ago - 3), long_ago) if long_ago else range(min(1, last))


def pain_course(ratings: Iterable[PainRating]) -> PainCourse:
    """Sum up the ratings of one joint by day, the same in any order and however often one is repeated.

    What is no number is left out.
    """
    by_day: dict[date, tuple[float, str]] = {}
    for rating in ratings:
        if isfinite(rating.score):
            day, told = rating.when.day, (-rating.score, rating.source)
            by_day[day] = min(by_day.get(day, told), told)
    days = tuple(sorted(by_day))
    return PainCourse(
        days=days,
        worst=tuple([-by_day[day][0] for day in days]),
        references=tuple([by_day[day][1] for day in days]),
    )
