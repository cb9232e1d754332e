"""The simulated wards on which detectors are judged: a clean one, and one for each thing that goes wrong."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import Enum

from benchmarks.detection import first_world, second_world
from benchmarks.detection.artefacts import ARTEFACTS
from benchmarks.detection.story import Fate, SimulatedPatient, WardPlan

WORLDS: dict[str, Callable[[WardPlan], Iterator[SimulatedPatient]]] = {
    "first": first_world.patients,
    "second": second_world.patients,
}
"""The two simulators, by name."""


class Line(Enum):
    """Which line of suspicion.md section 2 a ward is held against."""

    CLEAN = "clean"
    FIELD = "field"
    ARTEFACT = "artefact"
    WEEKS_MISSING = "weeks missing"
    LATE = "late arrival"
    STABLE = "normal or stable"
    NONE = "no line"


ORDINARY = WardPlan()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ward:
    """One kind of ward. `plan` is how its patients are; seed and number are filled in by the run.

    `artefact` is a name in ARTEFACTS or None, `coding` how it writes ranges of motion.
    """

    name: str
    line: Line
    plan: WardPlan = ORDINARY
    artefact: str | None = None
    coding: str = "loinc"


_LINES = {
    "weeks missing": Line.WEEKS_MISSING,
    "field": Line.FIELD,
    "late arrival": Line.LATE,
}

WARDS: tuple[Ward, ...] = (
    Ward(name="clean", line=Line.CLEAN),
    Ward(name="noise x0.6", line=Line.CLEAN, plan=WardPlan(noise=0.6)),
    Ward(name="noise x1.5", line=Line.ARTEFACT, plan=WardPlan(noise=1.5)),
    *(Ward(name=name, line=_LINES.get(name, Line.ARTEFACT), artefact=name) for name in ARTEFACTS),
    Ward(name="local codes", line=Line.CLEAN, coding="local"),
    Ward(name="text only", line=Line.CLEAN, coding="text"),
    Ward(name="no pain records", line=Line.NONE, plan=WardPlan(records_pain=False)),
    Ward(name="late referrals", line=Line.NONE, plan=WardPlan(is_late=True)),
    Ward(
        name="normal or stable",
        line=Line.STABLE,
        plan=WardPlan(ossifying=0.0, fates=(Fate.HEALTHY, Fate.STABLE)),
    ),
)
"""Every ward, the clean one first."""

BY_NAME = {ward.name: ward for ward in WARDS}
UNTOUCHED = ("duplicates", "entered in error")
"""Artefacts that may not change a single suspicion (suspicion.md section 2, exact invariance)."""


def patients_of(ward: Ward, world: str, *, patients: int, seed: int) -> Iterator[SimulatedPatient]:
    """Make the patients of a ward, one after the other; the same arguments give the same patients."""
    plan = replace(ward.plan, patients=patients, seed=seed)
    for patient in WORLDS[world](plan):
        if ward.artefact is None:
            yield patient
        else:
            dice = random.Random(f"{world}/{ward.artefact}/{seed}/{patient.id}")
            yield ARTEFACTS[ward.artefact](patient, dice)
