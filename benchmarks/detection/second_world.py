"""The second simulated ward: built apart from the first, with other laws, to see whether tuning travels.

A patient is drawn in this order, each from a stream of dice of its own (seed, patient's number, stream), so that a
switch of the plan changes only what it is about, and a patient is the same in a ward of any size:

1. stay: age, sex, days of intensive care, ventilation, sedation, first and last day of follow-up;
2. fates: which joints ossify and from which day (gamma distributed), what the other joints do;
3. lives: every motion of the eight watched joints on each day (`second_world_joints`, `_courses`, `_shapes`);
4. blood and diagnoses (`second_world_laboratory`);
5. visits: unit, days, measured joints and motions (`second_world_visits`);
6. errors of reading (`second_world_error`) and 7. pain (`second_world_pain`).

Every number stands in second_world.toml with its source. A simulation ranks methods; it is no clinical evidence.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.detection import second_world_entries as entries
from benchmarks.detection.second_world_fates import fates_of, onsets_of
from benchmarks.detection.second_world_joints import Life, ordinary_life, ossifying_life
from benchmarks.detection.second_world_laboratory import Chemistry, chemistry, diagnoses, laboratory
from benchmarks.detection.second_world_numbers import Dice
from benchmarks.detection.second_world_stay import Stayed, follow_up, stay_of, thromboses
from benchmarks.detection.second_world_visits import unit_of
from benchmarks.detection.story import Entry, Fate, Ossification, SimulatedPatient, WardPlan
from horehab.domain.joints import WATCHED_PLACES, JointSide

STAY, FATES, LIVES, BLOOD, VISITS, ERRORS, PAIN, LABS = range(8)
"""The streams of dice of a patient."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Streams:
    seed: int
    number: int

    def __getitem__(self, stream: int) -> Dice:
        return np.random.default_rng([self.seed, self.number, stream])


def patients(plan: WardPlan) -> Iterator[SimulatedPatient]:
    """Make the patients of a ward, one after the other; the same plan gives the same patients, byte for byte."""
    for number in range(plan.patients):
        yield _patient(plan, number)


def _patient(plan: WardPlan, number: int) -> SimulatedPatient:
    streams = _Streams(seed=plan.seed, number=number)
    stay = stay_of(streams[STAY], is_late=plan.is_late)
    lives = _lives(plan, streams, stay)
    truth = _truth(lives)
    stay = follow_up(streams[STAY], stay, truth, is_late=plan.is_late)
    blood_dice = streams[BLOOD]
    onset = min((one.onset for one in truth), default=None)
    blood = chemistry(blood_dice, onset, may_be_pregnant=stay.sex == "female" and stay.host.age < MENOPAUSE)
    is_weak = any(life.fate is Fate.WEAK for life in lives.values())
    return SimulatedPatient(
        id=f"second-{plan.seed}-{number}",
        age=stay.host.age,
        sex=stay.sex,
        first=stay.first,
        last=stay.last,
        fates={place: life.fate for place, life in lives.items()},
        ossifications=truth,
        entries=_entries(plan, streams, lives, stay, blood),
        stays=stay.spans,
        known=(*diagnoses(blood_dice, blood, is_weak=is_weak), *thromboses(blood_dice, lives)),
        curves={
            (place, motion): tuple(degrees[: stay.last + 1].round(2).tolist())
            for place, life in lives.items()
            for motion, degrees in life.passive.items()
        },
    )


def _lives(plan: WardPlan, streams: _Streams, stay: Stayed) -> dict[JointSide, Life]:
    """The eight watched joints; each has dice of its own, so that one more ossifying joint changes no other."""
    dice = streams[FATES]
    onsets = onsets_of(dice, plan.ossifying, first=stay.first if not plan.is_late else 0)
    fates = fates_of(dice, plan.fates)
    lives = {}
    for index, place in enumerate(WATCHED_PLACES):
        own = np.random.default_rng([plan.seed, streams.number, LIVES, index])
        if place in onsets:
            lives[place] = ossifying_life(own, place, onsets[place], stay.host)
        else:
            lives[place] = ordinary_life(own, place, fates[place], stay.host)
    return lives


def _truth(lives: dict[JointSide, Life]) -> tuple[Ossification, ...]:
    return tuple(
        Ossification(place=place, onset=life.onset, recognised=life.recognised)
        for place, life in lives.items()
        if life.onset is not None and life.recognised is not None
    )


def _entries(
    plan: WardPlan, streams: _Streams, lives: dict[JointSide, Life], stay: Stayed, blood: Chemistry
) -> tuple[Entry, ...]:
    unit = unit_of(plan.seed, streams.number)
    scene = entries.scene_of(streams[VISITS], lives, unit, first=stay.first, last=stay.last)
    found: list[Entry] = list(entries.measurements(streams[ERRORS], scene, lives, plan.noise))
    if plan.records_pain:
        found += entries.pains(streams[PAIN], scene, lives, stay.awake)
    return (*found, *laboratory(streams[LABS], blood, stay.last))


MENOPAUSE = 45
"""The age in years from which no simulated patient is pregnant."""
