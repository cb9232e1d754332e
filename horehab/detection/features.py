"""The features of a joint after a day, from which its score is made: what its motion, pain and patient say.

Every feature is limited to a range, so that no single wrong reading decides. Motion is in fractions of the normal
range, odds are natural logarithms, pain is on the 0-10 scale, times are months of 30 days where nothing is said.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from horehab.detection.evidence import Doubles, Evidence, keys_of, last_before
from horehab.detection.motion_features import at_visits, over_weeks
from horehab.detection.pain_features import of_pain
from horehab.detection.weighing import Odds
from horehab.domain.engine_numbers import FEATURES
from horehab.domain.joints import WATCHED_JOINTS, Joint, JointSide
from horehab.domain.walk import middle

_OPPOSITE_DAYS = 14

_RANGES: dict[str, tuple[float, float]] = {
    "lo": (-8, 6), "lo_m": (-8, 6), "lo_p": (-5, 5), "vs_con": (-6, 8), "vs_acute": (-6, 8), "vs_stiff": (-6, 8),
    "vs_rec": (-8, 10), "drop": (-0.3, 0.7), "drop2": (-0.3, 0.7), "dropmax": (-3, 10), "slope": (-0.1, 0.15),
    "steep": (0, 0.2), "rebound": (0, 0.4), "sincebest": (0, 6), "limit": (-0.1, 1), "maxmdc": (-1, 5),
    "mdc2": (-1, 5), "painrise": (-4, 8), "painage": (0, 3), "alp": (0, 2), "ck": (0, 2), "opp": (-4, 3),
    "asym": (-0.5, 0.5), "others": (-0.2, 0.2), "t": (-np.inf, 8), "visits": (0, 20), "span": (0, 8), "gap": (0, 2),
    "elsewhere": (-3, 3), "stay": (21, 60),
}  # fmt: skip
_LOW = np.array([_RANGES.get(name, (-np.inf, np.inf))[0] for name in FEATURES])
_HIGH = np.array([_RANGES.get(name, (-np.inf, np.inf))[1] for name in FEATURES])


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """What speaks for and against ossification in one joint after one day; `values` in the order of FEATURES.

    lo, lo_m, lo_p: odds of ossification by motion and pain, by motion, and what pain adds; vs_con, vs_acute,
    vs_stiff, vs_rec: against contracture, an acute event, a stiff shoulder, recovery; eloss: the loss there would
    be. drop, drop2: what is lost against the best sustained value, at this visit and at the better of the last two;
    dropmax: in errors of measurement; slope: loss per week over the last five weeks; steep: the steepest loss per
    week within the last twelve; rebound: how far above the lowest; sincebest: time since the best; limit: what
    lacks to the norm. maxmdc, mdc2: the largest loss of a single motion in least changes beyond error, at this visit
    and the smaller of the last two; nfrac: the share of motions beyond it. pain: the rating of the last two weeks,
    painmiss: 1 when there is none; painrise: against before; painhold: the smaller of the last two; painage: how
    long it has hurt. alp, ck: logarithm of the multiple of the upper limit, 0 when normal or missing; opp: odds of
    the opposite joint; asym: how much better it moves; others: what the other joints lost at the same visit;
    diffrater: 1 when somebody else measured. hip, shoulder, knee, elbow: which joint; t: time since admission;
    visits: how many so far; span: since the first; gap: since the one before. elsewhere: the greatest odds of a joint
    of another kind; stay: days of the longest stay in intensive care or on a ventilator that has ended by then.
    """

    values: tuple[float, ...]

    def of(self, name: str) -> float:
        """Look up one feature by its name."""
        return self.values[FEATURES.index(name)]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Surroundings:
    """What goes beside the evidence: the places of the joints by number, and per row ALP, CK and days of stay."""

    places: Sequence[JointSide]
    alp: Doubles
    ck: Doubles
    stay: Doubles


def features_of(evidence: Evidence, odds: Odds, around: Surroundings) -> Doubles:
    """Give the features of each row that has a visit before it, of shape (row, feature), in the order of FEATURES."""
    columns = {
        **_of_odds(odds),
        **at_visits(evidence),
        **over_weeks(evidence),
        **of_pain(evidence),
        **_of_other_joints(evidence, odds, around),
        **_of_place(evidence, around),
    }
    table = np.array([columns[name] for name in FEATURES], dtype=np.float64).T
    return np.asarray(np.minimum(np.maximum(table, _LOW), _HIGH))


def _of_odds(odds: Odds) -> dict[str, Doubles]:
    return {
        "lo": odds.all,
        "lo_m": odds.motion,
        "lo_p": odds.all - odds.motion,
        "vs_con": odds.contracture,
        "vs_acute": odds.acute,
        "vs_stiff": odds.stiff,
        "vs_rec": odds.recovering,
        "eloss": odds.loss,
    }


def _of_other_joints(evidence: Evidence, odds: Odds, around: Surroundings) -> dict[str, Doubles]:
    """Take how the opposite joint stands, and whether all joints lost at that visit: then it is the hand."""
    numbers = {place: number for number, place in enumerate(around.places)}
    opposite = np.array([numbers.get(place.opposite, -1) for place in around.places], dtype=np.int64)[
        evidence.row_joint
    ]
    row = last_before(keys_of(evidence.row_joint, evidence.row_day), opposite, evidence.row_day)
    visit = last_before(keys_of(evidence.visit_joint, evidence.visit_day), opposite, evidence.row_day)
    values = evidence.seen["value"]
    mine = evidence.row_visit
    is_near = (visit >= 0) & (np.abs(evidence.visit_day[visit] - evidence.visit_day[mine]) <= _OPPOSITE_DAYS)
    return {
        "opp": np.where(row >= 0, odds.all[row], -4.0),
        "asym": np.where(is_near, values[visit] - values[mine], 0.0),
        "others": _others(evidence, around),
        "elsewhere": _elsewhere(evidence, odds, around),
        "alp": around.alp,
        "ck": around.ck,
        "stay": around.stay,
    }


def _elsewhere(evidence: Evidence, odds: Odds, around: Surroundings) -> Doubles:
    """Take the greatest odds of a joint of another kind as it stood that day; none counts where none was measured."""
    kinds = np.array([WATCHED_JOINTS.index(place.joint) for place in around.places])
    joint, day = np.arange(len(kinds)), evidence.row_day[:, None]
    last = last_before(keys_of(evidence.row_joint, evidence.row_day), joint, day)
    counts = (last >= 0) & (evidence.row_visit[last] >= 0) & (kinds[evidence.row_joint][:, None] != kinds)
    return np.asarray(np.where(counts, odds.all[last], -np.inf).max(axis=1))


def _others(evidence: Evidence, around: Surroundings) -> Doubles:
    """Take the middle of what the joints of other kinds lost that day against their last three visits."""
    kinds = [place.joint for place in around.places]
    lost: dict[int, list[tuple[Joint, float]]] = {}
    for joint, visit in zip(evidence.visit_joint.tolist(), evidence.visits, strict=True):
        if visit.fall is not None:
            lost.setdefault(visit.day, []).append((kinds[joint], visit.fall))
    middles: dict[tuple[int, Joint], float] = {}
    for day, falls in lost.items():
        for kind in WATCHED_JOINTS:
            others = [fall for each, fall in falls if each is not kind]
            middles[day, kind] = middle(others) if len(others) > 1 else 0.0
    rows = zip(evidence.row_joint.tolist(), evidence.row_day.tolist(), strict=True)
    return np.array([middles.get((day, kinds[joint]), 0.0) for joint, day in rows])


def _of_place(evidence: Evidence, around: Surroundings) -> dict[str, Doubles]:
    kinds = np.array([WATCHED_JOINTS.index(place.joint) for place in around.places])[evidence.row_joint]
    return {joint.value: (kinds == number).astype(np.float64) for number, joint in enumerate(WATCHED_JOINTS)}
