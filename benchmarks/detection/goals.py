"""The lines that a detector is held against (suspicion.md section 2), and whether a figure reaches them."""

import math
from dataclasses import dataclass
from enum import Enum

from benchmarks.detection.judge import Figures
from benchmarks.detection.wards import Line

_HIGHER_IS_BETTER = frozenset({"found", "in_time", "lead"})


class Reached(Enum):
    """Whether a figure reaches its line; the value is the mark in the tables."""

    GOAL = "●"
    FLOOR = "◐"
    NOT = "○"
    NO_LINE = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The floor and the goal of one figure; the same number for both where only a floor is set."""

    floor: float
    goal: float


_CLEAN = {
    "false": Target(floor=4, goal=3),
    "found": Target(floor=0.78, goal=0.88),
    "in_time": Target(floor=0.57, goal=0.74),
    "lead": Target(floor=-8, goal=0),
    "wrong": Target(floor=8, goal=3),
}
_FIELD = {
    "false": Target(floor=5, goal=3),
    "found": Target(floor=0.76, goal=0.83),
    "in_time": Target(floor=0.52, goal=0.65),
    "lead": Target(floor=-10, goal=-4),
}
_STABLE = {"false": Target(floor=1.5, goal=0.5)}
_MORE_FALSE = Target(floor=2, goal=1)
_LESS_IN_TIME = {Line.ARTEFACT: 0.06, Line.WEEKS_MISSING: 0.16}


def targets(line: Line, clean: Figures | None) -> dict[str, Target]:
    """List the targets of a ward by figure; those of artefacts are set against the clean ward's figures.

    Without these they have no targets.
    """
    fixed = {Line.CLEAN: _CLEAN, Line.FIELD: _FIELD, Line.STABLE: _STABLE, Line.NONE: {}}
    if line in fixed:
        return fixed[line]
    if clean is None:
        return {}
    found = {"false": Target(floor=clean.false + _MORE_FALSE.floor, goal=clean.false + _MORE_FALSE.goal)}
    if line in _LESS_IN_TIME:
        least = clean.in_time - _LESS_IN_TIME[line]
        found["in_time"] = Target(floor=least, goal=least)
    return found


def reached(name: str, value: float, target: Target | None) -> Reached:
    """Say whether a figure reaches its goal, its floor only, or neither."""
    if target is None or math.isnan(value):  # no number: nothing to be judged
        return Reached.NO_LINE
    sign = 1 if name in _HIGHER_IS_BETTER else -1
    if sign * value >= sign * target.goal:
        return Reached.GOAL
    return Reached.FLOOR if sign * value >= sign * target.floor else Reached.NOT
