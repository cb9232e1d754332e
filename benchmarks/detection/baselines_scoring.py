"""Scoring all joints of a record by the baselines, as known on each day, and alarms where scores cross thresholds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

import numpy as np
import numpy.typing as npt

from benchmarks.detection.baselines import Score
from benchmarks.detection.emit import number_of
from benchmarks.detection.judge import Raised
from horehab.domain.joints import WATCHED_PLACES, JointSide, Motion
from horehab.domain.range_of_motion import Mode, Reading
from horehab.domain.record import PatientRecord
from horehab.domain.thresholds import MotionNumbers, Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """The scores of one patient, sorted by place, then day: the worst motion of a joint as known on each day.

    `places` are indices into WATCHED_PLACES, `days` day numbers.
    """

    places: npt.NDArray[np.int16]
    days: npt.NDArray[np.int32]
    scores: npt.NDArray[np.float64]


def scored(record: PatientRecord, rules: Rules, score: Score) -> Scored:
    """Score the passive motions of each watched joint on every day on which one of them became known."""
    series: dict[tuple[JointSide, Motion], list[Reading]] = {}
    for reading in record.readings:
        if reading.mode is Mode.PASSIVE and reading.bound is None:
            series.setdefault((reading.place, reading.motion), []).append(reading)
    rows: list[tuple[int, int, float]] = []
    for index, place in enumerate(WATCHED_PLACES):
        told = [
            (day, motion.value, value)
            for (where, motion), readings in series.items()
            if where == place
            for day, value in _told(readings, rules.motions[place.joint, motion], score)
        ]
        rows += ((index, day, value) for day, value in _worst(told))
    return Scored(
        places=np.array([row[0] for row in rows], dtype=np.int16),
        days=np.array([row[1] for row in rows], dtype=np.int32),
        scores=np.array([row[2] for row in rows], dtype=np.float64),
    )


def alarms(found: Scored, threshold: float) -> list[Raised]:
    """List the days and places at which a joint's score reaches the threshold after having been below it."""
    above = found.scores >= threshold
    before = np.zeros(len(above), dtype=np.bool_)
    before[1:] = above[:-1] & (found.places[1:] == found.places[:-1])
    return [(int(found.days[n]), WATCHED_PLACES[found.places[n]]) for n in np.flatnonzero(above & ~before)]


def _told(readings: Sequence[Reading], numbers: MotionNumbers, score: Score) -> Iterable[tuple[int, float]]:
    """Give the score of the last visit on each day on which a reading became known."""
    known = sorted({number_of(each.known_on) for each in readings})
    if _in_order(readings):
        days, degrees = _visits(readings)
        at = np.searchsorted(days, [_newest(readings, day) for day in known])
        return zip(known, score(days, degrees, numbers)[at].tolist(), strict=True)
    told = []
    for day in known:
        days, degrees = _visits([each for each in readings if number_of(each.known_on) <= day])
        told.append((day, float(score(days, degrees, numbers)[-1])))
    return told


def _in_order(readings: Sequence[Reading]) -> bool:
    """Say whether every visit was known before the next one was, and as a whole."""
    pairs = {(number_of(each.when.day), number_of(each.known_on)) for each in readings}
    ordered = sorted(pairs)
    return len({day for day, _ in pairs}) == len(pairs) and all(
        before[1] <= after[1] for before, after in pairwise(ordered)
    )


def _newest(readings: Sequence[Reading], known: int) -> int:
    return max(number_of(each.when.day) for each in readings if number_of(each.known_on) <= known)


def _visits(readings: Sequence[Reading]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Take the median of each day's readings."""
    days: dict[int, list[float]] = {}
    for each in readings:
        days.setdefault(number_of(each.when.day), []).append(each.degrees)
    order = sorted(days)
    return np.array(order, dtype=np.int64), np.array([median(days[day]) for day in order], dtype=np.float64)


def _worst(told: Iterable[tuple[int, str, float]]) -> Iterable[tuple[int, float]]:
    """Follow the motions of a joint from day to day and give the highest of their latest scores."""
    latest: dict[str, float] = {}
    by_day: dict[int, float] = {}
    for day, motion, value in sorted(told):
        latest[motion] = value
        by_day[day] = max(latest.values())
    return by_day.items()
