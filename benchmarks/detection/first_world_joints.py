"""The true life of each joint of the first world, day by day: passive and active motion, and pain."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from benchmarks.detection import first_world_losses as losses
from benchmarks.detection.first_world_losses import Days, Loss
from benchmarks.detection.first_world_people import Person
from benchmarks.detection.first_world_ranges import Dice, MotionRange
from benchmarks.detection.story import Fate
from horehab.domain.joints import JointSide, Motion

_MOVING = (Fate.RECOVERING, Fate.HEALTHY, Fate.STABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class JointLife:
    """One joint's truth: degrees by motion (rows) and day (columns), pain by day, and what its fate took."""

    fate: Fate
    motions: tuple[MotionRange, ...]
    passive: Days
    active: Days
    pain: Days
    loss: Loss

    def row(self, motion: Motion) -> int:
        """Find the row of a motion."""
        return next(index for index, known in enumerate(self.motions) if known.motion is motion)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shared:
    """What all joints of a patient share: the grid of days, the day around which bone grows, setbacks, soreness."""

    days: Days
    onset: float
    setback: Days
    sore: float


def lives(
    dice: Dice, who: Person, fates: Mapping[JointSide, Fate], *, horizon: int, is_ordinary: bool
) -> dict[JointSide, JointLife]:
    """Live every joint's life up to the horizon; the ossifying joints of a patient begin around one day.

    An ordinary ward also knows setbacks: a further illness that stiffens every joint for some weeks.
    """
    days = np.arange(horizon, dtype=np.float64)
    shared = _Shared(
        days=days,
        onset=_onset(dice, who),
        setback=_setback(dice, who, days) * is_ordinary,
        sore=float(dice.raw.exponential(dice.number("pain.person_mean"))),
    )
    return {
        place: _life(Dice(int(dice.raw.integers(2**63))), who, place, fate=fate, shared=shared)
        for place, fate in fates.items()
    }


def _onset(dice: Dice, who: Person) -> float:
    """Draw the day around which a patient's joints begin to ossify, not long before intensive care ends."""
    median, spread = dice.number("ossifying.onset_median"), dice.number("ossifying.onset_spread")
    earliest = who.intensive + dice.between("ossifying.onset_earliest")
    return max(float(dice.raw.lognormal(np.log(median), spread)), earliest)


def _setback(dice: Dice, who: Person, days: Days) -> Days:
    """Draw a further illness: a rise to a small loss in a week, gone over the weeks after it."""
    happens = dice.happens("person.setback")
    start = who.intensive + dice.between("person.setback_after")
    span = dice.between("person.setback_days")
    depth = dice.between("person.setback_loss")
    return happens * depth * losses.bump(days, start, 7.0, until=start + span, tau=span / 2)


def _loss(dice: Dice, who: Person, place: JointSide, *, fate: Fate, shared: _Shared) -> Loss:
    motions, days = dice.ranges.motions[place.joint], shared.days
    if fate is Fate.OSSIFYING:
        low, high = dice.several("ossifying.onset_limits")
        apart = dice.raw.normal(0.0, dice.number("ossifying.onset_between_joints"))
        onset = float(np.rint(np.clip(shared.onset + apart, low, high)))
        return losses.ossifying(dice, motions, onset=onset, who=who, days=days)
    if fate is Fate.CONTRACTURE:
        return losses.contracture(dice, motions, who=who, days=days)
    if fate is Fate.STIFF_SHOULDER:
        return losses.stiff_shoulder(dice, motions, days)
    if fate is Fate.ACUTE:
        return losses.acute(dice, motions, who=who, days=days)
    return Loss(fraction=np.zeros_like(days), weights=np.zeros(len(motions)), pain=np.zeros_like(days))


def _life(dice: Dice, who: Person, place: JointSide, *, fate: Fate, shared: _Shared) -> JointLife:
    loss = _loss(dice, who, place, fate=fate, shared=shared)
    motions = dice.ranges.motions[place.joint]
    room = np.array([motion.room for motion in motions])[:, None]
    own = np.array([m.norm_man if who.sex == "male" else m.norm_woman for m in motions])
    own = own + np.array([motion.spread for motion in motions]) * dice.raw.standard_normal(len(motions))
    low, high = dice.several("base.unevenness")
    uneven = low + (high - low) * dice.raw.random(len(motions))
    base = _base(dice, fate, who, days=shared.days)
    taken = np.outer(loss.weights, loss.fraction) + np.outer(uneven, base) + shared.setback
    passive = own[:, None] - room * np.clip(taken, 0.0, 1.0)
    pain = _pain(dice, who, shared) + loss.pain
    active = passive - room * _lag(dice, fate, who, days=shared.days, pain=pain) - dice.between("active.lag")
    return JointLife(fate=fate, motions=motions, passive=np.round(passive, 2), active=active, pain=pain, loss=loss)


def _base(dice: Dice, fate: Fate, who: Person, *, days: Days) -> Days:
    """Draw what intensive care took and gives back, or not: nearly nothing, for good, or exponentially."""
    since = days - who.intensive
    grows = np.clip(days / who.intensive, 0.0, 1.0)
    moves = fate is Fate.RECOVERING or (fate not in _MOVING and dice.happens("base.moving"))
    if moves:
        left, tau = dice.between("base.residual"), dice.between("base.tau")
        back = left + (1.0 - left) * np.exp(-np.clip(since, 0.0, None) / tau)
        return dice.between("base.deficit") * grows * back
    name = "base.stable" if fate is Fate.STABLE else "base.healthy"
    return dice.between(name) * grows


def _pain(dice: Dice, who: Person, shared: _Shared) -> Days:
    """Draw the pain that a joint has anyway: its own level, soreness after intensive care, a flare in some."""
    own = float(dice.raw.exponential(dice.number("pain.base_mean")))
    level = min(shared.sore + own, dice.number("pain.base_limit"))
    soreness, tau = dice.between("pain.soreness"), dice.between("pain.soreness_tau")
    pain = level + soreness * np.exp(-np.clip(shared.days - who.intensive, 0.0, None) / tau)
    happens = dice.happens("pain.flare")
    start, span = who.intensive + dice.between("pain.flare_after"), dice.between("pain.flare_days")
    return pain + happens * dice.between("pain.flare_level") * losses.bump(
        shared.days, start, 2.0, until=start + span, tau=5.0
    )


def _lag(dice: Dice, fate: Fate, who: Person, *, days: Days, pain: Days) -> Days:
    """Say how far active motion stays behind passive, as a share of the range: weakness, and pain."""
    since = np.clip(days - who.intensive, 0.0, None)
    weak, tau = dice.between("active.deconditioned"), dice.between("active.deconditioned_tau")
    lag = weak * np.exp(-since / tau) + dice.number("active.pain") * pain / 100.0
    if fate is not Fate.WEAK:
        return lag
    worsens = dice.happens("active.weak_worsens")
    start = worsens * (who.intensive + dice.between("active.weak_after"))
    back = np.exp(-np.clip(days - max(start, who.intensive), 0.0, None) / dice.between("active.weak_tau"))
    return lag + dice.between("active.weak") * np.clip((days - start) / 10.0, 0.0, 1.0) * back
