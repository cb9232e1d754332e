"""How a patient of the first world is followed: days of visits, raters with their habits, motions of the usual set."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from benchmarks.detection.first_world_people import Person
from benchmarks.detection.first_world_ranges import Ranges, ranges
from horehab.domain.joints import WATCHED_PLACES, Joint, JointSide, Motion

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
class Habits:
    """How one patient is followed: by whom (the first most often), what is measured, what is written beside it.

    `motions` are rows of the joint's motions; `active` is the chance that a joint is also measured actively;
    `named` says whether rater and device are written down.
    """

    raters: tuple[Rater, ...]
    motions: Mapping[JointSide, tuple[int, ...]]
    active: float
    named: tuple[bool, bool]
    pain_noise: float


@lru_cache(maxsize=8)
def ward(seed: int) -> tuple[Rater, ...]:
    """Draw the raters of one ward, the same for all of its patients."""
    known = ranges()
    count = int(known.number("measuring.raters"))
    return tuple(_rater(np.random.default_rng([seed, 0, index]), known, index) for index in range(count))


def _rater(dice: np.random.Generator, known: Ranges, index: int) -> Rater:
    spread, own = known.number("measuring.rater_spread"), known.number("measuring.rater_motion_spread")
    bias: dict[tuple[Joint, Motion], float] = {}
    for joint, motions in known.motions.items():
        shared = spread * dice.standard_normal()
        bias |= {(joint, motion.motion): float(shared + own * dice.standard_normal()) for motion in motions}
    device = int(dice.choice(len(_DEVICES), p=_DEVICE_SHARES))
    return Rater(
        name=f"therapist {index + 1}",
        device=_DEVICES[device],
        error=_DEVICE_ERRORS[device],
        step=1.0 if known.happens(dice, "measuring.whole_degrees") else _FIVE,
        bias=bias,
    )


def habits(dice: np.random.Generator, known: Ranges, raters: tuple[Rater, ...]) -> Habits:
    """Draw how one patient is followed; both sides of a joint in the same motions."""
    count = known.count(dice, "measuring.raters_of_patient")
    chosen = tuple(raters[int(index)] for index in dice.permutation(len(raters))[:count])
    usual = {joint: _usual_set(dice, known, joint) for joint in known.motions}
    return Habits(
        raters=chosen,
        motions={place: usual[place.joint] for place in WATCHED_PLACES},
        active=known.between(dice, "measuring.active"),
        named=(known.happens(dice, "measuring.rater_named"), known.happens(dice, "measuring.device_named")),
        pain_noise=known.between(dice, "pain.noise"),
    )


def _usual_set(dice: np.random.Generator, known: Ranges, joint: Joint) -> tuple[int, ...]:
    """Draw the two to four motions that this physiotherapist follows at a joint, the common ones first."""
    weights = np.array([motion.followed for motion in known.motions[joint]])
    count = min(known.count(dice, "measuring.motions"), len(weights))
    # Efraimidis and Spirakis: the largest u ** (1 / w) are a weighted draw without replacement.
    keys = np.log(dice.random(len(weights))) / weights**2
    return tuple(sorted(int(index) for index in np.argsort(-keys)[:count]))


def schedule(dice: np.random.Generator, known: Ranges, who: Person, first: int, last: int) -> list[int]:
    """Draw the days of visits: weekly while an inpatient, every two weeks, then every four; some missed."""
    at_home = first + known.between(dice, "follow_up.inpatient")
    biweekly = who.intensive + known.number("follow_up.biweekly_until")
    spread = known.number("follow_up.jitter")
    days = [first]
    due = float(first)
    while due <= last:
        if due < at_home:
            due += known.number("follow_up.inpatient_every")
        else:
            name = "biweekly_every" if due < biweekly else "monthly_every"
            due += known.number(f"follow_up.{name}")
        day = round(due + float(dice.uniform(-spread, spread)))
        is_missed = known.happens(dice, "follow_up.missed")
        if not is_missed and days[-1] < day <= last:
            days.append(day)
    return days
