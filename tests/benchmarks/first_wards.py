"""Wards of the first simulated world, each simulated once, and how to look into the joints of its patients."""

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from benchmarks.detection import first_world
from benchmarks.detection.story import Fate, Measurement, Ossification, Pain, SimulatedPatient, WardPlan
from horehab.domain.exposure import ExposureKind
from horehab.domain.joints import JointSide, Motion

ROOT = Path(__file__).parents[2]
Curve = tuple[float, ...]


@cache
def ward(plan: WardPlan) -> tuple[SimulatedPatient, ...]:
    """Simulate a ward; the same plan is simulated only once."""
    return tuple(first_world.patients(plan))


ORDINARY = WardPlan(patients=200, seed=5)
OSSIFYING = WardPlan(patients=150, seed=6, ossifying=1.0)


def of_fate(patients: Iterable[SimulatedPatient], fate: Fate) -> Iterator[tuple[SimulatedPatient, JointSide]]:
    """Give the joints that fare so, each with its patient."""
    return ((p, place) for p in patients for place, theirs in p.fates.items() if theirs is fate)


def curves(patient: SimulatedPatient, place: JointSide) -> dict[Motion, Curve]:
    """Give the true degrees of one joint, by motion and day."""
    return {motion: curve for (where, motion), curve in patient.curves.items() if where == place}


def most_lost(patient: SimulatedPatient, place: JointSide, start: int, end: int) -> float:
    """Tell the most degrees that a motion of the joint lost from one day to another."""
    return max(curve[start] - curve[min(end, patient.last)] for curve in curves(patient, place).values())


def angles(patient: SimulatedPatient) -> list[Measurement]:
    """Give the angles that the ward read."""
    return [entry for entry in patient.entries if isinstance(entry, Measurement)]


def pains(patient: SimulatedPatient, place: JointSide, days: range) -> list[int]:
    """Give the scores of pain, 0-10, rated for one joint on these days."""
    return [e.score for e in patient.entries if isinstance(e, Pain) and e.place == place and e.day in days]


def bones(patients: Iterable[SimulatedPatient]) -> Iterator[tuple[SimulatedPatient, Ossification]]:
    """Give the ossifications, each with its patient."""
    return ((p, bone) for p in patients for bone in p.ossifications)


def weekly_losses(patient: SimulatedPatient, place: JointSide) -> list[float]:
    """The most that was lost in a week, over the motions, at every day after intensive care."""
    end = next(stay.end for stay in patient.stays if stay.kind is ExposureKind.ICU_STAY)
    theirs = curves(patient, place).values()
    return [max(curve[day] - curve[day + 7] for curve in theirs) for day in range(end, patient.last - 7)]
