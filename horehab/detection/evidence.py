"""All that was measured and rated in a patient's joints, laid side by side so that all are weighed in one go."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from horehab.detection.signal import Signal

Ints = NDArray[np.int64]
Doubles = NDArray[np.float64]
Bools = NDArray[np.bool_]

_KEY = 10_000_000


COLUMNS = ("value", "error", "best", "best_day", "most_lost", "share_lost", "fall", "rise", "is_other_hand")
"""The fields of a signal that are weighed; `fall` is not a number (nan) where there is none."""
_columns = attrgetter(*COLUMNS)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evidence:
    """What is known of all joints of a patient, joint after joint: visits, pain ratings, and the days to judge.

    Days are ordinals; `zero` is the one of admission. `visits` holds the signals with `visit_joint`, `seen` each of
    their fields `COLUMNS` as an array, `pains` the ratings on `pain_day` with `pain_joint`. For each row, the number
    of its joint, its day, and the numbers of the last visit and the last rating of that joint up to it (-1 for none).
    """

    zero: int
    visits: Sequence[Signal]
    seen: Mapping[str, Doubles]
    visit_joint: Ints
    visit_day: Ints
    pain_joint: Ints
    pain_day: Ints
    pains: Doubles
    row_joint: Ints
    row_day: Ints
    row_visit: Ints
    row_pain: Ints


def evidence_of(
    *,
    zero: int,
    signals: Sequence[Sequence[Signal]],
    pains: Sequence[Sequence[tuple[int, float]]],
    lab_days: Sequence[int],
    fresh_days: int,
) -> Evidence:
    """Lay the joints' signals and ratings (day, score) side by side, with a row for each day of each joint.

    A raised laboratory value has its own row up to `fresh_days` after a reading.
    """
    listed = [signal for seen in signals for signal in seen]
    visit_joint, visit_day = _numbers(signals), np.array([signal.day for signal in listed], dtype=np.int64)
    pain_joint = _numbers(pains)
    pain_day = np.array([day for rated in pains for day, _ in rated], dtype=np.int64)
    days = [
        _days([s.day for s in seen], rated, lab_days, fresh_days) for seen, rated in zip(signals, pains, strict=True)
    ]
    row_joint = _numbers(days)
    row_day = np.array([day for each in days for day in each], dtype=np.int64)
    return Evidence(
        zero=zero,
        visits=listed,
        seen=_seen(listed),
        visit_joint=visit_joint,
        visit_day=visit_day,
        pain_joint=pain_joint,
        pain_day=pain_day,
        pains=np.array([score for rated in pains for _, score in rated], dtype=np.float64),
        row_joint=row_joint,
        row_day=row_day,
        row_visit=last_before(keys_of(visit_joint, visit_day), row_joint, row_day),
        row_pain=last_before(keys_of(pain_joint, pain_day), row_joint, row_day),
    )


def _seen(signals: Sequence[Signal]) -> dict[str, Doubles]:
    """Lay the fields of signals out as arrays."""
    flat = [number for signal in signals for number in _columns(signal)]
    return dict(zip(COLUMNS, np.array(flat, dtype=np.float64).reshape(-1, len(COLUMNS)).T, strict=True))


def last_of_each(evidence: Evidence) -> Evidence:
    """Keep of the rows of each joint the last one alone."""
    joints = evidence.row_joint
    kept = np.flatnonzero(np.append(joints[1:] != joints[:-1], np.ones(min(len(joints), 1), dtype=np.bool_)))
    return replace(
        evidence,
        row_joint=joints[kept],
        row_day=evidence.row_day[kept],
        row_visit=evidence.row_visit[kept],
        row_pain=evidence.row_pain[kept],
    )


def _numbers(joints: Sequence[Sequence[object]]) -> Ints:
    return np.repeat(np.arange(len(joints)), [len(each) for each in joints])


def _days(seen: Sequence[int], rated: Sequence[tuple[int, float]], labs: Sequence[int], fresh_days: int) -> list[int]:
    days = {*seen, *(day for day, _ in rated)}
    for day in labs:
        last = bisect_right(seen, day)
        if last and day - seen[last - 1] <= fresh_days:
            days.add(day)
    return sorted(days)


def keys_of(joints: Ints, days: Ints) -> Ints:
    """Number joint and day together, so that events can be found in the order of joints and days."""
    return joints * _KEY + days


def last_before(keys: Ints, joints: Ints, days: Ints) -> Ints:
    """Find the last event of a joint up to a day among events of these keys; -1 for none."""
    first, end = np.searchsorted(keys, joints * _KEY), np.searchsorted(keys, keys_of(joints, days), side="right")
    return np.where(end > first, end - 1, -1)
