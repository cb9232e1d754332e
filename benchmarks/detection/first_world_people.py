"""Who the patients of the first world are: person, intensive care, what is known of them, and each joint's fate."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.detection.first_world_ranges import Ranges
from benchmarks.detection.story import Fate, Known, Stay, WardPlan
from horehab.domain.exposure import BackgroundKind, ExposureKind
from horehab.domain.joints import WATCHED_JOINTS, WATCHED_PLACES, Joint, JointSide, Side

_YOUNG, _OLD, _FERTILE = 18, 88, 45
_LEGS = (Joint.HIP, Joint.KNEE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A patient before anything is measured: `intensive` is the day on which intensive care ended.

    `is_ossifying` says that some joints will; `has_liver` and the like explain a raised alkaline phosphatase.
    """

    age: int
    sex: str
    intensive: int
    is_ossifying: bool
    has_neuropathy: bool
    has_liver: bool
    has_fracture: bool
    is_pregnant: bool
    sedated_until: int
    stays: tuple[Stay, ...]
    known: tuple[Known, ...]


def person(dice: np.random.Generator, ranges: Ranges, plan: WardPlan) -> Person:
    """Draw age, sex, the stay in intensive care and what else the chart knows."""
    is_ossifying = bool(dice.random() < plan.ossifying)
    is_man = ranges.happens(dice, "person.male_ossifying" if is_ossifying else "person.male")
    age = int(
        np.clip(dice.normal(ranges.number("person.age_mean"), ranges.number("person.age_spread")), _YOUNG, _OLD)
    )
    intensive = _intensive_days(dice, ranges, is_ossifying=is_ossifying)
    stays = _stays(dice, ranges, intensive)
    is_pregnant = not is_man and age < _FERTILE and ranges.happens(dice, "laboratory.pregnancy")
    chances = dice.random(8)
    has_neuropathy = bool(chances[0] < ranges.number("fate.weak_patient"))
    has_liver = bool(chances[1] < ranges.number("laboratory.liver"))
    has_fracture = bool(chances[2] < ranges.number("laboratory.fracture"))
    facts = {
        BackgroundKind.COVID19: bool(chances[3] < ranges.number("person.covid")),
        BackgroundKind.POLYNEUROPATHY: has_neuropathy,
        BackgroundKind.PREGNANCY: is_pregnant,
        BackgroundKind.LIVER_DISEASE: has_liver and bool(chances[4] < ranges.number("laboratory.liver_charted")),
        BackgroundKind.FRACTURE: has_fracture,
    }
    return Person(
        age=age,
        sex="male" if is_man else "female",
        intensive=intensive,
        is_ossifying=is_ossifying,
        has_neuropathy=has_neuropathy,
        has_liver=has_liver,
        has_fracture=has_fracture,
        is_pregnant=is_pregnant,
        sedated_until=next(stay.end for stay in stays if stay.kind is ExposureKind.SEDATION),
        stays=stays,
        known=tuple(Known(kind=kind, day=0) for kind, holds in facts.items() if holds),
    )


def _intensive_days(dice: np.random.Generator, ranges: Ranges, *, is_ossifying: bool) -> int:
    name = "person.intensive_median_ossifying" if is_ossifying else "person.intensive_median"
    low, high = ranges.several("person.intensive_limits")
    spread = ranges.number("person.intensive_spread")
    return int(np.clip(dice.lognormal(np.log(ranges.number(name)), spread), low, high))


