"""Planned sessions: what an order or care plan of the EHR asks for, and on which days or in which spans of days."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from horehab.domain.moment import Moment
from horehab.domain.session import SessionKind

_DECEMBER = 12
_WEEK = timedelta(days=7)
_DAY = timedelta(days=1)


class Span(Enum):
    """What a rhythm counts in; `WHOLE` is all the time from the plan's first day to its last."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """So many sessions (`times`) in each span of `every` days, weeks or months, counted from the plan's first day.

    With `weekdays` (Monday is 0) it is so many on each of these days. `total` is how many there are in all.
    """

    times: int = 1
    every: int = 1
    unit: Span = Span.DAY
    weekdays: tuple[int, ...] = ()
    total: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """An active order of sessions, or one activity of a care plan.

    `when` is when it begins, or was written. It asks for one session on each of `days`, or by `rhythm` from `first`
    to `last` (None: without an end); where it has no times that can be read exactly, `why_open` says so and it asks
    for nothing. `text` is what it is for, in the chart's words.
    """

    source: str
    kind: SessionKind
    when: Moment
    known_on: date
    text: str | None = None
    days: tuple[date, ...] = ()
    rhythm: Rhythm | None = None
    first: date | None = None
    last: date | None = None
    why_open: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class PlannedSpan:
    """From which day to which so many sessions are planned; one day where both are the same."""

    first: date
    last: date
    times: int


def planned_spans(plans: Iterable[Plan], *, since: date, until: date) -> tuple[PlannedSpan, ...]:
    """List what is planned in spans that end within some days, in order; each span once.

    Where several orders ask for sessions of one kind in the same span, the one that asks for most counts: an order
    and its copy in a care plan are one. Orders of other kinds add up. Nothing before an order was known is asked for.
    """
    wanted: dict[tuple[date, date], dict[SessionKind, int]] = {}
    for plan in plans:
        for span in _spans(plan, since, until):
            if span.last < since or span.last > until or not _was_known(plan, span):
                continue
            kinds = wanted.setdefault((span.first, span.last), {})
            kinds[plan.kind] = max(kinds.get(plan.kind, 0), span.times)
    return tuple(PlannedSpan(first=f, last=t, times=sum(kinds.values())) for (f, t), kinds in sorted(wanted.items()))


def _was_known(plan: Plan, span: PlannedSpan) -> bool:
    is_whole = plan.rhythm is not None and plan.rhythm.unit is Span.WHOLE
    return plan.known_on <= (span.last if is_whole else span.first)


def _spans(plan: Plan, since: date, until: date) -> Iterator[PlannedSpan]:
    for day in sorted(set(plan.days)):
        yield PlannedSpan(first=day, last=day, times=plan.days.count(day))
    rhythm, first = plan.rhythm, plan.first
    if rhythm is None or first is None or first > until:
        return
    if rhythm.unit is Span.WHOLE:
        if plan.last is not None:
            yield PlannedSpan(first=first, last=plan.last, times=rhythm.times)
        return
    until = min(until, plan.last) if plan.last else until
    spans = _on_weekdays(rhythm, first, since, until) if rhythm.weekdays else _in_turn(rhythm, first, since, until)
    yield from spans


def _on_weekdays(rhythm: Rhythm, first: date, since: date, until: date) -> Iterator[PlannedSpan]:
    left = rhythm.total
    day = first if left is not None else max(first, since)
    while day <= until and (left is None or left > 0):
        if day.weekday() in rhythm.weekdays:
            times = rhythm.times if left is None else min(rhythm.times, left)
            left = None if left is None else left - times
            yield PlannedSpan(first=day, last=day, times=times)
        day += _DAY


def _in_turn(rhythm: Rhythm, first: date, since: date, until: date) -> Iterator[PlannedSpan]:
    """Give span after span; the last one only if it is over by the plan's end, since it is not known otherwise."""
    number = _number_before(rhythm, first, since)
    while True:
        start, after = _start_of(rhythm, first, number), _start_of(rhythm, first, number + 1)
        left = None if rhythm.total is None else rhythm.total - number * rhythm.times
        if after > until + _DAY or (left is not None and left <= 0):
            return
        yield PlannedSpan(first=start, last=after - _DAY, times=min(rhythm.times, left or rhythm.times))
        number += 1


def _number_before(rhythm: Rhythm, first: date, since: date) -> int:
    """Say which span to begin with: one that is over before the days asked about, or the very first."""
    if since <= first:
        return 0
    if rhythm.unit is Span.MONTH:
        months = (since.year - first.year) * _DECEMBER + since.month - first.month
        return max(months // rhythm.every - 1, 0)
    return max((since - first) // (_length(rhythm.unit) * rhythm.every) - 1, 0)


def _start_of(rhythm: Rhythm, first: date, number: int) -> date:
    return later(first, number * rhythm.every, rhythm.unit)


def later(day: date, count: int, unit: Span) -> date:
    """Go so many days, weeks or months on."""
    return _months_later(day, count) if unit is Span.MONTH else day + _length(unit) * count


def _length(unit: Span) -> timedelta:
    return _WEEK if unit is Span.WEEK else _DAY


def _months_later(day: date, months: int) -> date:
    """Go some months on, to the same day of the month, or to its last day where it is shorter."""
    years, month = divmod(day.month - 1 + months, _DECEMBER)
    after = date(day.year + years + (month + 1) // _DECEMBER, (month + 1) % _DECEMBER + 1, 1)
    return min(date(day.year + years, month + 1, 1) + timedelta(days=day.day - 1), after - _DAY)
