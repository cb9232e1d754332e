"""When a patient is measured, what is measured, and by whom: irregular visits, units with habits of their own.

A ward has six units. Every second one measures a joint with all its motions, the others only one or two; the
joints under treatment are few, chosen by limitation and pain as well as by habit, so that being measured says little.
"""

from dataclasses import dataclass

import numpy as np

from benchmarks.detection.second_world_joints import Life
from benchmarks.detection.second_world_numbers import ANATOMY, Dice, between, happens
from benchmarks.detection.story import Fate
from horehab.domain.joints import WATCHED_PLACES, JointSide, Motion
from horehab.domain.range_of_motion import Mode

UNITS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A rehabilitation unit: whether it measures all motions, the mean days between visits, its therapists."""

    number: int
    is_thorough: bool
    gap: float
    raters: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """What is measured of a joint: from which day on, and which motions."""

    place: JointSide
    since: int
    motions: tuple[Motion, ...]


def unit_of(seed: int, patient: int) -> Unit:
    """The unit that treats a patient; half of the units are thorough, whatever the seed."""
    number = patient % UNITS
    dice = np.random.default_rng([seed, number, 99])
    raters = tuple(f"therapist {number}-{index}" for index in range(int(dice.integers(3, 6))))
    gap = between(dice, "visits.mean_gap_days")
    return Unit(number=number, is_thorough=number % 2 == 0, gap=gap, raters=raters)


def visit_days(dice: Dice, first: int, last: int, gap: float) -> tuple[int, ...]:
    """The days of visits from the first to the last day of follow-up: clusters, holidays, and chance."""
    days, day = [first], float(first)
    while True:
        if happens(dice, "cluster"):
            day += between(dice, "visits.cluster_gap_days")
        elif happens(dice, "long_gap"):
            day += between(dice, "visits.long_gap_days")
        else:
            day += max(2.0, dice.gamma(1.8, gap / 1.8))
        if day > last:
            return tuple(sorted({*days, last}))
        days.append(int(day))


def _motions(dice: Dice, place: JointSide, unit: Unit) -> tuple[Motion, ...]:
    rows = ANATOMY[place.joint]
    if unit.is_thorough:
        return tuple(rows)
    weights = np.array([row.bone**3 for row in rows.values()])
    count = int(dice.integers(1, 3))
    chosen = dice.choice(len(rows), size=count, replace=False, p=weights / weights.sum())
    return tuple(motion for index, motion in enumerate(rows) if index in chosen)


def attentions(dice: Dice, lives: dict[JointSide, Life], unit: Unit, first: int) -> tuple[Attention, ...]:
    """Choose two to four joints that are measured (more if more ossify), with their opposites more often than not."""
    wanted = int(dice.integers(2, 5))
    chosen = [place for place, life in lives.items() if life.fate is Fate.OSSIFYING]
    pull = {place: 1.0 if life.fate in (Fate.HEALTHY, Fate.WEAK) else 2.5 for place, life in lives.items()}
    while len(chosen) < wanted:
        rest = [place for place in WATCHED_PLACES if place not in chosen]
        opposite = [place for place in rest if place.opposite in chosen]
        if opposite and happens(dice, "opposite"):
            chosen.append(opposite[0])
            continue
        weights = np.array([pull[place] for place in rest])
        chosen.append(rest[int(dice.choice(len(rest), p=weights / weights.sum()))])
    return tuple(
        Attention(place=place, since=_since(dice, lives[place], first), motions=_motions(dice, place, unit))
        for place in sorted(chosen, key=WATCHED_PLACES.index)
    )


def _since(dice: Dice, life: Life, first: int) -> int:
    """The day from which a joint is measured: mostly the first visit, in some once it is noticed."""
    if life.onset is not None:
        return first if not happens(dice, "noticed_late") else life.onset + int(dice.integers(5, 21))
    return first + int(dice.integers(14, 70)) if happens(dice, "joins_later") else first


def modes_of(dice: Dice) -> tuple[Mode, ...]:
    """Whether a patient is measured passively alone or both ways."""
    return (Mode.PASSIVE, Mode.ACTIVE) if happens(dice, "both_modes") else (Mode.PASSIVE,)
