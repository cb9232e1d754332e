"""Runs detectors over wards on two processes: the same figures on every machine, in whatever order tasks end."""

import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from multiprocessing import get_context

from benchmarks.detection.baselines import TEXTBOOK
from benchmarks.detection.baselines_scoring import Scored, scored
from benchmarks.detection.ceiling import fate_known, truth_known
from benchmarks.detection.detectors import CARELESS, DETECTORS, OURS, Suspicions, ours
from benchmarks.detection.emit import number_of, resources
from benchmarks.detection.judge import Marks, Raised, marked
from benchmarks.detection.operating import SETTINGS, name_of, rules_at
from benchmarks.detection.reading import careless, read, rules
from benchmarks.detection.reliability import Grades, grades
from benchmarks.detection.story import SimulatedPatient
from benchmarks.detection.wards import BY_NAME, patients_of
from horehab.domain.record import PatientRecord

COMPARED = ("clean", "field")
"""The wards on which baselines and ablations are judged beside the engine."""

GRADED = 4
"""On wards that are compared, the verdicts of one patient in so many are looked at on every day, for reliability."""

CEILING = "ceiling: fate known"
CEILINGS: dict[str, Callable[[SimulatedPatient], list[Raised]]] = {
    CEILING: fate_known,
    "ceiling: true loss known": truth_known,
}
"""What no detector can beat; the first is shown beside every ward."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One ward of one world with one seed, of so many patients; `compared` asks for baselines and ablations too."""

    world: str
    ward: str
    seed: int
    patients: int
    compared: bool


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What came of a task. `marks` by detector and `scores` by baseline are in the order of `patients`.

    `patients` hold their truth only; `raised` are the engine's suspicions by patient; `set_aside` counts what the
    reader could not read by code, out of so many `entries`. `grades` are those of one patient in GRADED.
    """

    task: Task
    patients: list[SimulatedPatient] = field(default_factory=list)
    marks: dict[str, list[Marks]] = field(default_factory=dict)
    scores: dict[str, list[Scored]] = field(default_factory=dict)
    raised: list[tuple[Raised, ...]] = field(default_factory=list)
    set_aside: Counter[str] = field(default_factory=Counter)
    grades: Grades = field(default_factory=Grades)
    entries: int = 0
    seconds: float = 0.0


def outcomes(tasks: Sequence[Task], *, processes: int = 2) -> Iterator[Outcome]:
    """Run the tasks and give their outcomes in the order of the tasks, each as soon as it is there."""
    if processes == 1:
        yield from map(outcome, tasks)
        return
    with get_context("spawn").Pool(processes, initializer=_leave_interrupts) as pool:
        yield from pool.imap(outcome, tasks)


def _leave_interrupts() -> None:
    """Let the main process alone answer Ctrl-C: it ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def outcome(task: Task) -> Outcome:
    """Make the ward of a task, read it, and judge what is raised on it."""
    begun = time.perf_counter()
    found = Outcome(task=task)
    ward = BY_NAME[task.ward]
    for patient in patients_of(ward, task.world, patients=task.patients, seed=task.seed):
        understood = read(resources(patient, ward.coding))
        found.set_aside += understood.set_aside
        found.entries += len(patient.entries)
        _judge(found, patient, understood.record)
        if task.compared:
            _compare(found, patient, understood.record, ward.coding)
        found.patients.append(replace(patient, entries=(), stays=(), known=(), curves={}))
    found.seconds = time.perf_counter() - begun
    return found


def _judge(found: Outcome, patient: SimulatedPatient, record: PatientRecord) -> None:
    raised = as_raised(DETECTORS[OURS](record, rules()))
    found.raised.append(tuple(raised))
    _mark(found, OURS, patient, raised)
    for name, ceiling in CEILINGS.items():
        _mark(found, name, patient, ceiling(patient))


def _compare(found: Outcome, patient: SimulatedPatient, record: PatientRecord, coding: str) -> None:
    for name, detector in DETECTORS.items():
        if name != OURS:
            seen = careless(patient, coding) if name == CARELESS else record
            _mark(found, name, patient, as_raised(detector(seen, rules())))
    if found.task.ward == "clean" and len(found.patients) % GRADED == 0:
        found.grades += grades(patient, record, rules())
    for setting in SETTINGS if found.task.ward == "clean" else ():
        _mark(found, name_of(setting), patient, as_raised(ours(record, rules_at(rules(), setting))))
    for name, (score, _) in TEXTBOOK.items():
        found.scores.setdefault(name, []).append(scored(record, rules(), score))


def _mark(found: Outcome, name: str, patient: SimulatedPatient, raised: Sequence[Raised]) -> None:
    found.marks.setdefault(name, []).append(marked(patient, raised))


def as_raised(suspicions: Suspicions) -> list[Raised]:
    """Give suspicions by day number instead of date."""
    return [(number_of(day), place) for day, place in suspicions]
