"""How a synthetic patient's joints move, and what a therapist reads off them: true course plus measurement noise."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import pairwise
from random import Random
from tomllib import loads
from typing import Any

from horehab.domain.joints import Joint, JointSide, Motion
from horehab.domain.range_of_motion import Mode

Knots = tuple[tuple[float, float], ...]
"""A course drawn as straight lines: (day number, value) in order of days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """Degrees that a joint loses beyond what weeks in bed cost; `is_active_only` marks weakness or a nerve lesion."""

    place: JointSide
    knots: Knots
    is_active_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """How one motion behaves without ossification, see body.toml."""

    norm: float
    icu_loss: float
    weight: float
    sem: float
    spread: float


def read_toml(name: str) -> dict[str, Any]:
    """Read one of the demo's data files."""
    return loads(files("horehab.demo").joinpath(name).read_text(encoding="utf-8"))


@cache
def usual_motions() -> dict[tuple[Joint, Motion], Usual]:
    """Give the motions that the demo measures, in the order in which they are measured."""
    rows = read_toml("body.toml")["motion"]
    return {
        (Joint(row["joint"]), Motion(row["motion"])): Usual(**{k: row[k] for k in Usual.__dataclass_fields__})
        for row in rows
    }


@cache
def _figures() -> dict[str, float]:
    return {name: value for name, value in read_toml("body.toml").items() if isinstance(value, float)}


def value_at(knots: Sequence[tuple[float, float]], day: float) -> float:
    """Read a course drawn as straight lines; level before its first and after its last point."""
    if day <= knots[0][0]:
        return knots[0][1]
    for (start, low), (end, high) in pairwise(knots):
        if day <= end:
            return low + (high - low) * (day - start) / (end - start)
    return knots[-1][1]


@dataclass(slots=True, kw_only=True)
class Body:
    """One synthetic patient's joints, by dice thrown in a fixed order from a fixed seed: always the same degrees.

    `stiffness` scales what weeks in bed cost, `recovery` how fast it comes back (1 as in body.toml).
    """

    seed: str
    first_day: int
    losses: tuple[Loss, ...]
    stiffness: float = 1.0
    recovery: float = 1.0
    _dice: Random = field(init=False)
    _person: dict[tuple[Joint, Motion], float] = field(init=False)
    _habits: dict[tuple[str, Joint, Motion], float] = field(init=False)

    def __post_init__(self) -> None:
        """Throw what belongs to the person and to the habits of the two raters."""
        self._dice = Random(self.seed)
        self._person = {key: self._dice.gauss(0, usual.spread) for key, usual in usual_motions().items()}
        spread = _figures()["two_raters_differ"] / 2**0.5
        self._habits = {(rater, *key): self._dice.gauss(0, spread) for rater in "ab" for key in usual_motions()}

    def chance(self) -> float:
        """Throw a number between 0 and 1, for what happens at a visit."""
        return self._dice.random()

    def true_degrees(self, place: JointSide, motion: Motion, *, mode: Mode, day: int) -> float:
        """Tell where a motion truly stands on that day, before anybody measures it."""
        usual = usual_motions()[place.joint, motion]
        weeks = max(0.0, (day - self.first_day) / 7)
        regained = weeks * _figures()["recovery_per_week"] * self.recovery
        norm = usual.norm + self._person[place.joint, motion]
        degrees = norm - max(3.0, usual.icu_loss * self.stiffness - regained)
        degrees -= sum(
            usual.weight * value_at(loss.knots, day)
            for loss in self.losses
            if loss.place == place and (mode is Mode.ACTIVE or not loss.is_active_only)
        )
        if mode is Mode.ACTIVE:
            degrees -= max(_figures()["active_gap_left"], _figures()["active_gap"] - regained)
        return degrees

    def read(self, place: JointSide, motion: Motion, *, mode: Mode, day: int, rater: str) -> int:
        """Measure a motion once: the truth, the rater's habit, the error of one reading, in whole degrees.

        Extension of knee and elbow ends at straight (0); a deficit is negative.
        """
        usual = usual_motions()[place.joint, motion]
        truth = self.true_degrees(place, motion, mode=mode, day=day)
        measured = truth + self._habits[rater, place.joint, motion] + self._dice.gauss(0, usual.sem)
        return min(0, round(measured)) if motion is Motion.EXTENSION else max(0, round(measured))

    def rate_pain(self, knots: Knots, day: int) -> int:
        """Rate pain once, 0-10, around its true course."""
        return min(10, max(0, round(value_at(knots, day) + self._dice.gauss(0, _figures()["pain_noise"]))))
