"""The numbers of the second simulated ward, read from second_world.toml, and the dice that draw from them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from horehab.domain.joints import Joint, Motion

Dice = np.random.Generator
Degrees = npt.NDArray[np.float64]
"""A value for each day, from day 0 on."""

HORIZON = 640
"""The days over which every course is drawn; a patient's own last day cuts it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Anatomy:
    """One motion: its degrees when young and aged, where ankylosis stops it, and its part in a loss."""

    young: float
    aged: float
    stiffest: float
    scale: float
    bone: float
    capsule: float

    def norm(self, age: int) -> float:
        """The ordinary degrees at an age in years, in a straight line from 30 to 75."""
        return float(np.interp(age, [30, 75], [self.young, self.aged]))


def _read() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("second_world.toml").read_text(encoding="utf-8"))


_TABLES = _read()
_SPANS: Mapping[str, tuple[float, float]] = {
    f"{group}.{name}": (float(row["low"]), float(row["high"]))
    for group, rows in _TABLES["spans"].items()
    for name, row in rows.items()
}
_CHANCES: Mapping[str, float] = {name: float(row["value"]) for name, row in _TABLES["chances"].items()}

ANATOMY: Mapping[Joint, Mapping[Motion, Anatomy]] = {
    Joint(joint): {
        Motion(motion): Anatomy(**{key: float(value) for key, value in row.items() if key != "source"})
        for motion, row in rows.items()
    }
    for joint, rows in _TABLES["motions"].items()
}
"""Every motion of every watched joint."""


def weights(table: str) -> Mapping[str, float]:
    """Give the weights of a table of second_world.toml ("fates", "sites", "counts") by name."""
    return {name: float(row["value"]) for name, row in _TABLES[table].items()}


def between(dice: Dice, name: str) -> float:
    """Draw evenly from a span such as "stay.icu_days"."""
    low, high = _SPANS[name]
    return float(dice.uniform(low, high))


def limits(name: str) -> tuple[float, float]:
    """Give both ends of a span."""
    return _SPANS[name]


def number(name: str) -> float:
    """Give a number that is a span without width."""
    low, high = _SPANS[name]
    if low != high:
        message = f"{name} is a span from {low} to {high}: draw from it with between()"
        raise ValueError(message)
    return low


def chance(name: str) -> float:
    """Give a probability of second_world.toml."""
    return _CHANCES[name]


def happens(dice: Dice, name: str) -> bool:
    """Throw the dice for something that has a probability in second_world.toml."""
    return bool(dice.random() < _CHANCES[name])
