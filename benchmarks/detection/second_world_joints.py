"""A joint's life in degrees: every motion on every day, passive and active, and the truth if bone grows.

A loss is one loss of the whole joint; each motion has its part of it, drawn from a Dirichlet distribution, so
that the motions of a joint fall together but never alike. No motion falls below its ankylosed position.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from benchmarks.detection.second_world_courses import DAYS, Course, course_of
from benchmarks.detection.second_world_error import HALF_TURN
from benchmarks.detection.second_world_numbers import (
    ANATOMY,
    HORIZON,
    Degrees,
    Dice,
    between,
    happens,
    limits,
    number,
)
from benchmarks.detection.second_world_shapes import RISES, aftermath, event, sudden
from benchmarks.detection.story import Fate
from horehab.domain.joints import Joint, JointSide, Motion

BEFORE = (Fate.RECOVERING, Fate.RECOVERING, Fate.HEALTHY, Fate.STABLE, Fate.CONTRACTURE)
"""What a joint may have been doing before bone grew in it, equally likely."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """One joint: true degrees by motion and day, the level to which pain is drawn, and the truth about bone."""

    fate: Fate
    passive: Mapping[Motion, Degrees]
    active: Mapping[Motion, Degrees]
    ache: Degrees
    onset: int | None = None
    recognised: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """What all joints of a patient have in common: age in years, day of going home, suppleness (about 1)."""

    age: int
    discharge: float
    suppleness: float


def parts(dice: Dice, joint: Joint, fate: Fate) -> dict[Motion, float]:
    """Share a loss out to the motions of a joint: the hardest-hit motion has 1, the others less (Dirichlet)."""
    anatomy = ANATOMY[joint]
    alpha = [row.capsule if fate is Fate.STIFF_SHOULDER else row.bone for row in anatomy.values()]
    raw = dice.dirichlet(alpha) * len(alpha)
    shares = [(0.35 + 0.65 * share) * row.scale for share, row in zip(raw, anatomy.values(), strict=True)]
    most = max(shares)
    return {motion: share / most for motion, share in zip(anatomy, shares, strict=True)}


def _whole(dice: Dice, joint: Joint, host: Host) -> dict[Motion, float]:
    """The degrees of the joint before the illness: the norm of its age, the patient's suppleness, its own luck."""
    return {
        motion: min(row.norm(host.age) * host.suppleness + float(dice.normal(0.0, 2.5)), HALF_TURN)
        for motion, row in ANATOMY[joint].items()
    }


def _fallen(
    joint: Joint, start: Mapping[Motion, Degrees | float], loss: Mapping[Motion, Degrees]
) -> dict[Motion, Degrees]:
    """Take the loss of each motion from its start, but not below the ankylosed position or the start itself."""
    anatomy = ANATOMY[joint]
    return {
        motion: np.maximum(start[motion] - loss[motion], np.minimum(anatomy[motion].stiffest, start[motion]))
        for motion in anatomy
    }


def _active(dice: Dice, passive: Mapping[Motion, Degrees], joint: Joint, weakness: Degrees) -> dict[Motion, Degrees]:
    """Active motion is passive motion less a lag and the weakness of the joint."""
    lag = between(dice, "courses.active_lag_degrees")
    rows = ANATOMY[joint]
    return {
        motion: np.maximum(degrees - rows[motion].scale * (lag + weakness), rows[motion].stiffest - 5.0)
        for motion, degrees in passive.items()
    }


def ordinary_life(dice: Dice, place: JointSide, fate: Fate, host: Host) -> Life:
    """Draw the life of a joint that does not ossify."""
    course = course_of(dice, fate, host.discharge)
    share = parts(dice, place.joint, fate)
    loss = {motion: course.loss * part for motion, part in share.items()}
    passive = _fallen(place.joint, _whole(dice, place.joint, host), loss)
    active = _active(dice, passive, place.joint, course.weakness)
    return Life(fate=fate, passive=passive, active=active, ache=course.ache)


def ossifying_life(dice: Dice, place: JointSide, onset: int, host: Host) -> Life:
    """Draw the life of a joint in which bone grows from the day `onset` on; what it did before stops there."""
    before = BEFORE[int(dice.integers(len(BEFORE)))]
    course = course_of(dice, before, host.discharge)
    share = parts(dice, place.joint, before)
    ceiling = number("ossification.loss_before_degrees")
    held = np.minimum(course.loss, ceiling)[np.minimum(np.arange(HORIZON), onset)]
    base = _fallen(place.joint, _whole(dice, place.joint, host), {m: held * part for m, part in share.items()})
    bone, is_sudden = _bone(dice, onset)
    most, room = _parts_of_bone(
        dice, place.joint, {motion: float(degrees[onset]) for motion, degrees in base.items()}
    )
    depth = _depth(dice, room)
    passive = _fallen(place.joint, base, {motion: depth * part * bone for motion, part in most.items()})
    lost = sum((base[motion] - passive[motion] for motion in base), start=np.zeros(HORIZON))
    recognised = int(np.argmax(lost >= lost.max() / 2))
    return Life(
        fate=Fate.OSSIFYING,
        passive=passive,
        active=_active(dice, passive, place.joint, course.weakness),
        ache=_bone_ache(dice, onset, course, is_sudden=is_sudden),
        onset=onset,
        recognised=max(recognised, onset + 1),
    )


def _parts_of_bone(dice: Dice, joint: Joint, start: Mapping[Motion, float]) -> tuple[dict[Motion, float], float]:
    """Share the loss out, so that the hardest-hit motion has degrees left to lose; and how many it has."""
    _, least = limits("ossification.least_loss_degrees")
    while True:
        most = parts(dice, joint, Fate.OSSIFYING)
        room = min(start[motion] - ANATOMY[joint][motion].stiffest for motion, part in most.items() if part >= 1.0)
        if room >= least:
            return most, room


def _depth(dice: Dice, room: float) -> float:
    """The eventual loss of the hardest-hit motion: from 20 degrees to ankylosis."""
    if happens(dice, "ankylosis"):
        return 1.6 * room
    degrees = between(dice, "ossification.least_loss_degrees") + dice.gamma(
        number("ossification.loss_shape"), number("ossification.loss_scale_degrees")
    )
    return float(min(degrees, room))


def _bone(dice: Dice, onset: int) -> tuple[Degrees, bool]:
    """The part of the loss that is there on each day, and whether it came suddenly."""
    length, is_sudden = between(dice, "ossification.length_days"), happens(dice, "sudden")
    rise = sudden if is_sudden else RISES[int(dice.integers(len(RISES)))]
    since = DAYS - onset
    return rise(dice, since, length) * aftermath(dice, since - length), is_sudden


def _bone_ache(dice: Dice, onset: int, course: Course, *, is_sudden: bool) -> Degrees:
    """Pain before, at or after the onset, for weeks; none at all in some joints unless the onset is sudden."""
    if not is_sudden and happens(dice, "painless"):
        return course.ache
    earliest, latest = limits("pain.offset_days")
    begin = onset if is_sudden else onset + dice.uniform(earliest, latest)
    lasts, level = between(dice, "pain.ossifying_days"), between(dice, "pain.ossifying")
    after = between(dice, "pain.ossifying_after")
    ache = level * event(DAYS - begin, (3.0, lasts, 30.0))
    return np.asarray(course.ache + np.where(begin + lasts < DAYS, np.maximum(ache, after), ache), dtype=np.float64)
