"""The first simulated world: what its patients' joints do, what the ward sees of it, and what a plan changes."""

import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from statistics import fmean, median, stdev

import pytest

from benchmarks.detection import first_world
from benchmarks.detection.story import Fate, Lab, Measurement, Ossification, Pain, SimulatedPatient, WardPlan
from horehab.domain.exposure import ExposureKind
from horehab.domain.joints import MOTIONS, WATCHED_PLACES, Joint, JointSide, Motion
from horehab.domain.laboratory import Analyte
from horehab.domain.range_of_motion import Mode

ROOT = Path(__file__).parents[2]
Curve = tuple[float, ...]


@cache
def ward(plan: WardPlan) -> tuple[SimulatedPatient, ...]:
    return tuple(first_world.patients(plan))


ORDINARY = WardPlan(patients=200, seed=5)
OSSIFYING = WardPlan(patients=150, seed=6, ossifying=1.0)


def of_fate(patients: Iterable[SimulatedPatient], fate: Fate) -> Iterator[tuple[SimulatedPatient, JointSide]]:
    return ((p, place) for p in patients for place, theirs in p.fates.items() if theirs is fate)


def curves(patient: SimulatedPatient, place: JointSide) -> dict[Motion, Curve]:
    return {motion: curve for (where, motion), curve in patient.curves.items() if where == place}


def most_lost(patient: SimulatedPatient, place: JointSide, start: int, end: int) -> float:
    return max(curve[start] - curve[min(end, patient.last)] for curve in curves(patient, place).values())


def angles(patient: SimulatedPatient) -> list[Measurement]:
    return [entry for entry in patient.entries if isinstance(entry, Measurement)]


def pains(patient: SimulatedPatient, place: JointSide, days: range) -> list[int]:
    return [e.score for e in patient.entries if isinstance(e, Pain) and e.place == place and e.day in days]


def bones(patients: Iterable[SimulatedPatient]) -> Iterator[tuple[SimulatedPatient, Ossification]]:
    return ((p, bone) for p in patients for bone in p.ossifications)


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


def test_every_range_names_its_source() -> None:
    table = tomllib.loads((ROOT / "benchmarks/detection/first_world.toml").read_text(encoding="utf-8"))
    rows = [entry for group, entries in table.items() if group != "motion" for entry in entries.values()]
    rows += [entry for row in table["motion"] for entry in row.values() if isinstance(entry, dict)]
    assert len(rows) > 150
    assert all(entry["source"].strip() for entry in rows)
    pairs = [entry["value"] for entry in rows if isinstance(entry["value"], list) and len(entry["value"]) == 2]
    assert all(low <= high for low, high in pairs if low != high)


def test_every_motion_of_a_watched_joint_has_its_ranges() -> None:
    patient = ward(ORDINARY)[0]
    assert set(patient.curves) == {(place, motion) for place in WATCHED_PLACES for motion in MOTIONS[place.joint]}
    assert {len(curve) for curve in patient.curves.values()} == {patient.last + 1}


def test_every_fate_appears_and_a_stiff_shoulder_is_a_shoulder() -> None:
    counts = {fate: list(of_fate(ward(ORDINARY), fate)) for fate in Fate}
    assert all(counts.values())
    assert {place.joint for _, place in counts[Fate.STIFF_SHOULDER]} == {Joint.SHOULDER}
    quiet = sum(len(counts[fate]) for fate in (Fate.HEALTHY, Fate.RECOVERING, Fate.STABLE, Fate.WEAK))
    assert quiet > 0.6 * 8 * len(ward(ORDINARY))
    assert all(set(patient.fates) == set(WATCHED_PLACES) for patient in ward(ORDINARY))


def test_patients_were_at_least_two_weeks_in_intensive_care() -> None:
    for patient in ward(ORDINARY):
        stays = {stay.kind: stay for stay in patient.stays}
        icu = stays[ExposureKind.ICU_STAY]
        assert icu.start == 0
        assert 14 <= icu.end <= 80
        assert all(0 <= stay.start < stay.end <= icu.end for stay in patient.stays)
        assert 14 <= patient.first <= 45
        assert patient.months >= 5


# What joints do


def test_a_recovering_joint_gains_fast_at_first_and_slowly_later() -> None:
    plan = WardPlan(patients=20, seed=2, ossifying=0, fates=(Fate.RECOVERING,))
    early, late = [], []
    for patient, place in of_fate(ward(plan), Fate.RECOVERING):
        end = next(stay.end for stay in patient.stays if stay.kind is ExposureKind.ICU_STAY)
        for curve in curves(patient, place).values():
            after = curve[end:]
            assert all(later >= earlier - 0.011 for earlier, later in pairwise(after))
            early.append(after[28] - after[0])
            late.append(after[110] - after[82])
    assert 2 < fmean(early) < 20
    assert fmean(late) < fmean(early) / 3


