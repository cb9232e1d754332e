"""What is written down at the visits of the first world: angles and pain, with every error of measurement.

A reading is the true angle of the day, plus the rater's bias, the stiffness of the day, the error of the one
measurement, rounded as the rater writes. All errors are drawn in one order whatever the plan, so that two wards
that differ in noise or in pain records see the same patients measured by the same hands.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from benchmarks.detection.first_world_joints import JointLife
from benchmarks.detection.first_world_losses import Days
from benchmarks.detection.first_world_ranges import Dice
from benchmarks.detection.first_world_visits import FollowUp, Rater
from benchmarks.detection.story import Measurement, Pain
from horehab.domain.joints import JointSide
from horehab.domain.range_of_motion import Mode

_MOST_PAIN = 10
_MOTIONS = 6
_SEDATED = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    """One joint's turn at a visit, with all that chance decides in it: what is done, and how wrong it is."""

    visit: str
    day: int
    rater: Rater
    place: JointSide
    life: JointLife
    is_passive: bool
    is_active: bool
    is_motion: tuple[bool, ...]
    errors: Days

    def name(self, what: str) -> str:
        """Name an entry of this turn, such as "first-1-0-v3-lh0p"."""
        return f"{self.visit}-{self.place.side.value[0]}{self.place.joint.value[0]}{what}"


def readings(
    dice: Dice, lives: Mapping[JointSide, JointLife], follow_up: FollowUp, *, sedated_until: int
) -> Iterator[Measurement | Pain]:
    """Measure and ask at every visit; the plan's noise multiplies every error of an angle, not that of pain."""
    limits = dice.number("measuring.passive"), dice.number("measuring.motion_measured"), dice.number("pain.rated")
    for number, day in enumerate(follow_up.days):
        rater = _rater(dice, follow_up)
        for place, life in lives.items():
            chances = dice.raw.random(4 + _MOTIONS)
            errors = dice.raw.standard_normal(2 + 2 * _MOTIONS)
            if chances[0] >= _wanted(dice, life, day):
                continue
            turn = _Turn(
                visit=f"{follow_up.patient}-v{number}",
                day=day,
                rater=rater,
                place=place,
                life=life,
                is_passive=bool(chances[2] < limits[0]),
                is_active=bool(chances[3] < follow_up.active),
                is_motion=tuple((chances[4:] < limits[1]).tolist()),
                errors=errors,
            )
            yield from _angles(dice, turn, follow_up)
            if chances[1] < limits[2]:
                yield _pain(turn, follow_up, is_sedated=day < sedated_until)


def _wanted(dice: Dice, life: JointLife, day: int) -> float:
    """Say how likely a joint is measured: one that hurts more likely than another."""
    hurts = life.pain[day] >= dice.number("measuring.complaint")
    return dice.number("measuring.complaint_measured" if hurts else "measuring.joint_measured")


def _rater(dice: Dice, follow_up: FollowUp) -> Rater:
    if dice.happens("measuring.main_rater"):
        return follow_up.raters[0]
    return follow_up.raters[int(dice.raw.integers(len(follow_up.raters)))]


def _angles(dice: Dice, turn: _Turn, follow_up: FollowUp) -> Iterator[Measurement]:
    """Measure the motions of the usual set, passively, actively or both, all with the stiffness of the day."""
    of_day = dice.number("measuring.visit_spread") * turn.errors[1]
    rater = turn.rater
    for row in follow_up.motions[turn.place.joint]:
        known = turn.life.motions[row]
        for mode, truth, is_done, index in (
            (Mode.PASSIVE, turn.life.passive, turn.is_passive, 2 + row),
            (Mode.ACTIVE, turn.life.active, turn.is_active, 2 + _MOTIONS + row),
        ):
            if not (is_done and turn.is_motion[row]):
                continue
            error = (
                rater.bias[(turn.place.joint, known.motion)] + of_day + known.sem * rater.error * turn.errors[index]
            )
            yield Measurement(
                id=turn.name(f"{row}{mode.value[0]}"),
                visit=turn.visit,
                day=turn.day,
                known=turn.day,
                place=turn.place,
                motion=known.motion,
                mode=mode,
                value=rater.step * round(float(truth[row, turn.day] + follow_up.noise * error) / rater.step),
                rater=rater.name if follow_up.is_rater_named else None,
                device=rater.device if follow_up.is_device_named else None,
            )


def _pain(turn: _Turn, follow_up: FollowUp, *, is_sedated: bool) -> Pain:
    """Ask for pain; under sedation hardly anything is said."""
    felt = float(turn.life.pain[turn.day]) * (_SEDATED if is_sedated else 1.0)
    return Pain(
        id=turn.name("p"),
        visit=turn.visit,
        day=turn.day,
        known=turn.day,
        place=turn.place,
        score=int(np.clip(round(felt + follow_up.pain_noise * float(turn.errors[0])), 0, _MOST_PAIN)),
    )
