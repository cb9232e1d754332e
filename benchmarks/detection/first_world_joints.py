"""The true life of each joint of the first world, day by day: passive and active motion, and pain."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from benchmarks.detection import first_world_losses as losses
from benchmarks.detection.first_world_losses import Days, Loss
from benchmarks.detection.first_world_people import Person
from benchmarks.detection.first_world_ranges import MotionRange, Ranges
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


def lives(
    dice: np.random.Generator, ranges: Ranges, who: Person, fates: Mapping[JointSide, Fate], *, horizon: int,
    is_ordinary: bool,
) -> dict[JointSide, JointLife]:  # fmt: skip
    """Live every joint's life up to the horizon; the ossifying joints of a patient begin around one day.

    An ordinary ward also knows setbacks: a further illness that stiffens every joint for some weeks.
    """
    days = np.arange(horizon, dtype=np.float64)
    onset = _onset(dice, ranges, who)
    setback = _setback(dice, ranges, who, days) * is_ordinary
    sore = max(0.0, float(dice.exponential(ranges.number("pain.person_mean"))))
    found: dict[JointSide, JointLife] = {}
    for place, fate in fates.items():
        of_joint = np.random.default_rng(dice.integers(2**63))
        loss = _loss(of_joint, ranges, fate, place=place, who=who, onset=onset, days=days)
        found[place] = _life(of_joint, ranges, who, place=place, fate=fate, loss=loss, setback=setback, sore=sore)
    return found


def _onset(dice: np.random.Generator, ranges: Ranges, who: Person) -> float:
    """Draw the day around which a patient's joints begin to ossify, not long before intensive care ends."""
    median, spread = ranges.number("ossifying.onset_median"), ranges.number("ossifying.onset_spread")
    earliest = who.intensive + ranges.between(dice, "ossifying.onset_earliest")
    return max(float(dice.lognormal(np.log(median), spread)), earliest)


def _setback(dice: np.random.Generator, ranges: Ranges, who: Person, days: Days) -> Days:
    """Draw a further illness: a rise to a small loss in a week, gone over the weeks after it."""
    happens = ranges.happens(dice, "person.setback")
    start = who.intensive + float(dice.uniform(14, 120))
    span = ranges.between(dice, "person.setback_days")
    depth = ranges.between(dice, "person.setback_loss")
    return happens * depth * losses.bump(days, start, 7.0, until=start + span, tau=span / 2)


def _loss(dice: np.random.Generator, ranges: Ranges, fate: Fate, *, place: JointSide, who: Person, onset: float,
          days: Days) -> Loss:  # fmt: skip
    motions = ranges.motions[place.joint]
    if fate is Fate.OSSIFYING:
        low, high = ranges.several("ossifying.onset_limits")
        own = np.clip(onset + dice.normal(0.0, ranges.number("ossifying.onset_between_joints")), low, high)
        return losses.ossifying(dice, ranges, motions, onset=float(np.rint(own)), who=who, days=days)
    if fate is Fate.CONTRACTURE:
        return losses.contracture(dice, ranges, motions, who=who, days=days)
    if fate is Fate.STIFF_SHOULDER:
        return losses.stiff_shoulder(dice, ranges, motions, days)
    if fate is Fate.ACUTE:
        return losses.acute(dice, ranges, motions, who=who, days=days)
    return Loss(fraction=np.zeros_like(days), weights=np.zeros(len(motions)), pain=np.zeros_like(days))


def _life(dice: np.random.Generator, ranges: Ranges, who: Person, *, place: JointSide, fate: Fate, loss: Loss,
          setback: Days, sore: float) -> JointLife:  # fmt: skip
    motions = ranges.motions[place.joint]
    days = np.arange(len(loss.fraction), dtype=np.float64)
    own = [(m.norm_man if who.sex == "male" else m.norm_woman) + m.spread * dice.standard_normal() for m in motions]
    room = np.array([m.room for m in motions])
    low, high = ranges.several("base.unevenness")
    uneven = low + (high - low) * dice.random(len(motions))
    taken = (
        np.outer(loss.weights, loss.fraction) + np.outer(uneven, _base(dice, ranges, fate, who, days=days)) + setback
    )
    passive = np.array(own)[:, None] - room[:, None] * np.clip(taken, 0.0, 1.0)
    pain = _pain(dice, ranges, who, days=days, sore=sore) + loss.pain
    lag = _lag(dice, ranges, fate, who, days=days, pain=pain)
    active = passive - room[:, None] * lag - ranges.between(dice, "active.lag")
    return JointLife(fate=fate, motions=motions, passive=np.round(passive, 2), active=active, pain=pain, loss=loss)


def _base(dice: np.random.Generator, ranges: Ranges, fate: Fate, who: Person, *, days: Days) -> Days:
    """Draw what intensive care took and gives back, or not: nearly nothing, for good, or exponentially."""
    since = days - who.intensive
    grows = np.clip(days / who.intensive, 0.0, 1.0)
    moves = fate is Fate.RECOVERING or (fate not in _MOVING and ranges.happens(dice, "base.moving"))
    if moves:
        left, tau = ranges.between(dice, "base.residual"), ranges.between(dice, "base.tau")
        back = left + (1.0 - left) * np.exp(-np.clip(since, 0.0, None) / tau)
        return ranges.between(dice, "base.deficit") * grows * back
    name = "base.stable" if fate is Fate.STABLE else "base.healthy"
    return ranges.between(dice, name) * grows


def _pain(dice: np.random.Generator, ranges: Ranges, who: Person, *, days: Days, sore: float) -> Days:
    """Draw the pain that a joint has anyway: its own level, soreness after intensive care, a flare in some."""
    level = min(sore + float(dice.exponential(ranges.number("pain.base_mean"))), ranges.number("pain.base_limit"))
    soreness, tau = ranges.between(dice, "pain.soreness"), ranges.between(dice, "pain.soreness_tau")
    pain = level + soreness * np.exp(-np.clip(days - who.intensive, 0.0, None) / tau)
    happens = ranges.happens(dice, "pain.flare")
    start, span = float(dice.uniform(who.intensive, who.intensive + 170)), ranges.between(dice, "pain.flare_days")
    return pain + happens * ranges.between(dice, "pain.flare_level") * losses.bump(
        days, start, 2.0, until=start + span, tau=5.0
    )


def _lag(dice: np.random.Generator, ranges: Ranges, fate: Fate, who: Person, *, days: Days, pain: Days) -> Days:
    """Say how far active motion stays behind passive, as a share of the range: weakness, and pain."""
    since = np.clip(days - who.intensive, 0.0, None)
    weak, tau = ranges.between(dice, "active.deconditioned"), ranges.between(dice, "active.deconditioned_tau")
    lag = weak * np.exp(-since / tau) + ranges.number("active.pain") * pain / 100.0
    if fate is not Fate.WEAK:
        return lag
    worsens = ranges.happens(dice, "active.weak_worsens")
    start = who.intensive + float(dice.uniform(10, 110)) if worsens else 0.0
    back = np.exp(-np.clip(days - max(start, who.intensive), 0.0, None) / ranges.between(dice, "active.weak_tau"))
    return lag + ranges.between(dice, "active.weak") * np.clip((days - start) / 10.0, 0.0, 1.0) * back
