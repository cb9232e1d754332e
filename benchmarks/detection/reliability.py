"""How often each strength turned out true on a simulated ward: what a 3 of 5 is worth. Simulated, no evidence."""

from collections import Counter
from collections.abc import Iterable, Mapping

from benchmarks.detection.emit import number_of
from benchmarks.detection.judge import EARLIEST
from benchmarks.detection.story import SimulatedPatient
from horehab.detection.history import days_of
from horehab.detection.verdicts import judge
from horehab.domain.record import PatientRecord
from horehab.domain.suspicion import Tier
from horehab.domain.thresholds import Rules

Grade = tuple[str, int]
"""A tier, "watch" or "suspect", and a strength of 0 to 5."""

Grades = Counter[tuple[Grade, bool]]
"""How often a joint was given a grade, and whether that turned out true."""


def grades(patient: SimulatedPatient, record: PatientRecord, rules: Rules) -> Grades:
    """Count each grade that each joint was given, once, on the first day; true when bone forms there by then.

    By then means from a week before the onset on, as for a suspicion (suspicion.md section 2).
    """
    onsets = {truth.place: truth.onset for truth in patient.ossifications}
    seen = set()
    found: Grades = Counter()
    for day in days_of(record):
        for verdict in judge(record, rules, day):
            grade = (verdict.tier.value, verdict.strength)
            if verdict.tier in (Tier.WATCH, Tier.SUSPECT) and (verdict.place, grade) not in seen:
                seen.add((verdict.place, grade))
                onset = onsets.get(verdict.place)
                found[grade, onset is not None and number_of(day) >= onset - EARLIEST] += 1
    return found


def reliability(found: Iterable[Grades]) -> Mapping[Grade, tuple[int, int]]:
    """Sum up: by grade, how often it was true, and how often it was given."""
    total = sum(found, Grades())
    return {grade: (total[grade, True], total[grade, True] + total[grade, False]) for grade, _ in sorted(total)}
