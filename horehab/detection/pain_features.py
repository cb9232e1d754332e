"""What the pain of a joint says after a day; a rating that was not taken is unknown, never none."""

import numpy as np

from horehab.detection.evidence import Doubles, Evidence, Ints, keys_of
from horehab.domain.walk import middle

_MONTH = 30
_RECENT_DAYS = 14
_LONG_AGO = 35
_HURTS = 4.0


def of_pain(evidence: Evidence) -> dict[str, Doubles]:
    """Take what hurts and since when; a rating that was not taken is unknown, and said to be missing."""
    last, day = evidence.row_pain, evidence.row_day
    first = np.searchsorted(evidence.pain_joint, evidence.row_joint)
    keys = keys_of(evidence.pain_joint, evidence.pain_day)
    recent = last + 1 - np.searchsorted(keys, keys_of(evidence.row_joint, day - _RECENT_DAYS))
    old = np.searchsorted(keys, keys_of(evidence.row_joint, day - _LONG_AGO))
    scores = np.append(evidence.pains, 0.0)
    now = np.where((last >= 0) & (recent > 0), scores[last], 0.0)
    has_two = (last >= 0) & (recent > 1)
    before = np.where(has_two, scores[np.maximum(last - 1, 0)], now)
    usual, since = _usual_pain(evidence), np.append(_hurts_since(evidence), 0)
    base = np.where(old > first, usual[old - 1], scores[first])
    has_base = (old > first) | ((last >= 0) & (last > first))
    is_recent = (last >= 0) & (recent > 0)
    return {
        "pain": now,
        "painmiss": np.where(is_recent, 0.0, 1.0),
        "painrise": np.where(is_recent & has_base, (now + before) / 2 - base, 0.0),
        "painhold": np.where(has_two, np.minimum(now, before), 0.6 * now),
        "painage": np.where((last >= 0) & (scores[last] >= _HURTS), (day - since[last]) / _MONTH, 0.0),
    }


def _usual_pain(evidence: Evidence) -> Doubles:
    """Give after each rating the median of the last four of that joint."""
    scores, first = evidence.pains.tolist(), np.searchsorted(evidence.pain_joint, evidence.pain_joint).tolist()
    usual = [middle(scores[max(first[place], place - 3) : place + 1]) for place in range(len(scores))]
    return np.array([*usual, 0.0])


def _hurts_since(evidence: Evidence) -> Ints:
    """Give after each rating the day from which on each one said that it hurts."""
    since, joint, found = 0, -1, []
    rows = zip(evidence.pain_joint.tolist(), evidence.pain_day.tolist(), evidence.pains.tolist(), strict=True)
    hurt = False
    for place, day, score in rows:
        is_on = hurt and place == joint
        hurt, joint = score >= _HURTS, place
        since = since if is_on else day
        found.append(since)
    return np.array(found, dtype=np.int64)
