"""How a joint of the first world loses motion and hurts: one function per fate, days in, fraction and pain out.

A loss is a fraction of what the motion may lose (`room`), day by day from admission; weights say how much of it
each motion takes. Pain is what the fate adds on the 0-10 scale.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.detection.first_world_people import Person
from benchmarks.detection.first_world_ranges import Dice, MotionRange

Days = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """What a fate takes from a joint: `fraction` by day, `weights` by motion, `pain` by day.

    `start` is the day when it begins, `half` the day when half of what it takes for good is there.
    """

    fraction: Days
    weights: Days
    pain: Days
    start: int = 0
    half: int = 0
    is_acute_event: bool = False


def sigmoid(days: Days, start: float, length: float, *, steepness: float) -> Days:
    """Go from 0 on the day `start` to 1 after `length` days, slow, fast, slow again."""
    share = np.clip((days - start) / length, 0.0, 1.0)
    raw = 1.0 / (1.0 + np.exp(-steepness * (share - 0.5)))
    low = 1.0 / (1.0 + np.exp(steepness / 2))
    found: Days = (raw - low) / (1.0 - 2.0 * low)
    return found


def bump(days: Days, start: float, rise: float, *, until: float, tau: float) -> Days:
    """Rise from 0 to 1 within `rise` days, stay until a day, then fade with the time constant `tau`."""
    up = np.clip((days - start) / rise, 0.0, 1.0)
    return up * np.exp(-np.clip(days - max(until, start + rise), 0.0, None) / tau)


def ossifying(dice: Dice, motions: Sequence[MotionRange], *, onset: float, who: Person, days: Days) -> Loss:
    """Let a joint ossify from its onset: a sigmoid over weeks, some sudden, some better and worse again."""
    eventual = dice.between("ossifying.loss")
    is_sudden = dice.happens("ossifying.sudden")
    length = dice.between("ossifying.sudden_length" if is_sudden else "ossifying.length")
    share = sigmoid(days, onset, length, steepness=dice.between("ossifying.steepness"))
    weights = _weights(dice, [motion.ossifying for motion in motions], "ossifying")
    begun = int(onset)
    half = int(days[np.argmax(share >= 1 / 2)])
    pain = _ossifying_pain(dice, who=who, onset=onset, length=length, days=days)
    if dice.happens("ossifying.relapse"):
        share, again = _relapse(dice, share, complete=onset + length, days=days)
        pain = np.maximum(pain, pain.max() * again)
    return Loss(fraction=eventual * share, weights=weights, pain=pain, start=begun, half=half)


def _relapse(dice: Dice, share: Days, *, complete: float, days: Days) -> tuple[Days, Days]:
    """Give back some of the loss for weeks, then take it again; the second array is where it hurts again."""
    better = complete + dice.between("ossifying.relapse_after")
    span = dice.between("ossifying.relapse_span")
    gain = dice.between("ossifying.relapse_gain")
    worse = better + span * 0.6
    given = sigmoid(days, better, span * 0.4, steepness=5) - sigmoid(days, worse, span * 0.4, steepness=5)
    return share - gain * given, bump(days, worse - 3, 7, until=worse + span * 0.4, tau=40.0)


def _ossifying_pain(dice: Dice, *, who: Person, onset: float, length: float, days: Days) -> Days:
    name = "ossifying.pain_silent_neuropathy" if who.has_neuropathy else "ossifying.pain_silent"
    is_silent = dice.happens(name)
    begins = onset + dice.raw.normal(
        dice.number("ossifying.pain_shift_mean"), dice.number("ossifying.pain_shift_spread")
    )
    level = 0.0 if is_silent else dice.between("ossifying.pain_level")
    rise, tau = dice.between("ossifying.pain_rise"), dice.between("ossifying.pain_tau")
    return level * bump(days, begins, rise, until=onset + length, tau=tau)


def contracture(dice: Dice, motions: Sequence[MotionRange], *, who: Person, days: Days) -> Loss:
    """Let a joint shorten slowly during or after immobility, some painful, some easing with treatment."""
    start, length = dice.between("contracture.start"), dice.between("contracture.length")
    eventual = dice.between("contracture.loss")
    share = sigmoid(days, start, length, steepness=dice.between("ossifying.steepness") - 2)
    if dice.happens("contracture.eases"):
        late = np.clip(days - start - length, 0.0, None)
        share = share * np.exp(-late / dice.between("contracture.eases_tau"))
    hurts = dice.happens("contracture.painful")
    level = dice.between("contracture.pain_level") * hurts
    chances = [dice.number("contracture.involved") * (0.5 + motion.capsular / 1.4) for motion in motions]
    awake = days > who.sedated_until
    return Loss(
        fraction=eventual * share,
        weights=_weights(dice, chances, "contracture"),
        pain=level * awake * bump(days, start + 0.15 * length, 14.0, until=start + length, tau=60.0),
        start=int(start),
    )


def stiff_shoulder(dice: Dice, motions: Sequence[MotionRange], days: Days) -> Loss:
    """Let a shoulder hurt first and stiffen over months, external rotation and abduction most."""
    hurts_from = dice.between("stiff_shoulder.pain_start")
    start = hurts_from + dice.between("stiff_shoulder.pain_lead")
    length = dice.between("stiff_shoulder.length")
    level, tau = dice.between("stiff_shoulder.pain_level"), dice.between("stiff_shoulder.pain_tau")
    return Loss(
        fraction=dice.between("stiff_shoulder.loss") * sigmoid(days, start, length, steepness=4),
        weights=_weights(dice, [motion.capsular for motion in motions], "stiff_shoulder"),
        pain=level * bump(days, hurts_from, 21.0, until=start + length, tau=tau),
        start=int(start),
    )


def acute(dice: Dice, motions: Sequence[MotionRange], *, who: Person, days: Days) -> Loss:
    """Let a joint lose motion at once and hurt (fall, thrombosis, haematoma, infection), and recover in weeks."""
    start = who.intensive + dice.between("acute.after")
    drop = np.clip((days - start) / dice.between("acute.length"), 0.0, 1.0)
    holds = start + dice.between("acute.holds")
    left = dice.between("acute.residual")
    tau = dice.between("acute.recovery_tau")
    back = left + (1.0 - left) * np.exp(-np.clip(days - holds, 0.0, None) / tau)
    return Loss(
        fraction=dice.between("acute.loss") * drop * back,
        weights=_uneven(dice, len(motions), "acute.weight"),
        pain=dice.between("acute.pain_level") * bump(days, start, 1.0, until=holds, tau=tau),
        start=int(start),
        is_acute_event=True,
    )


def _weights(dice: Dice, chances: Sequence[float], fate: str) -> Days:
    """Draw which motions are involved and how much; at least the likeliest one is."""
    involved = dice.raw.random(len(chances)) < np.array(chances)
    involved[int(np.argmax(chances))] |= not involved.any()
    high, low = (
        _uneven(dice, len(chances), f"{fate}.weight"),
        _uneven(dice, len(chances), f"{fate}.spared"),
    )
    return np.where(involved, high, low)


def _uneven(dice: Dice, count: int, name: str) -> Days:
    low, high = dice.several(name)
    return low + (high - low) * dice.raw.random(count)
