"""Who the patient is and what went before: age, intensive care, and the days of follow-up."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.detection.second_world_joints import Host, Life
from benchmarks.detection.second_world_numbers import Dice, between, chance, happens
from benchmarks.detection.story import Fate, Known, Ossification, Stay
from horehab.domain.exposure import BackgroundKind, ExposureKind
from horehab.domain.joints import Joint, JointSide, Side

_LEGS = (Joint.HIP, Joint.KNEE)
SETTLED = 25
"""Days that every follow-up goes on after the last recognition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stayed:
    """A patient's stay: what all joints share, exposures, sedation's end, first and last day of follow-up."""

    host: Host
    sex: str
    spans: tuple[Stay, ...]
    awake: int
    first: int
    last: int


def stay_of(dice: Dice, *, is_late: bool) -> Stayed:
    """Draw the stay; a late ward's patient is first seen months after admission."""
    host = Host(
        age=round(between(dice, "stay.age_years")),
        discharge=between(dice, "stay.discharge_day"),
        suppleness=float(dice.normal(1.0, 0.05)),
    )
    sex = "male" if happens(dice, "male") else "female"
    icu = round(between(dice, "stay.icu_days"))
    ventilated = max(10, icu - int(dice.integers(1, 6)))
    awake = round(ventilated * between(dice, "stay.sedation_part"))
    spans = [
        Stay(kind=ExposureKind.ICU_STAY, start=0, end=icu),
        Stay(kind=ExposureKind.VENTILATION, start=0, end=ventilated),
        Stay(kind=ExposureKind.SEDATION, start=0, end=awake),
    ]
    if happens(dice, "prone"):
        spans.append(Stay(kind=ExposureKind.PRONE, start=1, end=max(2, awake - 2)))
    if happens(dice, "ecmo"):
        spans.append(Stay(kind=ExposureKind.ECMO, start=1, end=max(2, awake - 1)))
    early, late = round(between(dice, "stay.first_visit_day")), round(between(dice, "stay.first_visit_day_late"))
    first = late if is_late else early
    last = first + round(between(dice, "stay.follow_up_days"))
    return Stayed(host=host, sex=sex, spans=tuple(spans), awake=awake, first=first, last=last)


def follow_up(dice: Dice, stay: Stayed, truth: tuple[Ossification, ...], *, is_late: bool) -> Stayed:
    """Fit the follow-up to the truth: it outlasts every recognition, and in a late ward begins after the last."""
    if not truth:
        return stay
    latest = max(one.recognised for one in truth)
    after = round(between(dice, "stay.late_after_recognition"))
    first = latest + after if is_late else stay.first
    return replace(stay, first=first, last=max(first + stay.last - stay.first, latest + SETTLED))


def thromboses(dice: Dice, lives: Mapping[JointSide, Life]) -> Iterator[Known]:
    """Thromboses of a leg: behind some acute events, and beside everything else (S1-2: on the side of the bone)."""
    for place, life in lives.items():
        if life.fate is Fate.ACUTE and place.joint in _LEGS and happens(dice, "thrombosis_is_event"):
            yield Known(kind=BackgroundKind.DEEP_VEIN_THROMBOSIS, day=int(np.argmax(np.diff(life.ache))), place=place)
    if dice.random() < chance("thrombosis"):
        place = JointSide(joint=_LEGS[int(dice.integers(2))], side=list(Side)[int(dice.integers(2))])
        yield Known(kind=BackgroundKind.DEEP_VEIN_THROMBOSIS, day=int(dice.integers(5, 90)), place=place)
