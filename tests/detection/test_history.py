"""One pass over a patient's history says what judging each day apart would have said, for simulated patients."""

import pytest

from benchmarks.detection.emit import resources
from benchmarks.detection.reading import read, rules
from benchmarks.detection.wards import BY_NAME, patients_of
from horehab.detection.history import day_by_day, days_of, suspicions
from tests.detection.joints_at_hand import RULES, record


@pytest.mark.parametrize("world", ["first", "second"])
@pytest.mark.parametrize("ward", ["clean", "field", "no pain records", "late arrival"])
def test_one_pass_raises_what_judging_each_day_apart_raises(world: str, ward: str) -> None:
    raised = 0
    for patient in patients_of(BY_NAME[ward], world, patients=6, seed=77):
        known = read(resources(patient, "loinc")).record
        found = suspicions(known, rules())
        assert found == day_by_day(known, rules())
        raised += len(found)
    assert raised or ward == "no pain records"


def test_what_arrives_late_is_judged_on_the_day_it_became_known() -> None:
    patient = next(p for p in patients_of(BY_NAME["late arrival"], "first", patients=1, seed=77))
    known = read(resources(patient, "loinc")).record
    assert max(days_of(known)) >= max(reading.when.day for reading in known.readings)


def test_nothing_known_raises_nothing() -> None:
    assert suspicions(record(), RULES) == ()
