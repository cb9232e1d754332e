"""How a reading misses the truth: heavy tails, larger at large angles, shared by a visit, a rater, and the day.

A reading is true degrees + the joint's stiffness of that day (AR(1), correlation a half after a week) + what the
visit shares + the rater's offset, which drifts as a random walk + an error of its own (Laplace, or Student-t with
four degrees of freedom) whose SD grows with the angle; a second reading of the same visit is higher, because the
joint is warm; then the therapist rounds to a degree, to 5 or to 10. `noise` multiplies everything but the rounding.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.detection.second_world_numbers import HORIZON, Dice, between, chance, number

HALF_TURN = 180.0
"""Where the scale of a goniometer ends, in degrees."""

FREEDOM = 4.0
"""Degrees of freedom of Student's t."""


def reading_sd(degrees: float, noise: float) -> float:
    """The SD of one reading's own error, in degrees: a least one, and a part of the angle."""
    own = number("error.least_sd_degrees") + number("error.sd_per_degree") * max(degrees, 0.0)
    return noise * own


def heavy(dice: Dice, *, is_laplace: bool) -> float:
    """A draw with mean 0 and SD 1, from a Laplace or a Student-t(4) distribution."""
    if is_laplace:
        return float(dice.laplace(0.0, np.sqrt(0.5)))
    return float(dice.standard_t(FREEDOM) * np.sqrt((FREEDOM - 2.0) / FREEDOM))


def stiffness(dice: Dice, noise: float) -> npt.NDArray[np.float64]:
    """The joint's good and bad days (shape: days): AR(1) in degrees of its largest motion."""
    sd = noise * between(dice, "error.stiffness_sd_degrees")
    keep = number("error.stiffness_correlation_a_week") ** (1.0 / 7.0)
    shocks = dice.normal(0.0, sd * np.sqrt(1.0 - keep * keep), size=HORIZON).tolist()
    value, path = float(dice.normal(0.0, sd)), []
    for shock in shocks:
        path.append(value)
        value = keep * value + shock
    return np.asarray(path, dtype=np.float64)


def drift(dice: Dice, noise: float) -> npt.NDArray[np.float64]:
    """A rater's own way of reading (shape: days): an offset that wanders slowly, in degrees."""
    walk = dice.normal(0.0, number("error.drift_sd_per_root_day"), size=HORIZON).cumsum()
    return np.asarray(noise * (dice.normal(0.0, number("error.rater_sd_degrees")) + walk), dtype=np.float64)


def rounded(dice: Dice, degrees: float) -> float:
    """Round as therapists do: often to 5, sometimes to 10, otherwise to a degree."""
    draw = dice.random()
    if draw < chance("to_ten"):
        return float(round(degrees / 10.0) * 10)
    if draw < chance("to_ten") + chance("to_five"):
        return float(round(degrees / 5.0) * 5)
    return float(round(degrees))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """How one patient's readings err: the law, the noise of the ward, and the drift of each rater by name."""

    noise: float
    is_laplace: bool
    raters: dict[str, npt.NDArray[np.float64]]

    def shared(self, dice: Dice, rater: str, day: int) -> float:
        """What all readings of one visit share, in degrees of a large motion."""
        visit = self.noise * dice.normal(0.0, number("error.visit_sd_degrees"))
        return float(self.raters[rater][day] + visit)

    def read(self, dice: Dice, true: float, shared: float) -> float:
        """One reading of a true angle, in degrees, with what is shared already scaled to the motion."""
        own = reading_sd(true, self.noise) * heavy(dice, is_laplace=self.is_laplace)
        return min(rounded(dice, true + shared + own), HALF_TURN)
