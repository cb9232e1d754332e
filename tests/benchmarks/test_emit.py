"""From a simulated patient to FHIR and back through the real reader: what went in comes out, and nothing else."""

import math
from collections import Counter
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from fhir.resources.R4B import get_fhir_model_class

from benchmarks.detection import first_world, second_world
from benchmarks.detection.emit import ADMISSION, day_of, number_of, resources
from benchmarks.detection.emit_motion import CODINGS, habit_of
from benchmarks.detection.reading import careless, read, record
from benchmarks.detection.story import Measurement, SimulatedPatient, Status, WardPlan
from horehab.domain.exposure import BackgroundKind, ExposureKind
from horehab.domain.joints import Joint, Motion
from horehab.domain.laboratory import Analyte
from horehab.domain.range_of_motion import Mode, Reading
from tests.benchmarks.hospital import HIP, KNEE, PLAIN, everything, patient

KEYS = ("p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8")
"""Eight patients, so that each of the four LOINC habits, three languages and several word orders are used."""


def went_in(entry: Measurement) -> tuple[Any, ...]:
    degrees = math.degrees(entry.value) if entry.unit == "rad" else entry.value
    mode = entry.mode or Mode.UNKNOWN
    means = (f"Practitioner/{entry.rater}" if entry.rater else None, entry.device, entry.position)
    return (entry.place, entry.motion, mode, round(degrees, 6), day_of(entry.day), day_of(entry.known), *means)


def came_out(reading: Reading) -> tuple[Any, ...]:
    value = round(reading.degrees, 6)
    means = (reading.rater, reading.device, reading.position)
    return (reading.place, reading.motion, reading.mode, value, reading.when.day, reading.known_on, *means)


def counting(one: SimulatedPatient) -> Counter[tuple[Any, ...]]:
    entries = (each for each in one.entries if isinstance(each, Measurement))
    return Counter(went_in(each) for each in entries if each.status is not Status.ENTERED_IN_ERROR)


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("key", KEYS)
def test_every_angle_comes_back_with_place_motion_mode_days_and_means(key: str, coding: str) -> None:
    one = patient(everything(), key=key)
    understood = read(resources(one, coding))
    assert Counter(map(came_out, understood.record.readings)) == counting(one)
    assert not understood.set_aside


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("key", KEYS)
def test_pain_comes_back_at_its_joint_and_a_withdrawn_rating_does_not(key: str, coding: str) -> None:
    (pain,) = record(patient(everything(), key=key), coding).pains
    assert (pain.place, pain.score) == (HIP, 6)
    assert (pain.when.day, pain.known_on) == (day_of(24), day_of(25))


def test_laboratory_values_come_back_with_their_own_limit() -> None:
    found = {lab.analyte: lab for lab in record(patient(everything())).labs}
    assert found[Analyte.ALKALINE_PHOSPHATASE].multiple == pytest.approx(200 / 126)
    assert found[Analyte.CREATINE_KINASE].known_on == day_of(26)
    assert not found[Analyte.GAMMA_GT].is_elevated


def test_stays_and_conditions_come_back() -> None:
    known = record(patient())
    stays = {each.kind: (number_of(each.start.day), each.end and number_of(each.end.day)) for each in known.exposures}
    assert stays == {
        ExposureKind.ICU_STAY: (0, 19),
        ExposureKind.VENTILATION: (1, 15),
        ExposureKind.PRONE: (2, 9),
        ExposureKind.ECMO: (3, 8),
        ExposureKind.SEDATION: (1, 12),
    }
    assert {(each.kind, each.place) for each in known.backgrounds} == {
        (BackgroundKind.COVID19, None),
        (BackgroundKind.DEEP_VEIN_THROMBOSIS, HIP),
        (BackgroundKind.FRACTURE, KNEE),
    }


@pytest.mark.parametrize("kind", list(BackgroundKind))
def test_every_condition_that_a_simulator_knows_is_one_that_the_reader_knows(kind: BackgroundKind) -> None:
    one = patient()
    known = record(replace(one, known=(replace(one.known[0], kind=kind), replace(one.known[1], kind=kind))))
    assert [each.kind for each in known.backgrounds] == [kind, kind]
    assert {each.place for each in known.backgrounds} == {None, HIP}


