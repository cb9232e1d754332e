"""The simulated wards that the score is fitted on: what each joint showed after each day, and whether bone formed.

Their seeds begin at 100,000, so that no patient of theirs is ever judged on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from multiprocessing import get_context

import numpy as np
import numpy.typing as npt

from benchmarks.detection.emit import number_of, resources
from benchmarks.detection.reading import read, rules
from benchmarks.detection.story import SimulatedPatient
from benchmarks.detection.wards import BY_NAME, WORLDS, Ward, patients_of
from horehab.detection.joint_file import joint_files
from horehab.detection.replay import weigh

FIRST_SEED = 100_000
OSSIFYING = 0.4
"""The part of the patients in whom bone forms: more than on the judged wards, so that there is more to learn from."""

WARDS: tuple[str, ...] = (
    *("clean",) * 4, *("noise x1.5",) * 2, "noise x0.6", *("field",) * 4, "rater offset", "weeks missing",
    "modes mixed", "side swapped", "other position", "outlier", "radians unlabelled", *("no pain records",) * 2,
    "late referrals", "local codes",
)  # fmt: skip
"""Which wards are learned from, and how often."""

HELD_OUT: tuple[str, ...] = (*("clean",) * 3, *("field",) * 3)
"""Which wards are kept aside, for choosing the marks of the score on patients that it has not seen."""

_SETTLED = 3
_BEFORE = 2
_IN_TIME = 14
_LITTLE_LOST = 0.15
_OF_WORLD = {"first": 1.0, "second": 1.8}
"""The weight of a day without ossification in each world: one mark then gives both about as many false suspicions."""

_OF_OSSIFYING = 0.5
"""The weight of a day without ossification in a patient in whom bone forms elsewhere, or later: there are more of
these than on a ward."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """What was shown: `shown` of shape (row, feature), `is_true` 1 where bone was forming, and each row's weight.

    `when` names the row's patient, joint, day, and days since its last reading: shape (row, 4). A row
    of weight 0 is not learned from: it lies too near the onset to be either. `patients` hold the truth alone.
    """

    shown: npt.NDArray[np.float64]
    is_true: npt.NDArray[np.float64]
    weight: npt.NDArray[np.float64]
    when: npt.NDArray[np.int64]
    patients: tuple[SimulatedPatient, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """One ward of one world to learn from, or kept aside."""

    world: str
    ward: str
    seed: int
    patients: int
    is_held_out: bool


def lessons(patients: int) -> list[Lesson]:
    """List all wards, each with a seed of its own, of so many patients, and of twice as many where it is kept aside.

    The marks are chosen by suspicions, of which there are few.
    """
    return [
        Lesson(
            world=world,
            ward=ward,
            seed=FIRST_SEED + number,
            patients=patients if number < len(WARDS) else 2 * patients,
            is_held_out=number >= len(WARDS),
        )
        for world in WORLDS
        for number, ward in enumerate((*WARDS, *HELD_OUT))
    ]


def learned(asked: Sequence[Lesson], *, processes: int = 2) -> Iterator[Rows]:
    """Make the rows of each ward, in the order of the wards."""
    with get_context("spawn").Pool(processes) as pool:
        yield from pool.imap(rows_of, asked)


def rows_of(lesson: Lesson) -> Rows:
    """Make the patients of a ward, read their charts as horehab does, and weigh each joint after each day."""
    ward = _with_more(BY_NAME[lesson.ward])
    made = patients_of(ward, lesson.world, patients=lesson.patients, seed=lesson.seed)
    usual = _OF_WORLD[lesson.world]
    found = [_of_patient(patient, number, ward.coding, usual=usual) for number, patient in enumerate(made)]
    kept = [rows for rows in found if len(rows.is_true)]
    return Rows(
        shown=np.concatenate([rows.shown for rows in kept]),
        is_true=np.concatenate([rows.is_true for rows in kept]),
        weight=np.concatenate([rows.weight for rows in kept]),
        when=np.concatenate([rows.when for rows in kept]),
        patients=tuple(patient for rows in found for patient in rows.patients),
    )


def _with_more(ward: Ward) -> Ward:
    return replace(ward, plan=replace(ward.plan, ossifying=OSSIFYING))


def _of_patient(patient: SimulatedPatient, number: int, coding: str, *, usual: float) -> Rows:
    record = read(resources(patient, coding)).record
    truth = {each.place: each for each in patient.ossifications}
    shown, labels, when = [], [], []
    for joint, (place, weighed) in enumerate(weigh(joint_files(record, rules()), record, rules()).items()):
        for each in weighed.in_full():
            day = number_of(each.day)
            onset, half = (truth[place].onset, truth[place].recognised) if place in truth else (None, None)
            shown.append(each.features.values)
            labels.append(_label(day, onset, half, otherwise=usual * (_OF_OSSIFYING if truth else 1.0)))
            when.append((number, joint, day, each.days_since_reading))
    table = np.array(labels, dtype=np.float64).reshape(-1, 2)
    return Rows(
        shown=np.array(shown, dtype=np.float64).reshape(len(shown), -1),
        is_true=table[:, 0],
        weight=table[:, 1],
        when=np.array(when, dtype=np.int64).reshape(-1, 4),
        patients=(replace(patient, entries=(), stays=(), known=(), curves={}),),
    )


def _label(day: int, onset: int | None, half: int | None, *, otherwise: float) -> tuple[float, float]:
    """Say whether bone was forming, and how much the row counts: most while a suspicion would still be in time.

    The less was lost by then, the less it counts: nobody could have known.
    """
    if onset is None or half is None or day < onset - _BEFORE:
        return 0.0, otherwise
    if day <= onset + _SETTLED:
        return 1.0, 0.0
    if day > half + _IN_TIME:
        return 1.0, 0.4
    part = (day - onset) / max(1, half - onset)
    return 1.0, 3.0 * min(1.0, max(_LITTLE_LOST, part))
