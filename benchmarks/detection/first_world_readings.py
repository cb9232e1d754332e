"""What is written down at the visits of the first world: angles and pain, with every error of measurement.

A reading is the true angle of the day, plus the rater's bias, the stiffness of the day, the error of the one
measurement, rounded as the rater writes. All errors are drawn in one order whatever the plan, so that two wards
that differ in noise or in pain records see the same patients measured by the same hands.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from benchmarks.detection.first_world_joints import JointLife
from benchmarks.detection.first_world_people import Person
from benchmarks.detection.first_world_ranges import Ranges
from benchmarks.detection.first_world_visits import Habits, Rater
from benchmarks.detection.story import Measurement, Pain
from horehab.domain.joints import JointSide
from horehab.domain.range_of_motion import Mode

_MOST_PAIN = 10
_MOTIONS = 6
_OWN_CHANCES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class _Visit:
    """One visit: its id and day, who measures, and the plan's noise."""

    id: str
    day: int
    rater: Rater
    noise: float


def readings(
    dice: np.random.Generator, ranges: Ranges, lives: Mapping[JointSide, JointLife], days: list[int], *,
    habits: Habits, who: Person, noise: float, name: str,
) -> list[Measurement | Pain]:  # fmt: skip
    """Measure and ask at every visit; `noise` multiplies every error of measurement, not that of pain."""
    found: list[Measurement | Pain] = []
    for number, day in enumerate(days):
        visit = _Visit(id=f"{name}-v{number}", day=day, rater=_rater(dice, ranges, habits), noise=noise)
        for place, life in lives.items():
            chances = dice.random(_OWN_CHANCES + _MOTIONS)
            errors = dice.standard_normal(2 * _MOTIONS + 2)
            hurts = life.pain[day] >= ranges.number("measuring.complaint")
            measured = "measuring.complaint_measured" if hurts else "measuring.joint_measured"
            if chances[0] >= ranges.number(measured):
                continue
            found += _angles(ranges, visit, place, life, habits=habits, chances=chances, errors=errors)
            if chances[1] < ranges.number("pain.rated"):
                found.append(_pain(visit, place, life, habits=habits, who=who, error=float(errors[0])))
    return found


def _rater(dice: np.random.Generator, ranges: Ranges, habits: Habits) -> Rater:
    if ranges.happens(dice, "measuring.main_rater"):
        return habits.raters[0]
    return habits.raters[int(dice.integers(len(habits.raters)))]


def _angles(ranges: Ranges, visit: _Visit, place: JointSide, life: JointLife, *, habits: Habits,
            chances: np.ndarray[tuple[int], np.dtype[np.float64]],
            errors: np.ndarray[tuple[int], np.dtype[np.float64]]) -> list[Measurement]:  # fmt: skip
    modes = [
        (mode, truth, shift)
        for mode, truth, shift, chance, limit in (
            (Mode.PASSIVE, life.passive, 2, chances[2], ranges.number("measuring.passive")),
            (Mode.ACTIVE, life.active, 2 + _MOTIONS, chances[3], habits.active),
        )
        if chance < limit
    ]
    of_day = ranges.number("measuring.visit_spread") * errors[1]
    found: list[Measurement] = []
    for row in habits.motions[place]:
        if chances[_OWN_CHANCES + row] >= ranges.number("measuring.motion_measured"):
            continue
        known = life.motions[row]
        for mode, truth, shift in modes:
            own = known.sem * visit.rater.error * errors[shift + row]
            wrong = visit.noise * (visit.rater.bias[(place.joint, known.motion)] + of_day + own)
            step = visit.rater.step
            found.append(
                Measurement(
                    id=f"{visit.id}-{place.side.value[0]}{place.joint.value[0]}{row}{mode.value[0]}",
                    visit=visit.id,
                    day=visit.day,
                    known=visit.day,
                    place=place,
                    motion=known.motion,
                    mode=mode,
                    value=step * round(float(truth[row, visit.day] + wrong) / step),
                    rater=visit.rater.name if habits.named[0] else None,
                    device=visit.rater.device if habits.named[1] else None,
                )
            )
    return found


def _pain(visit: _Visit, place: JointSide, life: JointLife, *, habits: Habits, who: Person, error: float) -> Pain:
    """Ask for pain; under sedation hardly anything is said."""
    felt = float(life.pain[visit.day]) * (1.0 if visit.day >= who.sedated_until else 0.2)
    return Pain(
        id=f"{visit.id}-{place.side.value[0]}{place.joint.value[0]}p",
        visit=visit.id,
        day=visit.day,
        known=visit.day,
        place=place,
        score=int(np.clip(round(felt + habits.pain_noise * error), 0, _MOST_PAIN)),
    )
