"""What goes wrong in charts: each artefact does its own thing to a patient's entries, and nothing else."""

import math
import random
from dataclasses import fields, replace
from functools import cache
from statistics import fmean

import pytest

from benchmarks.detection import first_world
from benchmarks.detection.artefacts import ARTEFACTS
from benchmarks.detection.story import Entry, Lab, Measurement, Pain, SimulatedPatient, Status, WardPlan
from horehab.domain.range_of_motion import Mode

Pair = tuple[Entry, Entry]


@cache
def ward() -> tuple[SimulatedPatient, ...]:
    return tuple(first_world.patients(WardPlan(patients=60, seed=12)))


@cache
def spoilt(name: str) -> tuple[SimulatedPatient, ...]:
    return tuple(ARTEFACTS[name](patient, random.Random(n)) for n, patient in enumerate(ward()))


def pairs(name: str) -> list[Pair]:
    """Every entry before and after, where it is still there."""
    after = {entry.id: entry for patient in spoilt(name) for entry in patient.entries}
    return [(entry, after[entry.id]) for patient in ward() for entry in patient.entries if entry.id in after]


def changed(name: str) -> list[Pair]:
    return [(before, after) for before, after in pairs(name) if before != after]


def measured(name: str) -> list[tuple[Measurement, Measurement]]:
    found = changed(name)
    angles = [(b, a) for b, a in found if isinstance(b, Measurement) and isinstance(a, Measurement)]
    assert angles
    return angles


def changes(before: Entry, after: Entry) -> set[str]:
    assert type(before) is type(after)
    return {each.name for each in fields(before) if getattr(before, each.name) != getattr(after, each.name)}


def added(name: str) -> list[Entry]:
    before = {entry.id for patient in ward() for entry in patient.entries}
    return [entry for patient in spoilt(name) for entry in patient.entries if entry.id not in before]


def gone(name: str) -> list[Entry]:
    after = {entry.id for patient in spoilt(name) for entry in patient.entries}
    return [entry for patient in ward() for entry in patient.entries if entry.id not in after]


ADDING = {"duplicates", "entered in error", "field"}
DROPPING = {"weeks missing", "field"}


@pytest.mark.parametrize("name", ARTEFACTS)
def test_an_artefact_leaves_the_truth_and_the_person_alone(name: str) -> None:
    for before, after in zip(ward(), spoilt(name), strict=True):
        assert replace(after, entries=before.entries) == before


@pytest.mark.parametrize("name", ARTEFACTS)
def test_an_artefact_is_the_same_again_with_the_same_dice(name: str) -> None:
    patient = ward()[0]
    copy = replace(patient)
    assert ARTEFACTS[name](patient, random.Random(4)) == ARTEFACTS[name](patient, random.Random(4))
    assert patient == copy


@pytest.mark.parametrize("name", ARTEFACTS)
def test_only_repeats_add_entries_and_only_gaps_drop_them(name: str) -> None:
    assert bool(added(name)) == (name in ADDING)
    assert bool(gone(name)) == (name in DROPPING)


@pytest.mark.parametrize("name", ARTEFACTS)
def test_a_patient_without_entries_has_nothing_to_go_wrong(name: str) -> None:
    empty = replace(ward()[0], entries=())
    assert ARTEFACTS[name](empty, random.Random(1)) == empty


@pytest.mark.parametrize("name", ARTEFACTS)
def test_every_entry_keeps_a_name_of_its_own(name: str) -> None:
    names = [entry.id for patient in spoilt(name) for entry in patient.entries]
    assert len(names) == len(set(names))


def test_wild_values_are_few_and_at_least_twenty_degrees_off() -> None:
    found = measured("outlier")
    assert all(changes(before, after) == {"value"} for before, after in found)
    assert all(abs(after.value - before.value) >= 20 for before, after in found)
    assert all(after.value == round(after.value) for _, after in found)
    assert 0.005 < len(found) / len(pairs("outlier")) < 0.04
    shifts = [after.value - before.value for before, after in found]
    assert min(shifts) < 0 < max(shifts)


def test_another_rater_reads_ten_to_fifteen_degrees_beside_for_a_few_visits_in_a_row() -> None:
    for before, after in zip(ward(), spoilt("rater offset"), strict=True):
        were = [e for e in before.entries if isinstance(e, Measurement)]
        are = [e for e in after.entries if isinstance(e, Measurement)]
        shifts = {now.value - then.value for then, now in zip(were, are, strict=True)} - {0}
        assert len(shifts) == 1
        assert 10 <= abs(shifts.pop()) <= 15
        taken = [then.visit for then, now in zip(were, are, strict=True) if then != now]
        order = list(dict.fromkeys(entry.visit for entry in before.entries if not isinstance(entry, Lab)))
        places = sorted(order.index(visit) for visit in set(taken))
        assert 1 <= len(places) <= 4
        assert places[-1] - places[0] <= 3
    named = [(before, after) for before, after in measured("rater offset") if before.rater]
    assert {after.rater for _, after in named} == {"stand-in therapist"}
    assert all(after.rater is None for before, after in measured("rater offset") if before.rater is None)


