"""The first simulated world as its ward sees it: visits, readings and blood, and what a plan holds and changes."""

import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from statistics import fmean, median, stdev

import pytest

from benchmarks.detection import first_world
from benchmarks.detection.story import Fate, Lab, Pain, WardPlan
from horehab.domain.joints import WATCHED_PLACES, Joint, Motion
from horehab.domain.laboratory import Analyte
from horehab.domain.range_of_motion import Mode
from tests.benchmarks.first_wards import ORDINARY, OSSIFYING, ROOT, angles, most_lost, ward


def test_the_same_plan_gives_the_same_patients_in_another_process_too() -> None:
    script = (
        "import hashlib; from benchmarks.detection import first_world;"
        "from benchmarks.detection.story import WardPlan;"
        "p = list(first_world.patients(WardPlan(patients=5, seed=9)));"
        "print(hashlib.sha256(repr(p).encode()).hexdigest())"
    )
    runs = [
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT).stdout
        for _ in range(2)
    ]
    assert runs[0] == runs[1]
    assert runs[0]


def test_a_patient_does_not_depend_on_how_many_there_are() -> None:
    few = list(first_world.patients(WardPlan(patients=3, seed=9)))
    assert few == list(first_world.patients(WardPlan(patients=6, seed=9)))[:3]
    assert few != list(first_world.patients(WardPlan(patients=3, seed=10)))


def test_visits_are_weekly_then_rarer_and_some_are_missed() -> None:
    gaps: dict[str, list[int]] = {"early": [], "late": []}
    for patient in ward(ORDINARY):
        days = sorted({entry.day for entry in patient.entries if not isinstance(entry, Lab)})
        assert patient.first <= days[0]
        assert days[-1] <= patient.last
        gaps["early"] += [b - a for a, b in pairwise(days) if a < patient.first + 20]
        gaps["late"] += [b - a for a, b in pairwise(days) if a > patient.first + 130]
    assert 6 <= median(gaps["early"]) <= 8
    assert 24 <= median(gaps["late"]) <= 31
    assert sum(gap > 11 for gap in gaps["early"]) > 0.05 * len(gaps["early"])


def test_a_physiotherapist_follows_two_to_four_motions_of_a_joint() -> None:
    for patient in ward(ORDINARY)[:40]:
        for place in WATCHED_PLACES:
            assert len({a.motion for a in angles(patient) if a.place == place}) <= 4
    followed = [a.motion for p in ward(ORDINARY) for a in angles(p) if a.place.joint is Joint.HIP]
    assert followed.count(Motion.FLEXION) > followed.count(Motion.ADDUCTION) > 0
    modes = [a.mode for p in ward(ORDINARY) for a in angles(p)]
    assert modes.count(Mode.PASSIVE) > 2 * modes.count(Mode.ACTIVE) > 0


def test_readings_are_whole_degrees_and_mostly_fives_and_known_on_their_day() -> None:
    values = [a.value for p in ward(ORDINARY) for a in angles(p)]
    assert all(value == round(value) for value in values)
    assert 0.55 < sum(value % 5 == 0 for value in values) / len(values) < 0.95
    assert all(entry.known == entry.day for p in ward(ORDINARY) for entry in p.entries)


def test_a_patients_entries_have_names_of_their_own() -> None:
    names = [entry.id for p in ward(ORDINARY) for entry in p.entries]
    assert len(names) == len(set(names))


def test_the_error_of_a_reading_is_of_the_size_of_the_published_errors() -> None:
    def errors(plan: WardPlan) -> list[float]:
        return [
            a.value - patient.curves[a.place, a.motion][a.day]
            for patient in ward(plan)
            for a in angles(patient)
            if a.mode is Mode.PASSIVE and (a.place.joint, a.motion) == (Joint.HIP, Motion.FLEXION)
        ]

    usual, noisy = errors(ORDINARY), errors(replace(ORDINARY, noise=1.5))
    assert len(usual) == len(noisy)
    assert 4 < stdev(usual) < 7
    assert 1.25 < stdev(noisy) / stdev(usual) < 1.6
    assert stdev(errors(replace(ORDINARY, noise=0.0))) < 1.6


