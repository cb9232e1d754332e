"""What happens to a joint that does not ossify: its loss, its pain and its weakness on each day, by fate.

Losses are degrees of the joint's largest motion; `second_world_joints` shares them out to all its motions.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from benchmarks.detection.second_world_numbers import HORIZON, Degrees, Dice, between, happens
from benchmarks.detection.second_world_shapes import event, line, root
from benchmarks.detection.story import Fate

DAYS: Degrees = np.arange(HORIZON, dtype=np.float64)
"""Every day since admission."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A joint's life: passive loss in degrees, the level to which pain is drawn (0-3), active loss beside it."""

    loss: Degrees
    ache: Degrees
    weakness: Degrees


def _course(loss: Degrees, ache: Degrees, weakness: Degrees | None = None) -> Course:
    return Course(loss=loss, ache=ache, weakness=np.zeros(HORIZON) if weakness is None else weakness)


def _flat(level: float) -> Degrees:
    return np.full(HORIZON, level)


def _healthy(dice: Dice, _discharge: float) -> Course:
    return _course(_flat(between(dice, "courses.healthy_degrees")), _flat(between(dice, "pain.ordinary") / 2))


def _recovering(dice: Dice, _discharge: float) -> Course:
    """A limitation that goes in a straight line, then stays at a rest, with setbacks in some."""
    start, left = between(dice, "courses.recovering_degrees"), between(dice, "courses.recovering_left_degrees")
    begin, pace = between(dice, "courses.recovering_until_day"), between(dice, "courses.recovering_pace")
    loss = np.maximum(left, start - np.maximum(DAYS - begin, 0.0) * pace / 7.0)
    if happens(dice, "setbacks"):
        for _ in range(int(dice.integers(1, 4))):
            rest = between(dice, "courses.setback_days")
            back = event(DAYS - dice.uniform(begin, 200.0), (2.0, rest, rest))
            loss = loss + between(dice, "courses.setback_degrees") * back
    return _course(loss, _flat(between(dice, "pain.ordinary")))


def _stable(dice: Dice, _discharge: float) -> Course:
    return _course(_flat(between(dice, "courses.stable_degrees")), _flat(between(dice, "pain.ordinary")))


def _contracture(dice: Dice, discharge: float) -> Course:
    """Shortening: with the square root of time, or in a straight line until discharge; some improve later."""
    begin, length = between(dice, "courses.contracture_from_day"), between(dice, "courses.contracture_days")
    if happens(dice, "contracture_is_root"):
        part = root(DAYS - begin, length)
    else:
        length = max(discharge - begin, 21.0)
        part = line(DAYS - begin, length)
    if happens(dice, "contracture_improves"):
        left = between(dice, "courses.contracture_left")
        part = part * np.interp(DAYS, [begin + length + 20.0, begin + length + 120.0], [1.0, left])
    return _course(between(dice, "courses.contracture_degrees") * part, _flat(between(dice, "pain.contracture")))


def _stiff_shoulder(dice: Dice, _discharge: float) -> Course:
    """A capsule that stiffens with pain, stays, and thaws over months."""
    begin, freezing = between(dice, "courses.stiff_from_day"), between(dice, "courses.stiff_days")
    rest, thaw = between(dice, "courses.stiff_plateau_days"), between(dice, "courses.thaw_days")
    loss = between(dice, "courses.stiff_degrees") * event(DAYS - begin, (freezing, rest, thaw))
    sore = event(DAYS - begin + 10.0, (10.0, freezing, rest))
    return _course(loss, between(dice, "pain.ordinary") / 2 + between(dice, "pain.stiff") * sore)


def _acute(dice: Dice, _discharge: float) -> Course:
    """One to three sudden painful losses (thrombosis, haematoma, fall, flare of arthritis) that go again."""
    loss, ache = _flat(between(dice, "courses.healthy_degrees")), _flat(between(dice, "pain.ordinary") / 2)
    for _ in range(int(dice.choice([1, 1, 1, 2, 3]))):
        begin = between(dice, "courses.acute_from_day")
        lengths = tuple(between(dice, f"courses.acute_{name}_days") for name in ("onset", "stay", "better"))
        shape = event(DAYS - begin, (lengths[0], lengths[1], lengths[2]))
        loss = np.maximum(loss, between(dice, "courses.acute_degrees") * shape)
        ache = np.maximum(ache, between(dice, "pain.acute") * shape)
    return _course(loss, ache)


def _weak(dice: Dice, _discharge: float) -> Course:
    """Active motion is lost and slowly comes back; passive motion is whole."""
    start, pace = between(dice, "courses.weak_degrees"), between(dice, "courses.weak_pace")
    begin = between(dice, "courses.recovering_until_day")
    weakness = np.maximum(0.15 * start, start - np.maximum(DAYS - begin, 0.0) * pace / 7.0)
    dip = event(DAYS - dice.uniform(40.0, 160.0), (14.0, 14.0, 30.0))
    loss, ache = _flat(between(dice, "courses.healthy_degrees")), _flat(between(dice, "pain.ordinary") / 2)
    return _course(loss, ache, weakness + 0.4 * start * dip)


_LAWS: Mapping[Fate, Callable[[Dice, float], Course]] = {
    Fate.HEALTHY: _healthy,
    Fate.RECOVERING: _recovering,
    Fate.STABLE: _stable,
    Fate.CONTRACTURE: _contracture,
    Fate.STIFF_SHOULDER: _stiff_shoulder,
    Fate.ACUTE: _acute,
    Fate.WEAK: _weak,
}


def course_of(dice: Dice, fate: Fate, discharge: float) -> Course:
    """Draw the course of a joint that does not ossify; `discharge` is the day on which the patient goes home."""
    return _LAWS[fate](dice, discharge)
