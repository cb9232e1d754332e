"""Which joints ossify and when, and what becomes of the others."""

from collections.abc import Mapping

import numpy as np

from benchmarks.detection.second_world_numbers import Dice, between, happens, limits, number, weights
from benchmarks.detection.story import Fate
from horehab.domain.joints import WATCHED_PLACES, Joint, JointSide

_FATES: Mapping[Fate, float] = {Fate(name): value for name, value in weights("fates").items()}
_SITES: Mapping[Joint, float] = {Joint(name): value for name, value in weights("sites").items()}
_COUNTS: Mapping[int, float] = {int(name): value for name, value in weights("counts").items()}
_WITHIN = 12
"""Days after the first visit before which no bone grows, so that a baseline can be there."""


def _pick(dice: Dice, table: Mapping[JointSide, float] | Mapping[Fate, float]) -> int:
    weight = np.array(list(table.values()), dtype=np.float64)
    return int(dice.choice(len(weight), p=weight / weight.sum()))


def onsets_of(dice: Dice, share: float, *, first: int) -> dict[JointSide, int]:
    """The joints that ossify with the day of onset: none, or one to five, the opposite side more often than not.

    `share` is the part of patients that ossify; `first` the day of the first visit of an ordinary ward.
    """
    does_ossify = dice.random() < share
    count = list(_COUNTS)[int(dice.choice(len(_COUNTS), p=np.array(list(_COUNTS.values()))))]
    earliest, latest = limits("ossification.onset_day")
    start = dice.gamma(number("ossification.onset_shape"), number("ossification.onset_scale_days"))
    start = float(np.clip(start, max(earliest, first + _WITHIN), latest))
    found: dict[JointSide, int] = {}
    while len(found) < count:
        rest = {place: _SITES[place.joint] for place in WATCHED_PLACES if place not in found}
        opposite = [place for place in rest if place.opposite in found]
        place = opposite[0] if opposite and happens(dice, "opposite") else list(rest)[_pick(dice, rest)]
        day = start if not found else start + between(dice, "ossification.next_joint_days")
        found[place] = round(min(day, latest))
    return found if does_ossify else {}


def fates_of(dice: Dice, allowed: tuple[Fate, ...] | None) -> dict[JointSide, Fate]:
    """What every watched joint would do without bone: most patients are hard ones, with several limited joints.

    Frailty is the patient's own: it multiplies all fates but health; a patient with polyneuropathy or myopathy is
    weak in most joints that are not otherwise limited. Only shoulders become painful stiff shoulders; a joint that
    can have none of the allowed fates is healthy.
    """
    frailty = float(dice.lognormal(0.0, 0.5)) if happens(dice, "hard_patient") else 0.1
    is_weak = happens(dice, "neuropathy")
    table = {fate: value * (1.0 if fate is Fate.HEALTHY else frailty) for fate, value in _FATES.items()}
    table[Fate.WEAK] *= 5.0 if is_weak else 0.0 if allowed is None else 1.0
    fates = {}
    for place in WATCHED_PLACES:
        could = {
            fate: value
            for fate, value in table.items()
            if (allowed is None or fate in allowed)
            and (place.joint is Joint.SHOULDER or fate is not Fate.STIFF_SHOULDER)
        }
        draw = dice.random() * sum(could.values())
        ends = np.cumsum(list(could.values()))
        fates[place] = list(could)[int(np.searchsorted(ends, draw))] if could else Fate.HEALTHY
    return fates
