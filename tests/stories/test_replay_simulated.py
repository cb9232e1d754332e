"""Simulated patients of both worlds, with all that goes wrong in charts: their verdicts can be replayed as well."""

import json
from random import Random

import pytest

from benchmarks.detection import first_world, second_world
from benchmarks.detection.artefacts import ARTEFACTS
from benchmarks.detection.emit import resources
from benchmarks.detection.reading import read
from benchmarks.detection.story import SimulatedPatient, WardPlan
from horehab.detection.history import days_of
from horehab.detection.verdicts import judge
from horehab.domain.record import Fact, PatientRecord, base_reference, record_of
from horehab.domain.suspicion import Tier
from horehab.domain.verdict_inputs import inputs_of
from horehab.domain.verdict_text import verdict_text
from horehab.rules import load_rules

RULES = load_rules()
PLAN = WardPlan(patients=6, seed=11, ossifying=0.7)
WARDS = {"first": tuple(first_world.patients(PLAN)), "second": tuple(second_world.patients(PLAN))}
CHARTS = [
    pytest.param(ARTEFACTS["field"](patient, Random(number)), coding, id=f"{world}-{number}-{coding}")
    for world, ward in WARDS.items()
    for number, patient in enumerate(ward)
    for coding in (("loinc", "local", "text")[number % 3],)
]


def _alone(record: PatientRecord, cited: tuple[str, ...]) -> PatientRecord:
    facts: tuple[Fact, ...] = (
        *record.readings, *record.pains, *record.signs, *record.exposures, *record.backgrounds, *record.labs,
        *record.ossifications,
    )  # fmt: skip
    return record_of(record.patient, [fact for fact in facts if base_reference(fact.source) in cited])


@pytest.mark.parametrize(("patient", "coding"), CHARTS)
def test_a_simulated_chart_read_again_in_another_order_gives_the_same_bytes(
    patient: SimulatedPatient, coding: str
) -> None:
    chart = resources(patient, coding)
    texts = [json.dumps(resource) for resource in chart]
    Random(3).shuffle(texts)
    record, again = read(chart).record, read(json.loads(text) for text in texts).record
    for day in days_of(record)[::7]:
        first = [verdict_text(verdict) for verdict in judge(record, RULES, day)]
        assert [verdict_text(verdict) for verdict in judge(again, RULES, day)] == first


@pytest.mark.parametrize(("patient", "coding"), CHARTS)
def test_the_entries_that_a_simulated_verdict_was_read_from_alone_give_it_again(
    patient: SimulatedPatient, coding: str
) -> None:
    record = read(resources(patient, coding)).record
    for day in days_of(record)[::9]:
        known = record.as_known_on(day)
        for verdict in judge(record, RULES, day):
            replayed = judge(_alone(record, inputs_of(known, verdict.place)), RULES, day)
            (again,) = [v for v in replayed if v.place == verdict.place]
            assert verdict_text(again) == verdict_text(verdict), (day, str(verdict.place))


def test_some_of_these_joints_come_under_suspicion() -> None:
    """Else the promise would be held for quiet joints only."""
    records = [read(resources(patient)).record for ward in WARDS.values() for patient in ward]
    tiers = [v.tier for record in records for v in judge(record, RULES, days_of(record)[-1])]
    assert Tier.SUSPECT in tiers
    assert Tier.QUIET in tiers