def test_a_stable_or_healthy_joint_stays_as_it_was_after_intensive_care() -> None:
    plan = WardPlan(patients=10, seed=2, ossifying=0, fates=(Fate.HEALTHY, Fate.STABLE))
    limited: dict[Fate, list[float]] = {Fate.HEALTHY: [], Fate.STABLE: []}
    for patient in ward(plan):
        end = next(stay.end for stay in patient.stays if stay.kind is ExposureKind.ICU_STAY)
        for (place, _), curve in patient.curves.items():
            assert max(curve[end:]) == min(curve[end:])
            limited[patient.fates[place]].append(curve[0] - curve[end])
    assert fmean(limited[Fate.HEALTHY]) < 3
    assert fmean(limited[Fate.STABLE]) > 8


def test_ossification_begins_at_its_onset_and_half_of_the_loss_is_there_when_recognised() -> None:
    halves = []
    for patient, bone in bones(ward(OSSIFYING)):
        assert patient.fates[bone.place] is Fate.OSSIFYING
        assert 20 <= bone.onset < bone.recognised <= patient.last - 28
        for curve in curves(patient, bone.place).values():
            taken = curve[bone.onset] - curve[bone.recognised]
            full = curve[bone.onset] - min(curve[bone.onset :])
            if full > 25:
                halves.append(taken / full)
    assert 0.4 < median(halves) < 0.6


def test_nothing_is_lost_before_the_onset() -> None:
    plan = replace(OSSIFYING, fates=(Fate.HEALTHY,))
    before, after = [], []
    for patient, bone in bones(ward(plan)):
        start = next(stay.end for stay in patient.stays if stay.kind is ExposureKind.ICU_STAY)
        if start < bone.onset:
            before.append(most_lost(patient, bone.place, start, bone.onset))
        after.append(most_lost(patient, bone.place, bone.onset, bone.recognised + 40))
    assert max(before) < 0.1
    assert min(after) > 5
    assert median(after) > 25


def test_most_but_not_all_motions_of_an_ossifying_joint_take_part() -> None:
    plan = replace(OSSIFYING, fates=(Fate.HEALTHY,))
    shares = []
    for patient, bone in bones(ward(plan)):
        losses = [c[bone.onset] - c[bone.recognised] for c in curves(patient, bone.place).values()]
        shares.append(sum(loss > 0.25 * max(losses) for loss in losses) / len(losses))
    assert 0.5 < fmean(shares) < 0.85


def test_onset_is_mostly_between_day_25_and_70_with_a_tail() -> None:
    onsets = [bone.onset for _, bone in bones(ward(OSSIFYING))]
    assert sum(25 <= day <= 70 for day in onsets) > 0.65 * len(onsets)
    assert max(onsets) > 85
    assert max(onsets) <= 150


def test_one_to_four_joints_ossify_hips_and_shoulders_first_and_often_both_sides() -> None:
    patients = ward(OSSIFYING)
    counts = [len(patient.ossifications) for patient in patients]
    assert set(counts) == {1, 2, 3, 4}
    joints = [bone.place.joint for _, bone in bones(patients)]
    assert joints.count(Joint.HIP) > joints.count(Joint.SHOULDER) > joints.count(Joint.KNEE)
    both = [
        p for p in patients if any(b.place.opposite in {o.place for o in p.ossifications} for b in p.ossifications)
    ]
    assert 0.25 < len(both) / len(patients) < 0.75


def test_some_ossify_within_days_and_some_relapse_after_improvement() -> None:
    plan = replace(OSSIFYING, fates=(Fate.HEALTHY,))
    sudden, relapsing = 0, 0
    for patient, bone in bones(ward(plan)):
        sudden += bone.recognised - bone.onset <= 10
        for curve in curves(patient, bone.place).values():
            low = min(range(bone.onset, len(curve)), key=lambda day: (curve[day], day))
            trough = next(day for day in range(bone.onset, len(curve)) if curve[day] <= curve[low] + 1)
            best = max(curve[trough:])
            if best - curve[trough] > 8 and best - curve[-1] > 8:
                relapsing += 1
                break
    total = len(list(bones(ward(plan))))
    assert 0.05 < sudden / total < 0.35
    assert 0.02 < relapsing / total < 0.3


