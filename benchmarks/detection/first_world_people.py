"""Who the patients of the first world are: person, intensive care, what is known of them, and each joint's fate."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.detection.first_world_ranges import Dice
from benchmarks.detection.story import Fate, Known, Stay
from horehab.domain.exposure import BackgroundKind, ExposureKind
from horehab.domain.joints import WATCHED_PLACES, Joint, JointSide, Side

_YOUNG, _OLD, _FERTILE = 18, 88, 45
_LEGS = (Joint.HIP, Joint.KNEE)
_JOINTS = (Joint.HIP, Joint.KNEE, Joint.SHOULDER, Joint.ELBOW)
"""The order of the shares in ossifying.places."""


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


def person(dice: Dice, share: float) -> Person:
    """Draw age, sex, the stay in intensive care and what else is known; `share` is the chance to ossify."""
    is_ossifying = bool(dice.raw.random() < share)
    is_man = dice.happens("person.male_ossifying" if is_ossifying else "person.male")
    age = int(
        np.clip(dice.raw.normal(dice.number("person.age_mean"), dice.number("person.age_spread")), _YOUNG, _OLD)
    )
    intensive = _intensive_days(dice, is_ossifying=is_ossifying)
    stays = _stays(dice, intensive)
    is_pregnant = not is_man and age < _FERTILE and dice.happens("laboratory.pregnancy")
    chances = dice.raw.random(8)
    has_neuropathy = bool(chances[0] < dice.number("fate.weak_patient"))
    has_liver = bool(chances[1] < dice.number("laboratory.liver"))
    has_fracture = bool(chances[2] < dice.number("laboratory.fracture"))
    facts = {
        BackgroundKind.COVID19: bool(chances[3] < dice.number("person.covid")),
        BackgroundKind.POLYNEUROPATHY: has_neuropathy,
        BackgroundKind.PREGNANCY: is_pregnant,
        BackgroundKind.LIVER_DISEASE: has_liver and bool(chances[4] < dice.number("laboratory.liver_charted")),
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


def _intensive_days(dice: Dice, *, is_ossifying: bool) -> int:
    name = "person.intensive_median_ossifying" if is_ossifying else "person.intensive_median"
    low, high = dice.several("person.intensive_limits")
    spread = dice.number("person.intensive_spread")
    return int(np.clip(dice.raw.lognormal(np.log(dice.number(name)), spread), low, high))


def _stays(dice: Dice, intensive: int) -> tuple[Stay, ...]:
    weaned = intensive - int(dice.raw.integers(1, 5))
    awake = weaned - int(dice.raw.integers(0, 4))
    stays = [
        Stay(kind=ExposureKind.ICU_STAY, start=0, end=intensive),
        Stay(kind=ExposureKind.VENTILATION, start=int(dice.raw.integers(0, 3)), end=weaned),
        Stay(kind=ExposureKind.SEDATION, start=0, end=awake),
    ]
    if dice.happens("person.prone"):
        stays.append(Stay(kind=ExposureKind.PRONE, start=2, end=weaned // 2 + 2))
    if dice.happens("person.ecmo"):
        stays.append(Stay(kind=ExposureKind.ECMO, start=3, end=weaned - 3))
    return tuple(stays)


def fates(dice: Dice, who: Person, allowed: Sequence[Fate] | None) -> dict[JointSide, Fate]:
    """Say of every watched joint what becomes of it: the ordinary mixture, or only the fates allowed.

    Ossifying joints come last, over any other fate.
    """
    if allowed is None:
        found = _ordinary(dice, who)
    else:
        found = {place: _one_of(dice, place, allowed) for place in WATCHED_PLACES}
    if who.is_ossifying:
        found |= dict.fromkeys(_ossifying_places(dice), Fate.OSSIFYING)
    return found


def _one_of(dice: Dice, place: JointSide, allowed: Sequence[Fate]) -> Fate:
    """Draw one allowed fate; a stiff shoulder can be no other joint's, which is healthy if nothing else is left."""
    fitting = [
        fate
        for fate in allowed
        if fate is not Fate.OSSIFYING and (fate is not Fate.STIFF_SHOULDER or place.joint is Joint.SHOULDER)
    ]
    return fitting[int(dice.raw.integers(len(fitting)))] if fitting else Fate.HEALTHY


def _ordinary(dice: Dice, who: Person) -> dict[JointSide, Fate]:
    found = {place: _quiet(dice) for place in WATCHED_PLACES}
    if who.has_neuropathy:
        count = dice.count("fate.weak_joints")
        order = sorted(WATCHED_PLACES, key=lambda place: dice.raw.random() + (place.joint not in _LEGS))
        found |= dict.fromkeys(order[:count], Fate.WEAK)
    if dice.happens("fate.contracture_patient"):
        count = dice.count("fate.contracture_joints")
        found |= dict.fromkeys(_some(dice, WATCHED_PLACES, count), Fate.CONTRACTURE)
    if dice.happens("fate.stiff_shoulder_patient"):
        shoulders = [place for place in WATCHED_PLACES if place.joint is Joint.SHOULDER]
        count = 2 if dice.happens("fate.stiff_shoulder_both") else 1
        found |= dict.fromkeys(_some(dice, shoulders, count), Fate.STIFF_SHOULDER)
    if dice.happens("fate.acute_patient"):
        found |= dict.fromkeys(_some(dice, WATCHED_PLACES, 1), Fate.ACUTE)
    return found


def _quiet(dice: Dice) -> Fate:
    chance = dice.raw.random()
    if chance < dice.number("fate.recovering"):
        return Fate.RECOVERING
    if chance < dice.number("fate.recovering") + dice.number("fate.stable"):
        return Fate.STABLE
    return Fate.HEALTHY


def _some(dice: Dice, places: Sequence[JointSide], count: int) -> list[JointSide]:
    return [places[int(index)] for index in dice.raw.permutation(len(places))[:count]]


def _ossifying_places(dice: Dice) -> list[JointSide]:
    """Draw one to four joints, hips and shoulders first, the next one often on the opposite side."""
    count = 1 + int(dice.raw.choice(4, p=dice.several("ossifying.joints")))
    found: list[JointSide] = []
    while len(found) < count:
        if found and found[-1].opposite not in found and dice.happens("ossifying.opposite"):
            found.append(found[-1].opposite)
            continue
        joint = _JOINTS[int(dice.raw.choice(4, p=dice.several("ossifying.places")))]
        place = JointSide(joint=joint, side=Side.LEFT if dice.raw.random() < 1 / 2 else Side.RIGHT)
        if place not in found:
            found.append(place)
    return found
