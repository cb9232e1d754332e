"""How fast verdicts come: one patient with 200 readings, and a whole history replayed, in time of the processor."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count
from statistics import median

from benchmarks.detection.detectors import ours
from benchmarks.detection.reading import record, rules
from benchmarks.detection.story import WardPlan
from benchmarks.detection.wards import WORLDS
from horehab.detection.verdicts import judge
from horehab.domain.record import PatientRecord

VERDICT_READINGS = 200
REPLAY_READINGS = 300
"""Readings of one patient-year, as suspicion.md section 4 counts them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """Median milliseconds of a verdict on a patient with 200 readings, and patient-years replayed per second."""

    verdict_ms: float
    patient_years: float


def speeds(*, few: bool = False) -> Speed:
    """Measure both on simulated patients; `few` measures on a tenth of them."""
    patients = 5 if few else 50
    verdicts = [_milliseconds(each) for each in _records(VERDICT_READINGS, patients)]
    histories = list(_records(REPLAY_READINGS, patients))
    ours(histories[0], rules())
    begun = time.process_time()
    for each in histories:
        ours(each, rules())
    return Speed(verdict_ms=median(verdicts), patient_years=len(histories) / (time.process_time() - begun))


def _milliseconds(of: PatientRecord) -> float:
    last = max(reading.known_on for reading in of.readings)
    taken = []
    for _ in range(3):
        begun = time.process_time()
        judge(of, rules(), last)
        taken.append(1000 * (time.process_time() - begun))
    return median(taken)


def _records(readings: int, patients: int) -> Iterator[PatientRecord]:
    """Give records with exactly so many readings: a patient's whole life, thinned evenly where there are more.

    They are of the second world, which measures often.
    """
    found = 0
    for seed in count(9001):
        for patient in WORLDS["second"](WardPlan(patients=10, seed=seed)):
            whole = record(patient)
            if len(whole.readings) >= readings:
                step = len(whole.readings) / readings
                kept = tuple(whole.readings[int(n * step)] for n in range(readings))
                yield replace(whole, readings=kept)
                found += 1
            if found == patients:
                return
