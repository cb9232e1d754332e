"""How a loss grows and what becomes of it: straight ramps, Gompertz growth and steps, never one smooth sigmoid.

Every law takes days since its beginning (shape: days, negative before it) and gives the part of the loss that
is there, 0 until the beginning and at most 1.
"""

from collections.abc import Callable

import numpy as np

from benchmarks.detection.second_world_numbers import Degrees, Dice, between, happens

Rise = Callable[[Dice, Degrees, float], Degrees]


def ramps(dice: Dice, days: Degrees, length: float) -> Degrees:
    """Two to four straight pieces of different steepness over `length` days."""
    pieces = int(dice.integers(2, 5))
    ends = dice.dirichlet(np.full(pieces, 4.0)).cumsum() * length
    heights = dice.dirichlet(np.full(pieces, 3.0)).cumsum()
    return np.asarray(np.interp(days, [0.0, *ends], [0.0, *heights]), dtype=np.float64)


def gompertz(dice: Dice, days: Degrees, length: float) -> Degrees:
    """Growth that starts fast and slows for long (Gompertz), whole after `length` days."""
    lag = dice.uniform(2.0, 4.5)
    rate = np.log(lag / 0.03) / length
    grown = np.exp(-lag * np.exp(-rate * np.clip(days, 0.0, length)))
    start, end = np.exp(-lag), np.exp(-lag * np.exp(-rate * length))
    return np.asarray((grown - start) / (end - start), dtype=np.float64)


def steps(dice: Dice, days: Degrees, length: float) -> Degrees:
    """A step every three to nine days, the first on the day after the beginning."""
    gaps = dice.uniform(3.0, 9.0, size=max(3, int(length / 6.0)))
    gaps[0] = 1.0
    heights = np.concatenate([[0.0], dice.dirichlet(np.full(len(gaps), 2.5)).cumsum()])
    return np.asarray(heights[np.searchsorted(gaps.cumsum(), days, side="right")], dtype=np.float64)


def sudden(dice: Dice, days: Degrees, length: float) -> Degrees:
    """Most of the loss within five days, as after a painful night, the rest slowly."""
    quick, part = between(dice, "ossification.sudden_days"), between(dice, "ossification.sudden_part")
    return np.interp(days, [0.0, quick, length], [0.0, part, 1.0])


RISES: tuple[Rise, ...] = (ramps, gompertz, steps)
"""The laws of a loss that is not sudden, equally likely."""


def root(days: Degrees, length: float) -> Degrees:
    """A loss with the square root of time, whole after `length` days."""
    return np.sqrt(np.clip(days / length, 0.0, 1.0))


def line(days: Degrees, length: float) -> Degrees:
    """A straight loss, whole after `length` days."""
    return np.clip(days / length, 0.0, 1.0)


def event(days: Degrees, lengths: tuple[float, float, float]) -> Degrees:
    """Down, staying, and back in straight lines, each over its own number of days."""
    down, stay, back = lengths
    return np.interp(days, [0.0, down, down + stay, down + stay + back], [0.0, 1.0, 1.0, 0.0])


def aftermath(dice: Dice, days: Degrees) -> Degrees:
    """What is left of an ossified joint's loss, by days since it was whole: it stays, improves slowly, or relapses.

    A relapse improves first and comes back at most to the first loss, so that the eventual loss is the first one.
    """
    rest = between(dice, "ossification.plateau_days")
    if happens(dice, "stays"):
        return np.ones_like(days)
    if happens(dice, "treated"):
        treated = between(dice, "ossification.treated_days")
        return np.interp(days, [rest, rest + treated], [1.0, between(dice, "ossification.treated_left")])
    better, worse = (
        between(dice, "ossification.relapse_better_days"),
        between(dice, "ossification.relapse_worse_days"),
    )
    low, high = between(dice, "ossification.relapse_low"), between(dice, "ossification.relapse_high")
    ends = np.cumsum([rest, better, rest, worse])
    return np.interp(days, ends, [1.0, low, low, high])