def _stays(dice: np.random.Generator, ranges: Ranges, intensive: int) -> tuple[Stay, ...]:
    weaned = intensive - int(dice.integers(1, 5))
    awake = weaned - int(dice.integers(0, 4))
    stays = [
        Stay(kind=ExposureKind.ICU_STAY, start=0, end=intensive),
        Stay(kind=ExposureKind.VENTILATION, start=int(dice.integers(0, 3)), end=weaned),
        Stay(kind=ExposureKind.SEDATION, start=0, end=awake),
    ]
    if ranges.happens(dice, "person.prone"):
        stays.append(Stay(kind=ExposureKind.PRONE, start=2, end=weaned // 2 + 2))
    if ranges.happens(dice, "person.ecmo"):
        stays.append(Stay(kind=ExposureKind.ECMO, start=3, end=weaned - 3))
    return tuple(stays)


def fates(dice: np.random.Generator, ranges: Ranges, who: Person, plan: WardPlan) -> dict[JointSide, Fate]:
    """Say of every watched joint what will become of it, the ossifying ones last, over any other fate."""
    if plan.fates is None:
        found = _ordinary(dice, ranges, who)
    else:
        found = {place: _one_of(dice, place, plan.fates) for place in WATCHED_PLACES}
    if who.is_ossifying:
        found |= dict.fromkeys(_ossifying_places(dice, ranges), Fate.OSSIFYING)
    return found


def _one_of(dice: np.random.Generator, place: JointSide, allowed: Sequence[Fate]) -> Fate:
    """Draw one allowed fate; a stiff shoulder can be no other joint's, which is healthy if nothing else is left."""
    fitting = [
        fate
        for fate in allowed
        if fate is not Fate.OSSIFYING and (fate is not Fate.STIFF_SHOULDER or place.joint is Joint.SHOULDER)
    ]
    return fitting[int(dice.integers(len(fitting)))] if fitting else Fate.HEALTHY


def _ordinary(dice: np.random.Generator, ranges: Ranges, who: Person) -> dict[JointSide, Fate]:
    found = {place: _quiet(dice, ranges) for place in WATCHED_PLACES}
    if who.has_neuropathy:
        count = ranges.count(dice, "fate.weak_joints")
        order = sorted(WATCHED_PLACES, key=lambda place: dice.random() + (place.joint not in _LEGS))
        found |= dict.fromkeys(order[:count], Fate.WEAK)
    if ranges.happens(dice, "fate.contracture_patient"):
        count = ranges.count(dice, "fate.contracture_joints")
        found |= dict.fromkeys(_some(dice, WATCHED_PLACES, count), Fate.CONTRACTURE)
    if ranges.happens(dice, "fate.stiff_shoulder_patient"):
        shoulders = [place for place in WATCHED_PLACES if place.joint is Joint.SHOULDER]
        count = 2 if ranges.happens(dice, "fate.stiff_shoulder_both") else 1
        found |= dict.fromkeys(_some(dice, shoulders, count), Fate.STIFF_SHOULDER)
    if ranges.happens(dice, "fate.acute_patient"):
        found |= dict.fromkeys(_some(dice, WATCHED_PLACES, 1), Fate.ACUTE)
    return found


def _quiet(dice: np.random.Generator, ranges: Ranges) -> Fate:
    chance = dice.random()
    if chance < ranges.number("fate.recovering"):
        return Fate.RECOVERING
    if chance < ranges.number("fate.recovering") + ranges.number("fate.stable"):
        return Fate.STABLE
    return Fate.HEALTHY


def _some(dice: np.random.Generator, places: Sequence[JointSide], count: int) -> list[JointSide]:
    return [places[int(index)] for index in dice.permutation(len(places))[:count]]


def _ossifying_places(dice: np.random.Generator, ranges: Ranges) -> list[JointSide]:
    """Draw one to four joints, hips and shoulders first, the next one often on the opposite side."""
    count = 1 + int(dice.choice(4, p=ranges.several("ossifying.joints")))
    found: list[JointSide] = []
    while len(found) < count:
        if found and found[-1].opposite not in found and ranges.happens(dice, "ossifying.opposite"):
            found.append(found[-1].opposite)
            continue
        joint = WATCHED_JOINTS[int(dice.choice(4, p=ranges.several("ossifying.places")))]
        place = JointSide(joint=joint, side=Side.LEFT if dice.random() < 1 / 2 else Side.RIGHT)
        if place not in found:
            found.append(place)
    return found