def test_a_rater_is_off_by_the_same_at_every_visit() -> None:
    by_rater: dict[str, list[float]] = {}
    for patient in ward(ORDINARY):
        for a in angles(patient):
            if a.rater and a.mode is Mode.PASSIVE and (a.place.joint, a.motion) == (Joint.ELBOW, Motion.FLEXION):
                by_rater.setdefault(a.rater, []).append(a.value - patient.curves[a.place, a.motion][a.day])
    means = [fmean(errors) for errors in by_rater.values() if len(errors) > 30]
    assert len(means) >= 5
    assert stdev(means) > 1


def test_raters_and_devices_are_mostly_named() -> None:
    named = [bool(angles(p)[0].rater) for p in ward(ORDINARY)]
    devices = [bool(angles(p)[0].device) for p in ward(ORDINARY)]
    assert 0.75 < fmean(named) < 1
    assert 0.4 < fmean(devices) < 0.8


def test_alkaline_phosphatase_is_high_in_about_half_of_the_ossifying_and_in_some_others() -> None:
    def raised(plan: WardPlan) -> float:
        tops = [
            max(lab.value / lab.upper_limit for lab in labs)
            for p in ward(plan)
            if (labs := [e for e in p.entries if isinstance(e, Lab) and e.analyte is Analyte.ALKALINE_PHOSPHATASE])
        ]
        return sum(top > 1 for top in tops) / len(tops)

    without = raised(WardPlan(patients=150, seed=8, ossifying=0))
    assert 0.35 < raised(OSSIFYING) < 0.75
    assert 0.05 < without < 0.35


def test_a_ward_without_ossification_has_none_and_one_with_it_only_has() -> None:
    assert not any(p.ossifications for p in ward(WardPlan(patients=30, seed=1, ossifying=0)))
    assert all(p.ossifications for p in ward(OSSIFYING))
    share = fmean(bool(p.ossifications) for p in ward(ORDINARY))
    assert 0.2 < share < 0.4


@pytest.mark.parametrize("fate", [fate for fate in Fate if fate is not Fate.OSSIFYING])
def test_a_plan_may_allow_one_fate_only(fate: Fate) -> None:
    (patient,) = ward(WardPlan(patients=1, seed=1, ossifying=0, fates=(fate,)))
    allowed = {fate} if fate is not Fate.STIFF_SHOULDER else {fate, Fate.HEALTHY}
    assert set(patient.fates.values()) == allowed


def test_a_ward_that_records_no_pain_sees_the_same_patients() -> None:
    plan = WardPlan(patients=20, seed=5)
    silent = ward(replace(plan, records_pain=False))
    assert not any(isinstance(entry, Pain) for p in silent for entry in p.entries)
    for told, untold in zip(ward(plan), silent, strict=True):
        assert [e for e in told.entries if not isinstance(e, Pain)] == list(untold.entries)
        assert told.curves == untold.curves


def test_noise_changes_the_angles_and_nothing_else() -> None:
    plan = WardPlan(patients=20, seed=5)
    for usual, noisy in zip(ward(plan), ward(replace(plan, noise=1.5)), strict=True):
        assert usual.curves == noisy.curves
        assert [e for e in usual.entries if isinstance(e, Pain)] == [e for e in noisy.entries if isinstance(e, Pain)]
        assert [a.id for a in angles(usual)] == [a.id for a in angles(noisy)]
        assert [a.value for a in angles(usual)] != [a.value for a in angles(noisy)]


def test_a_late_ward_first_sees_ossifying_joints_when_most_of_the_loss_is_there() -> None:
    plan = replace(OSSIFYING, patients=40, is_late=True, fates=(Fate.HEALTHY,))
    for patient in ward(plan):
        assert min(entry.day for entry in patient.entries) >= patient.first
        for bone in patient.ossifications:
            assert bone.recognised < patient.first
            loss = most_lost(patient, bone.place, bone.onset, patient.first)
            full = most_lost(patient, bone.place, bone.onset, bone.recognised * 2 - bone.onset)
            assert loss >= 0.5 * full
    others = ward(WardPlan(patients=20, seed=6, ossifying=0, is_late=True))
    assert all(patient.first > 45 for patient in others)