def test_who_it_is_comes_back() -> None:
    known = record(patient()).patient
    assert (known.reference, known.sex, known.birth_date) == ("Patient/p1", "female", "1965-01-01")


@pytest.mark.parametrize("coding", CODINGS)
def test_the_resources_are_valid_fhir(coding: str) -> None:
    for key in KEYS:
        for resource in resources(patient(everything(), key=key), coding):
            get_fhir_model_class(resource["resourceType"]).model_validate(resource)


@pytest.mark.parametrize("coding", CODINGS)
def test_no_two_resources_share_an_id(coding: str) -> None:
    names = [(each["resourceType"], each["id"]) for each in resources(patient(everything()), coding)]
    assert len(names) == len(set(names))


def test_the_eight_patients_cover_every_habit() -> None:
    assert {habit_of(key, "loinc").style for key in KEYS} == {0, 1, 2, 3}
    assert {habit_of(key, "text").language for key in KEYS} == {"en", "fr", "es"}
    assert {habit_of(key, "local").has_site for key in KEYS} == {True, False}


def test_a_panel_holds_each_motion_once_and_a_repeat_stands_in_a_second_panel() -> None:
    key = next(key for key in KEYS if habit_of(key, "loinc").style == 3)
    chart = resources(patient([PLAIN, replace(PLAIN, id="again")], key=key), "loinc")
    panels = [each for each in chart if "component" in each]
    assert [len(each["component"]) for each in panels] == [1, 1]
    assert panels[0]["effectiveDateTime"] == panels[1]["effectiveDateTime"]


@pytest.mark.parametrize("coding", ["local", "text"])
def test_wards_without_loinc_write_no_loinc_for_motions(coding: str) -> None:
    chart = resources(patient([PLAIN]), coding)
    (angle,) = [each for each in chart if "valueQuantity" in each]
    assert "loinc" not in str(angle)
    assert angle["code"]["text"]


def test_another_coding_is_refused() -> None:
    with pytest.raises(ValueError, match="none of loinc, local, text"):
        resources(patient(), "morse")


def test_a_chart_without_patient_is_refused() -> None:
    with pytest.raises(ValueError, match="no Patient"):
        read(resources(patient())[1:])


def test_the_order_in_which_resources_come_does_not_matter() -> None:
    chart = resources(patient(everything()))
    expected = read(chart).record
    for seed in range(20):
        Random(seed).shuffle(chart)
        assert read(chart).record == expected


def test_the_truth_is_not_in_the_chart() -> None:
    one = next(first_world.patients(WardPlan(patients=1, seed=3, ossifying=1.0)))
    assert one.ossifications
    blind = replace(one, fates={}, ossifications=(), curves={}, last=one.last + 1)
    assert resources(one) == resources(blind)


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("world", [first_world, second_world])
def test_whole_simulated_patients_come_back_but_for_hyperextension_whose_sign_is_asked_for(
    world: Any, coding: str
) -> None:
    for one in world.patients(WardPlan(patients=4, seed=5)):
        extensions = {(joint, Motion.EXTENSION) for joint in (Joint.KNEE, Joint.ELBOW)}
        unsure = [
            each
            for each in one.entries
            if isinstance(each, Measurement) and (each.place.joint, each.motion) in extensions and each.value > 0
        ]
        understood = read(resources(one, coding))
        expected = counting(replace(one, entries=tuple(each for each in one.entries if each not in unsure)))
        assert Counter(map(came_out, understood.record.readings)) == expected
        assert understood.set_aside == Counter({"extension-sign": len(unsure)} if unsure else {})


def test_admission_is_new_years_day() -> None:
    assert (day_of(0), number_of(ADMISSION), number_of(day_of(91))) == (ADMISSION, 0, 91)


def test_a_careless_reading_takes_every_number_as_degrees_and_lets_withdrawn_entries_stand() -> None:
    seen = careless(patient(everything()))
    entries = [each for each in everything() if isinstance(each, Measurement)]
    assert [reading.degrees for reading in seen.readings] == [entry.value for entry in entries]
    assert {reading.mode for reading in seen.readings} == {Mode.PASSIVE, Mode.ACTIVE, Mode.ACTIVE_ASSISTED}
    assert {reading.position for reading in seen.readings} == {None}
    assert len({reading.when.earliest for reading in seen.readings}) == len(entries)
    assert len(seen.pains) == 2