def test_left_and_right_are_exchanged_in_whole_visits() -> None:
    found = changed("side swapped")
    visits = {before.visit for before, _ in found if not isinstance(before, Lab)}
    for before, after in pairs("side swapped"):
        if isinstance(before, Lab) or isinstance(after, Lab):
            assert before == after
        elif before.visit in visits:
            assert changes(before, after) == {"place"}
            assert after.place == before.place.opposite
    assert {type(before) for before, _ in found} == {Measurement, Pain}
    assert 0.05 < len(found) / len(pairs("side swapped")) < 0.2


@pytest.mark.parametrize(("name", "unit"), [("radians labelled", "rad"), ("radians unlabelled", "deg")])
def test_angles_of_some_visits_are_written_in_radians(name: str, unit: str) -> None:
    for before, after in measured(name):
        assert changes(before, after) <= {"value", "unit"}
        assert after.unit == unit
        assert math.degrees(after.value) == pytest.approx(before.value, abs=0.03)
    assert 0.1 < len(measured(name)) / len(pairs(name)) < 0.35


def test_another_posture_is_written_down_and_changes_a_motion_by_about_fifteen_degrees() -> None:
    found = measured("other position")
    assert all(before.position is None and after.position for before, after in found)
    assert all(changes(before, after) <= {"value", "position"} for before, after in found)
    assert fmean(abs(after.value - before.value) for before, after in found) == pytest.approx(15, abs=1.5)
    signs: dict[object, set[bool]] = {}
    for before, after in found:
        patient = before.visit.rpartition("-v")[0]
        signs.setdefault((patient, before.place, before.motion), set()).add(after.value > before.value)
    assert all(len(directions) == 1 for directions in signs.values())
    assert {direction for directions in signs.values() for direction in directions} == {True, False}


def test_repeats_are_the_same_in_everything_but_the_name() -> None:
    originals = {entry.id: entry for patient in ward() for entry in patient.entries}
    assert not changed("duplicates")
    for entry in added("duplicates"):
        assert changes(originals[entry.id.removesuffix("-again")], entry) == {"id"}
    assert {type(entry) for entry in added("duplicates")} == {Measurement, Pain, Lab}


def test_withdrawn_entries_say_so_and_touch_no_other() -> None:
    originals = {entry.id: entry for patient in ward() for entry in patient.entries}
    assert not changed("entered in error")
    wild = 0
    for entry in added("entered in error"):
        assert isinstance(entry, Measurement | Pain)
        assert entry.status is Status.ENTERED_IN_ERROR
        different = changes(originals[entry.id.removesuffix("-withdrawn")], entry)
        assert {"id", "status"} <= different <= {"id", "status", "value"}
        wild += "value" in different
    assert 0.2 < wild / len(added("entered in error")) < 0.8


def test_gaps_of_weeks_take_all_visits_in_them_and_no_laboratory_values() -> None:
    assert not changed("weeks missing")
    assert not any(isinstance(entry, Lab) for entry in gone("weeks missing"))
    for before, after in zip(ward(), spoilt("weeks missing"), strict=True):
        left = {entry.day for entry in after.entries if not isinstance(entry, Lab)}
        dropped = {e.day for e in before.entries if not isinstance(e, Lab)} - left
        kept_between = [day for day in left if dropped and min(dropped) < day < max(dropped)]
        assert len(dropped) <= 18
        assert kept_between or not dropped or max(dropped) - min(dropped) < 2 * 57
        assert before.first in left


def test_some_active_angles_are_called_passive_and_some_have_no_mode() -> None:
    found = measured("modes mixed")
    assert all(changes(before, after) == {"mode"} for before, after in found)
    ways = {(before.mode, after.mode) for before, after in found}
    assert ways == {(Mode.ACTIVE, Mode.PASSIVE), (Mode.ACTIVE, None), (Mode.PASSIVE, None)}


def test_everything_arrives_up_to_twenty_days_late_and_in_no_order() -> None:
    found = changed("late arrival")
    assert all(changes(before, after) == {"known"} for before, after in found)
    delays = [after.known - after.day for _, after in pairs("late arrival")]
    assert min(delays) == 0
    assert max(delays) == 20
    entries = spoilt("late arrival")[0].entries
    assert sorted(entries, key=lambda entry: entry.known) != list(entries)
    assert sorted(entries, key=lambda entry: entry.day) != list(entries)


def test_the_field_does_all_of_it_more_rarely() -> None:
    found = [(b, a) for b, a in changed("field") if isinstance(b, Measurement) and isinstance(a, Measurement)]
    different = [changes(before, after) for before, after in found]
    assert {"value", "unit", "position", "mode", "rater", "place"} == set().union(*different)
    assert any(after.unit == "deg" and 0 < after.value < 3.3 and before.value > 15 for before, after in found)
    assert {entry.id.rpartition("-")[2] for entry in added("field")} >= {"again", "withdrawn"}
    assert gone("field")
    assert all(after.known == after.day for _, after in pairs("field"))
    singles = sum(len(changed(name)) for name in ARTEFACTS if name not in ("field", "late arrival"))
    assert len(changed("field")) < 0.6 * singles
