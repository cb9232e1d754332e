"""What the motion of a joint says after a day: what was lost against the best, how fast, and by whose hand."""

from collections.abc import Sequence

import numpy as np

from horehab.detection.evidence import Doubles, Evidence, Ints, keys_of
from horehab.detection.signal import Signal

_MONTH = 30
_WEEK = 7
_SLOPE_DAYS = 35
_STEEP_DAYS = 84
_PACE_DAYS = (7, 35)
_PACE_ERROR = 0.03
_EXACT = 10**9


def at_visits(evidence: Evidence) -> dict[str, Doubles]:
    """Take what the last visit says by itself and with the one before."""
    visits, row = evidence.visits, evidence.row_visit
    number = np.arange(len(visits)) - _first_of(evidence.visit_joint)[evidence.visit_joint]
    has_two = number > 0
    value, best, error = column(visits, "value"), column(visits, "best"), column(visits, "error")
    most = column(visits, "most_lost")
    before = np.where(has_two, np.roll(value, 1), value)
    drop = best - value
    by_visit = {
        "drop": drop,
        "drop2": np.where(has_two, best - np.maximum(value, before), 0.0),
        "dropmax": drop / error,
        "rebound": (value + before) / 2 - _lowest(value, before, number),
        "limit": 1 - value,
        "maxmdc": most,
        "mdc2": np.where(has_two, np.minimum(most, np.roll(most, 1)), 0.0),
        "nfrac": column(visits, "share_lost"),
        "diffrater": column(visits, "is_other_hand"),
        "visits": number + 1.0,
    }
    found = {name: column[row] for name, column in by_visit.items()}
    since = (evidence.row_day - column(visits, "best_day")[row]) / _MONTH
    found["sincebest"] = np.where(found["drop"] > 0.05, since, 0.0)  # noqa: PLR2004  # below it is measuring error
    return found


def column(visits: Sequence[Signal], name: str) -> Doubles:
    """Collect one field of all visits."""
    return np.array([getattr(visit, name) for visit in visits], dtype=np.float64)


def _first_of(joints: Ints) -> Ints:
    """Say by number of the joint where its events begin."""
    return np.searchsorted(joints, np.arange(int(joints.max(initial=-1)) + 1))


def _lowest(value: Doubles, before: Doubles, number: Ints) -> Doubles:
    """Find the lowest middle of two visits in a row so far; the value itself at a first visit."""
    lowest, found = 0.0, []
    for nth, middle, single in zip(number.tolist(), ((value + before) / 2).tolist(), value.tolist(), strict=True):
        lowest = middle if nth <= 1 else min(lowest, middle)
        found.append(single if nth == 0 else lowest)
    return np.array(found)


def over_weeks(evidence: Evidence) -> dict[str, Doubles]:
    """Take how fast motion was lost over the last weeks, and since when the joint is measured."""
    joints, days = evidence.visit_joint, evidence.visit_day
    row, day = evidence.row_visit, evidence.row_day
    first = _first_of(joints)[joints]
    before = np.maximum(np.arange(len(days)) - 1, first)
    begins = np.searchsorted(keys_of(joints, days), keys_of(evidence.row_joint, day - _SLOPE_DAYS))
    return {
        "slope": _slopes(evidence, begins),
        "steep": _steepest(evidence),
        "t": (day - evidence.zero) / _MONTH,
        "span": (day - days[first[row]]) / _MONTH,
        "gap": (day - days[before[row]]) / _MONTH,
    }


def _slopes(evidence: Evidence, begins: Ints) -> Doubles:
    """Fit a line through the visits from `begins` to each row's last one: loss per week, 0 with fewer than two.

    The sums are of whole numbers, and so the same however many visits follow.
    """
    days = evidence.visit_day - evidence.zero
    values = np.rint(column(evidence.visits, "value") * _EXACT).astype(np.int64)
    ends = evidence.row_visit + 1
    count = np.maximum(ends - begins, 1)

    def total(terms: Ints) -> Ints:
        sums: Ints = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(terms)])
        between: Ints = sums[ends] - sums[np.minimum(begins, ends)]
        return between

    sum_day, sum_value = total(days), total(values)
    together = count * total(days * values) - sum_day * sum_value
    apart = np.maximum(count * total(days * days) - sum_day * sum_day, 50 * count)
    slope = -_WEEK * (together / _EXACT) / apart
    return np.where(ends - begins > 1, slope, 0.0)


def _steepest(evidence: Evidence) -> Doubles:
    """Find the steepest loss per week between two visits one to five weeks apart, both within the last weeks."""
    days, joints = evidence.visit_day.tolist(), evidence.visit_joint.tolist()
    values = [visit.value for visit in evidence.visits]
    least, most = _PACE_DAYS
    paces: list[float] = [0.0] * len(days)
    found, done = [], -1
    for last, day in zip(evidence.row_visit.tolist(), evidence.row_day.tolist(), strict=True):
        for new in range(done + 1, last + 1):
            old = new - 1
            while old >= 0 and joints[old] == joints[new] and days[new] - days[old] <= most:
                apart = days[new] - days[old]
                if apart >= least:
                    paces[old] = max(paces[old], _WEEK * (values[old] - values[new] - _PACE_ERROR) / apart)
                old -= 1
        done = max(done, last)
        found.append(_largest(paces, days, joints, last=last, since=day - _STEEP_DAYS))
    return np.array(found)


def _largest(paces: list[float], days: list[int], joints: list[int], *, last: int, since: int) -> float:
    largest, place = 0.0, last
    while place >= 0 and joints[place] == joints[last] and days[place] >= since:
        largest = max(largest, paces[place])
        place -= 1
    return largest
