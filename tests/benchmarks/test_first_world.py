"""The patients of the first simulated world: who they are and what their joints do."""

import tomllib
from dataclasses import replace
from itertools import pairwise
from statistics import fmean, median

from benchmarks.detection.story import Fate, WardPlan
from horehab.domain.exposure import ExposureKind
from horehab.domain.joints import MOTIONS, WATCHED_PLACES, Joint, Motion
from horehab.domain.range_of_motion import Mode
from tests.benchmarks.first_wards import (
    ORDINARY,
    OSSIFYING,
    ROOT,
    angles,
    bones,
    curves,
    most_lost,
    of_fate,
    pains,
    ward,
    weekly_losses,
)


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
    worst = [max(weekly_losses(p, place)) for p, place in of_fate(ward(plan), Fate.CONTRACTURE)]
    faster = [max(weekly_losses(p, bone.place)) for p, bone in bones(ward(OSSIFYING))]
    assert median(worst) < 0.8 * median(faster)
    assert all(loss < 30 for loss in worst)
    lost = [
        max(max(curve[patient.first :]) - min(curve[patient.first :]) for curve in curves(patient, place).values())
        for patient, place in of_fate(ward(plan), Fate.CONTRACTURE)
    ]
    assert median(lost) > 15


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
        weekly = weekly_losses(patient, place)
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
