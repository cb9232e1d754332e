"""Readings sorted into series and visits: repeats dropped, bounds and slips of the unit set aside, a value a day."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from math import isfinite
from statistics import median

from horehab.domain.joints import MOTIONS, JointSide, Motion
from horehab.domain.range_of_motion import Mode, Reading

Means = tuple[str | None, str | None, str | None]
"""By whom, with what and in which position a value was taken: rater, device, position."""

SeriesKey = tuple[JointSide, Motion, Mode]

_TENS = 20


@dataclass(slots=True)  # not frozen, made by position: one is made for every day, and either takes as long again
class Visit:
    """What one motion measured on one ward day: the median of that day's readings, in degrees.

    `means` says how it was taken; a day with two raters, or without any named, has None there and counts as
    taken by different hands. `position` is the one position in which they were taken, None where it was not said.
    `is_assumed` when the time zone of each of its readings had to be assumed.
    """

    day: date
    degrees: float
    sources: tuple[str, ...]
    means: Means | None
    is_assumed: bool
    position: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """The readings of one motion in one mode: visits by day, and what was kept apart from them."""

    visits: tuple[Visit, ...]
    bounds: tuple[Reading, ...]
    set_aside: tuple[Reading, ...]


def series_of(readings: Iterable[Reading]) -> dict[SeriesKey, list[Reading]]:
    """Sort readings by place, motion and mode, in the order of the joint's forms; each mode is its own series."""
    found: dict[tuple[int, int, int, int], list[Reading]] = {}
    for reading in readings:
        # By identity: there is one of each joint and motion, and to hash one takes as long as all of this.
        key = (id(reading.joint), id(reading.side), id(reading.motion), id(reading.mode))
        if key in found:
            found[key].append(reading)
        else:
            found[key] = [reading]
    keyed = (((each[0].place, each[0].motion, each[0].mode), each) for each in found.values())
    return dict(sorted(keyed, key=lambda item: _rank(item[0])))


def _rank(key: SeriesKey) -> tuple[str, str, int, str, str]:
    place, motion, mode = key
    motions = MOTIONS[place.joint]
    rank = motions.index(motion) if motion in motions else len(motions)
    return place.joint.value, place.side.value, rank, motion.value, mode.value


def read_series(readings: Iterable[Reading], suspect_radians: float) -> Series:
    """Sum up one series by day, the same whatever the order and however often a reading is repeated.

    A broken number of at most `suspect_radians` in a series of tens of degrees is set aside: it looks like
    radians written as degrees. Values that are no numbers are set aside too, and so is what was measured in
    another position on a day on which the usual one was measured: a visit has one position.
    """
    listed = list(readings)
    if listed and _is_plain(listed, suspect_radians):
        return Series(visits=tuple([_single(reading) for reading in listed]), bounds=(), set_aside=())
    distinct = _distinct(listed)
    values = [r for r in distinct if r.bound is None and isfinite(r.degrees)]
    good = _in_one_position(_without_slips(values, suspect_radians))
    if len(good) == len(distinct):
        return Series(visits=_visits(good), bounds=(), set_aside=())
    kept = {r.source for r in good}
    set_aside = tuple(r for r in distinct if r.bound is None and r.source not in kept)
    bounds = tuple(r for r in distinct if r.bound is not None)
    return Series(visits=_visits(good), bounds=bounds, set_aside=set_aside)


def _is_plain(listed: Sequence[Reading], suspect_radians: float) -> bool:
    """Say whether each reading is of a day of its own, in order, in one position, and surely in degrees."""
    instant, day, position = datetime.min.replace(tzinfo=UTC), date.min, listed[0].position
    for reading in listed:
        when, degrees = reading.when, reading.degrees
        if not (instant < when.earliest and day < when.day and reading.position == position):
            return False
        if reading.bound is not None or not isfinite(degrees):
            return False
        if abs(degrees) <= suspect_radians and degrees != round(degrees):
            return False
        instant, day = when.earliest, when.day
    return True


def _distinct(listed: list[Reading]) -> list[Reading]:
    """Keep one of each exact repeat: the same instant, value and means under another reference says nothing new."""
    found: dict[object, Reading] = {}
    for reading in listed:
        key = (reading.when.earliest, reading.degrees, reading.bound, _means(reading))
        if key not in found or reading.source < found[key].source:
            found[key] = reading
    return sorted(found.values(), key=lambda r: (r.when.day, r.when.earliest, r.source))


def _without_slips(readings: list[Reading], suspect_radians: float) -> list[Reading]:
    """Leave out broken numbers as small as radians where the middle of the series is tens of degrees."""
    others = [r for r in readings if abs(r.degrees) > suspect_radians or r.degrees == round(r.degrees)]
    if len(others) == len(readings) or median(abs(r.degrees) for r in readings) < _TENS:
        return readings
    return others


def _in_one_position(readings: list[Reading]) -> list[Reading]:
    """Keep of a day with several positions the one used on most days before; if equal, the first by its name."""
    if len({r.position for r in readings}) <= 1:
        return readings
    days: dict[date, list[Reading]] = {}
    for reading in readings:
        days.setdefault(reading.when.day, []).append(reading)
    used: Counter[str | None] = Counter()
    kept = []
    for day in sorted(days):
        chosen = min({r.position for r in days[day]}, key=lambda p: (-used[p], p is None, p or ""))
        used[chosen] += 1
        kept += [r for r in days[day] if r.position == chosen]
    return kept


def _means(reading: Reading) -> Means:
    return reading.rater, reading.device, reading.position


def _visits(readings: Sequence[Reading]) -> tuple[Visit, ...]:
    days: dict[date, list[Reading]] = {}
    for reading in readings:
        days.setdefault(reading.when.day, []).append(reading)
    return tuple([_visit(day, days[day]) for day in sorted(days)])


def _visit(day: date, readings: Sequence[Reading]) -> Visit:
    if len(readings) == 1:
        return _single(readings[0])
    means = {_means(r) for r in readings}
    only = next(iter(means)) if len(means) == 1 else None
    return Visit(
        day=day,
        degrees=median([r.degrees for r in readings]),
        sources=tuple(sorted([r.source for r in readings])),
        means=only if only is not None and only[0] is not None else None,
        is_assumed=all(r.when.is_zone_assumed for r in readings),
        position=readings[0].position,
    )


def _single(reading: Reading) -> Visit:
    when, rater, position = reading.when, reading.rater, reading.position
    means = (rater, reading.device, position) if rater is not None else None
    return Visit(when.day, reading.degrees, (reading.source,), means, when.is_zone_assumed, position)
