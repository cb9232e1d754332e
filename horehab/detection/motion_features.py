"""What the motion of a joint says after a day: what was lost against the best, how fast, and by whose hand."""

import numpy as np

from horehab.detection.evidence import Doubles, Evidence, Ints, keys_of

_MONTH = 30
_WEEK = 7
_SLOPE_DAYS = 35
_STEEP_DAYS = 84
_PACE_DAYS = (7, 35)
_PACE_ERROR = 0.03
_EXACT = 10**9
_FAR = 20_000
_CLEAR_DROP = 0.05


def at_visits(evidence: Evidence) -> dict[str, Doubles]:
    """Take what the last visit says by itself and with the one before."""
    seen, row = evidence.seen, evidence.row_visit
    number = np.arange(len(evidence.visits)) - _first_of(evidence.visit_joint)[evidence.visit_joint]
    has_two = number > 0
    value, best, most = seen["value"], seen["best"], seen["most_lost"]
    drop = best - value
    better, smaller = np.maximum(value[1:], value[:-1]), np.minimum(most[1:], most[:-1])
    by_visit = {
        "drop": drop,
        "drop2": np.where(has_two, best - np.append(value[:1], better), 0.0),
        "dropmax": drop / seen["error"],
        "rebound": seen["rise"],
        "limit": 1 - value,
        "maxmdc": most,
        "mdc2": np.where(has_two, np.append(most[:1], smaller), 0.0),
        "nfrac": seen["share_lost"],
        "diffrater": seen["is_other_hand"],
        "visits": number + 1.0,
    }
    found = {name: each[row] for name, each in by_visit.items()}
    since = (evidence.row_day - seen["best_day"][row]) / _MONTH
    found["sincebest"] = np.where(found["drop"] > _CLEAR_DROP, since, 0.0)
    return found


def _first_of(joints: Ints) -> Ints:
    """Say by number of the joint where its events begin."""
    return np.searchsorted(joints, np.arange(int(joints.max(initial=-1)) + 1))


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
    days = np.clip(evidence.visit_day - evidence.zero, -_FAR, _FAR)
    values = np.rint(evidence.seen["value"] * _EXACT).astype(np.int64)
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
    keys = keys_of(evidence.visit_joint, evidence.visit_day)
    first = np.searchsorted(keys, keys - _PACE_DAYS[1]).tolist()
    end = np.searchsorted(keys, keys - _PACE_DAYS[0], side="right").tolist()
    begins = np.searchsorted(keys, keys_of(evidence.row_joint, evidence.row_day - _STEEP_DAYS)).tolist()
    days, values = evidence.visit_day.tolist(), evidence.seen["value"].tolist()
    paces, found, done = [0.0] * len(days), [], 0
    for begin, last in zip(begins, evidence.row_visit.tolist(), strict=True):
        for new in range(done, last + 1):
            day, least = days[new], values[new] + _PACE_ERROR
            for old in range(first[new], end[new]):
                pace = _WEEK * (values[old] - least) / (day - days[old])
                paces[old] = max(paces[old], pace)
        done = max(done, last + 1)
        found.append(max(paces[begin : last + 1], default=0.0))
    return np.array(found)
