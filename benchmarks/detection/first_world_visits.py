"""How a patient of the first world is followed: days of visits, raters with their habits, the usual motions."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from benchmarks.detection.first_world_ranges import Dice
from horehab.domain.joints import Joint, Motion

_DEVICES = ("long-arm goniometer", "inclinometer", "phone app")
_DEVICE_SHARES = (0.7, 0.15, 0.15)
_DEVICE_ERRORS = (1.0, 0.8, 1.15)
"""Errors beside the goniometer's; hancock's limits for the knee are 10, 6 and 12 degrees, here less apart."""

_FIVE = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rater:
    """A therapist: name, device, the steps in which an angle is written, and how far off he or she reads."""

    name: str
    device: str
    error: float
    step: float
    bias: Mapping[tuple[Joint, Motion], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """How one patient is followed: on which days, by whom (the first most often), what is measured and written.

    `motions` are rows of the joint's motions; `active` is the chance that a joint is also measured actively;
    `noise` multiplies every error of an angle.
    """

    patient: str
    days: tuple[int, ...]
    noise: float
    raters: tuple[Rater, ...]
    motions: Mapping[Joint, tuple[int, ...]]
    active: float
    is_rater_named: bool
    is_device_named: bool
    pain_noise: float


@lru_cache(maxsize=8)
def ward(seed: int) -> tuple[Rater, ...]:
    """Draw the raters of one ward, the same for all of its patients."""
    count = int(Dice(seed, 0).number("measuring.raters"))
    return tuple(_rater(Dice(seed, 0, index), f"therapist {index + 1}") for index in range(count))


def _rater(dice: Dice, name: str) -> Rater:
    spread, own = dice.number("measuring.rater_spread"), dice.number("measuring.rater_motion_spread")
    bias: dict[tuple[Joint, Motion], float] = {}
    for joint, motions in dice.ranges.motions.items():
        shared = spread * dice.raw.standard_normal()
        bias |= {(joint, motion.motion): float(shared + own * dice.raw.standard_normal()) for motion in motions}
    device = int(dice.raw.choice(len(_DEVICES), p=_DEVICE_SHARES))
    return Rater(
        name=name,
        device=_DEVICES[device],
        error=_DEVICE_ERRORS[device],
        step=1.0 if dice.happens("measuring.whole_degrees") else _FIVE,
        bias=bias,
    )


def follow_up(
    dice: Dice, patient: str, days: tuple[int, ...], *, raters: tuple[Rater, ...], noise: float
) -> FollowUp:
    """Draw the habits of one patient's ward round; both sides of a joint are followed in the same motions."""
    count = dice.count("measuring.raters_of_patient")
    return FollowUp(
        patient=patient,
        days=days,
        noise=noise,
        raters=tuple(raters[int(index)] for index in dice.raw.permutation(len(raters))[:count]),
        motions={joint: _usual_set(dice, joint) for joint in dice.ranges.motions},
        active=dice.between("measuring.active"),
        is_rater_named=dice.happens("measuring.rater_named"),
        is_device_named=dice.happens("measuring.device_named"),
        pain_noise=dice.between("pain.noise"),
    )


def _usual_set(dice: Dice, joint: Joint) -> tuple[int, ...]:
    """Draw the two to four motions that this physiotherapist follows at a joint, the common ones first."""
    weights = np.array([motion.followed for motion in dice.ranges.motions[joint]])
    count = min(dice.count("measuring.motions"), len(weights))
    # Efraimidis and Spirakis: the largest u ** (1 / w) are a weighted draw without replacement; w is squared here
    # so that the first motion of a joint is hardly ever left out.
    keys = np.log(dice.raw.random(len(weights))) / weights**2
    return tuple(sorted(int(index) for index in np.argsort(-keys)[:count]))


def schedule(dice: Dice, first: int, last: int, *, intensive: int) -> tuple[int, ...]:
    """Draw the days of visits: weekly while an inpatient, every two weeks, then every four; some missed."""
    at_home = first + dice.between("follow_up.inpatient")
    biweekly = intensive + dice.number("follow_up.biweekly_until")
    spread = dice.number("follow_up.jitter")
    days, due = [first], float(first)
    while due <= last:
        name = "inpatient_every" if due < at_home else "biweekly_every" if due < biweekly else "monthly_every"
        due += dice.number(f"follow_up.{name}")
        day = round(due + float(dice.raw.uniform(-spread, spread)))
        is_missed = dice.happens("follow_up.missed")
        if not is_missed and days[-1] < day <= last:
            days.append(day)
    return tuple(days)