def test_most_ossifying_joints_hurt_from_about_the_onset_on_but_not_all() -> None:
    rises = []
    for patient, bone in bones(ward(OSSIFYING)):
        before = pains(patient, bone.place, range(bone.onset - 10))
        after = pains(patient, bone.place, range(bone.onset + 7, bone.recognised + 15))
        if before and after:
            rises.append(fmean(after) - fmean(before))
    assert 0.5 < sum(rise > 1.5 for rise in rises) / len(rises) < 0.9
    assert sum(rise < 0.5 for rise in rises) > 0.05 * len(rises)


def test_a_contracture_takes_motion_slowly_and_ossification_faster() -> None:
    plan = WardPlan(patients=20, seed=3, ossifying=0, fates=(Fate.CONTRACTURE,))
    worst = [max(_weekly(p, place)) for p, place in of_fate(ward(plan), Fate.CONTRACTURE)]
    faster = [max(_weekly(p, bone.place)) for p, bone in bones(ward(OSSIFYING))]
    assert median(worst) < 0.8 * median(faster)
    assert all(loss < 30 for loss in worst)
    lost = [
        max(max(curve[patient.first :]) - min(curve[patient.first :]) for curve in curves(patient, place).values())
        for patient, place in of_fate(ward(plan), Fate.CONTRACTURE)
    ]
    assert median(lost) > 15


def _weekly(patient: SimulatedPatient, place: JointSide) -> list[float]:
    """The most that was lost in a week, over the motions, at every day after intensive care."""
    end = next(stay.end for stay in patient.stays if stay.kind is ExposureKind.ICU_STAY)
    theirs = curves(patient, place).values()
    return [max(curve[day] - curve[day + 7] for curve in theirs) for day in range(end, patient.last - 7)]


def test_a_stiff_shoulder_hurts_before_it_stiffens_over_months() -> None:
    plan = WardPlan(patients=60, seed=3, ossifying=0, fates=(Fate.STIFF_SHOULDER,))
    found = list(of_fate(ward(plan), Fate.STIFF_SHOULDER))
    spans, early = [], []
    for patient, place in found:
        curve = curves(patient, place)[Motion.EXTERNAL_ROTATION]
        end = next(stay.end for stay in patient.stays if stay.kind is ExposureKind.ICU_STAY)
        best = max(range(end, len(curve)), key=lambda day: curve[day])
        lost = [curve[best] - value for value in curve[best:]]
        if best > patient.first + 20 and lost[-1] > 15:
            begun = next(day for day, loss in enumerate(lost) if loss > 0.1 * lost[-1])
            done = next(day for day, loss in enumerate(lost) if loss > 0.9 * lost[-1])
            spans.append(done - begun)
            early += pains(patient, place, range(best - 5, best + 10))
    assert median(spans) > 30
    assert fmean(early) > 3


def test_an_acute_event_takes_motion_at_once_hurts_and_gives_it_back_within_weeks() -> None:
    plan = WardPlan(patients=20, seed=3, ossifying=0, fates=(Fate.ACUTE,))
    charted, seen, returned = 0, 0, []
    for patient, place in of_fate(ward(plan), Fate.ACUTE):
        weekly = _weekly(patient, place)
        end = next(stay.end for stay in patient.stays if stay.kind is ExposureKind.ICU_STAY)
        day = end + weekly.index(max(weekly))
        if day + 60 > patient.last:
            continue
        seen += 1
        assert max(weekly) > 8
        charted += any(known.place == place for known in patient.known)
        lost, left = most_lost(patient, place, day, day + 7), most_lost(patient, place, day, day + 55)
        returned.append(1 - left / lost)
    assert median(returned) > 0.75
    assert 0.3 < charted / seen < 0.7


def test_a_weak_joint_moves_far_less_by_itself_than_when_it_is_moved() -> None:
    def lags(fate: Fate) -> list[float]:
        plan = WardPlan(patients=25, seed=3, ossifying=0, fates=(fate,))
        found = []
        for patient in ward(plan):
            passive = {(a.visit, a.place, a.motion): a.value for a in angles(patient) if a.mode is Mode.PASSIVE}
            active = {(a.visit, a.place, a.motion): a.value for a in angles(patient) if a.mode is Mode.ACTIVE}
            found += [passive[key] - value for key, value in active.items() if key in passive]
        return found

    assert fmean(lags(Fate.WEAK)) > 15
    assert 3 < fmean(lags(Fate.HEALTHY)) < 12
    weak = WardPlan(patients=25, seed=3, ossifying=0, fates=(Fate.WEAK,))
    for patient in ward(weak):
        end = next(stay.end for stay in patient.stays if stay.kind is ExposureKind.ICU_STAY)
        assert all(max(c[end:]) - c[-1] < 0.1 for c in patient.curves.values())


# What the ward sees


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


# What a plan changes


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
