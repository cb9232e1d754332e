"""Baselines at an equal false rate: the lowest threshold that stays within it, and a coin that alarms as often."""

import random
from collections.abc import Sequence

import numpy as np

from benchmarks.detection.baselines_scoring import Scored, alarms
from benchmarks.detection.judge import Raised, distinct
from benchmarks.detection.story import SimulatedPatient
from horehab.domain.joints import WATCHED_PLACES

MOST_FALSE = 4.0
"""False suspicions per 100 patient-months that a tuned baseline may raise (the floor of suspicion.md)."""

_DAYS_PER_MONTH = 30.44


def tuned(patients: Sequence[SimulatedPatient], scores: Sequence[Scored], most: float = MOST_FALSE) -> float:
    """Find the lowest threshold at which patients without ossification give at most so many false alarms.

    It is looked for on the very ward on which it is then judged, which favours the baseline. Patients and scores
    are in the same order.
    """
    healthy = [(p, s) for p, s in zip(patients, scores, strict=True) if not p.ossifications]
    months = sum(patient.months for patient, _ in healthy)
    values = np.unique(np.concatenate([s.scores for _, s in healthy])) if healthy else np.zeros(1)
    low, high = 0, len(values) - 1
    while low < high:
        middle = (low + high) // 2
        false = sum(len(distinct(alarms(s, float(values[middle])))) for _, s in healthy)
        if months and 100 * false / months <= most:
            high = middle
        else:
            low = middle + 1
    return float(values[low])


def coin(patient: SimulatedPatient, false_rate: float) -> list[Raised]:
    """Alarm by chance alone: on any day of follow-up, at any joint, so that `false_rate` per 100 months come out."""
    dice = random.Random(f"coin/{patient.id}")
    days = patient.last - patient.first
    chance = false_rate / 100 / _DAYS_PER_MONTH
    return [(patient.first + day, dice.choice(WATCHED_PLACES)) for day in range(days) if dice.random() < chance]
