"""Pain that goes up and down: an ordinal Markov process (none to severe), drawn to a level each day."""

import math

from benchmarks.detection.second_world_numbers import Degrees, Dice, between, chance

SCORES = ((0, 0, 0, 1), (1, 2, 2, 3), (4, 4, 5, 6), (7, 7, 8, 9))
"""The scores (0-10) that a patient gives in each state, equally likely."""

WORST = len(SCORES) - 1


def with_flares(dice: Dice, ache: Degrees, last: int) -> Degrees:
    """Add the bad weeks that any joint has now and then to the level of its pain, up to day `last`."""
    level = ache[: last + 1].copy()
    for day in (dice.random(last + 1) < chance("flare_a_day")).nonzero()[0]:
        lasts = int(between(dice, "pain.flare_days"))
        level[day : day + lasts] += between(dice, "pain.flare")
    return level


def states(dice: Dice, level: Degrees) -> list[int]:
    """The state of pain on each day (0-3): each day it may move one step, most likely towards the level."""
    chances = dice.random((len(level), 2)).tolist()
    state, path = min(WORST, round(float(level[0]))), []
    for pull, (moves, rises) in zip(level.tolist(), chances, strict=True):
        gap = pull - state
        if moves < min(0.7, 0.06 + 0.22 * abs(gap)):
            step = 1 if rises < 1.0 / (1.0 + math.exp(-2.2 * gap)) else -1
            state = min(WORST, max(0, state + step))
        path.append(state)
    return path


def score(dice: Dice, state: int) -> int:
    """What the patient answers (0-10) in a state of pain."""
    return int(SCORES[state][int(dice.integers(len(SCORES[state])))])
