"""The ranges that the first world draws from, read from first_world.toml, each with its source there."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from horehab.domain.joints import Joint, Motion

_FILE = Path(__file__).with_name("first_world.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class MotionRange:
    """What is known of one motion, in degrees: norms, spread between people, what may be lost, measurement error.

    `ossifying` and `capsular` are the chances that the motion takes part in a loss; `followed` is its weight
    in the physiotherapist's usual set.
    """

    motion: Motion
    norm_man: float
    norm_woman: float
    spread: float
    room: float
    sem: float
    ossifying: float
    capsular: float
    followed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranges:
    """Every number of the file by its dotted name ("ossifying.loss"), and the motions of each joint."""

    values: dict[str, tuple[float, ...]]
    motions: dict[Joint, tuple[MotionRange, ...]]


class Dice:
    """Dice of one purpose together with the ranges that they are thrown for; `raw` is the generator itself."""

    __slots__ = ("ranges", "raw")

    def __init__(self, *seeds: int) -> None:
        """Make dice that fall the same way for the same seeds."""
        self.raw = np.random.default_rng(seeds)
        self.ranges = ranges()

    def number(self, name: str) -> float:
        """Give a single number: a chance, a mean or a spread. Raises KeyError for a name that is not there."""
        return self.ranges.values[name][0]

    def several(self, name: str) -> tuple[float, ...]:
        """Give all numbers of an entry, such as the two ends of a range or shares."""
        return self.ranges.values[name]

    def between(self, name: str) -> float:
        """Draw evenly between the two ends of a range."""
        low, high = self.ranges.values[name]
        return low + (high - low) * float(self.raw.random())

    def count(self, name: str) -> int:
        """Draw a whole number evenly from a range, both ends included."""
        low, high = self.ranges.values[name]
        return int(self.raw.integers(int(low), int(high) + 1))

    def happens(self, name: str) -> bool:
        """Throw the dice for a chance."""
        return bool(self.raw.random() < self.ranges.values[name][0])


@cache
def ranges() -> Ranges:
    """Read the ranges once from the file beside this module."""
    table = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    values = {
        f"{group}.{name}": _numbers(entry["value"])
        for group, entries in table.items()
        if group != "motion"
        for name, entry in entries.items()
    }
    motions: dict[Joint, tuple[MotionRange, ...]] = {}
    for row in table["motion"]:
        joint = Joint(row["joint"])
        motions[joint] = (*motions.get(joint, ()), _motion(row))
    return Ranges(values=values, motions=motions)


def _numbers(value: Any) -> tuple[float, ...]:
    return tuple(float(number) for number in value) if isinstance(value, list) else (float(value),)


def _motion(row: dict[str, Any]) -> MotionRange:
    man, woman = row["norm"]["value"]
    return MotionRange(
        motion=Motion(row["motion"]),
        norm_man=float(man),
        norm_woman=float(woman),
        **{
            name: float(row[name]["value"]) for name in ("spread", "room", "sem", "ossifying", "capsular", "followed")
        },
    )
