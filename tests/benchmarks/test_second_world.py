"""The second simulated ward: the same each time, true to its fates, and as noisy as it says."""

import itertools
import tomllib
from collections import Counter
from pathlib import Path
from statistics import fmean, pstdev

import numpy as np
import pytest

from benchmarks.detection import second_world_numbers
from benchmarks.detection.second_world import patients
from benchmarks.detection.story import Entry, Fate, Lab, Measurement, Pain, SimulatedPatient, WardPlan
from horehab.domain.joints import MOTIONS, WATCHED_PLACES, Joint, Motion
from horehab.domain.laboratory import Analyte
from horehab.domain.range_of_motion import Mode
from horehab.rules import load_rules

WARD = tuple(patients(WardPlan(patients=150, seed=5, ossifying=0.4)))


def _readings(patient: SimulatedPatient, mode: Mode = Mode.PASSIVE) -> list[Measurement]:
    return [one for one in patient.entries if isinstance(one, Measurement) and one.mode is mode]


def _errors(ward: tuple[SimulatedPatient, ...]) -> list[float]:
    return [
        one.value - patient.curves[one.place, one.motion][one.day] for patient in ward for one in _readings(patient)
    ]


def _without_values(entries: tuple[Entry, ...]) -> list[tuple[str, int]]:
    return [(one.id, one.day) for one in entries]


def test_the_same_plan_gives_the_same_patients() -> None:
    again = tuple(patients(WardPlan(patients=6, seed=5, ossifying=0.4)))
    assert again == WARD[:6]
    assert repr(again) == repr(WARD[:6])


def test_another_seed_gives_other_patients() -> None:
    other = tuple(patients(WardPlan(patients=6, seed=6, ossifying=0.4)))
    assert all(one.entries != two.entries for one, two in zip(other, WARD[:6], strict=True))


def test_noise_changes_what_is_read_and_nothing_else() -> None:
    quiet, loud = (tuple(patients(WardPlan(patients=8, seed=5, ossifying=0.4, noise=noise))) for noise in (0.6, 1.5))
    for one, two in zip(quiet, loud, strict=True):
        assert (one.curves, one.ossifications, one.fates) == (two.curves, two.ossifications, two.fates)
        assert _without_values(one.entries) == _without_values(two.entries)
        assert [e for e in one.entries if not isinstance(e, Measurement)] == [
            e for e in two.entries if not isinstance(e, Measurement)
        ]
    assert pstdev(_errors(loud)) / pstdev(_errors(quiet)) == pytest.approx(1.5 / 0.6, rel=0.12)


def test_a_ward_that_rates_no_pain_measures_the_same_angles() -> None:
    silent = tuple(patients(WardPlan(patients=6, seed=5, ossifying=0.4, records_pain=False)))
    for one, two in zip(silent, WARD[:6], strict=True):
        assert one.entries == tuple(e for e in two.entries if not isinstance(e, Pain))
    assert any(isinstance(e, Pain) for patient in WARD[:6] for e in patient.entries)


def test_the_ward_may_be_without_ossification_or_full_of_it() -> None:
    assert not any(one.ossifications for one in patients(WardPlan(patients=40, ossifying=0.0)))
    assert all(one.ossifications for one in patients(WardPlan(patients=40, ossifying=1.0)))
    assert 0.28 < fmean(bool(one.ossifications) for one in WARD) < 0.52


@pytest.mark.parametrize("fate", [fate for fate in Fate if fate is not Fate.OSSIFYING])
def test_a_restricted_ward_has_only_the_fates_asked_for(fate: Fate) -> None:
    """A joint that cannot have the fate (a hip with a stiff shoulder's) is healthy."""
    for patient in patients(WardPlan(patients=10, fates=(fate,))):
        grows = {one.place for one in patient.ossifications}
        for place, one in patient.fates.items():
            can = fate is not Fate.STIFF_SHOULDER or place.joint is Joint.SHOULDER
            assert one is (Fate.OSSIFYING if place in grows else fate if can else Fate.HEALTHY)


def test_healthy_and_stable_joints_do_not_move_at_all() -> None:
    for patient in WARD:
        for (place, _), degrees in patient.curves.items():
            if patient.fates[place] in (Fate.HEALTHY, Fate.STABLE, Fate.WEAK):
                assert len(set(degrees)) == 1


def test_a_late_ward_first_sees_its_ossifying_joints_when_half_of_the_loss_is_there() -> None:
    late = tuple(patients(WardPlan(patients=40, seed=3, ossifying=0.6, is_late=True)))
    for patient in late:
        assert all(one.recognised <= patient.first for one in patient.ossifications)
        assert patient.first >= 40
        assert min(one.day for one in _readings(patient)) >= patient.first
    assert min(one.first for one in late if not one.ossifications) >= 75


def test_every_watched_joint_has_a_fate_and_a_curve_of_every_motion_to_the_last_day() -> None:
    for patient in WARD:
        assert tuple(patient.fates) == WATCHED_PLACES
        assert set(patient.curves) == {(p, m) for p in WATCHED_PLACES for m in MOTIONS[p.joint]}
        assert {len(degrees) for degrees in patient.curves.values()} == {patient.last + 1}


def test_the_truth_names_exactly_the_ossifying_joints_and_lies_within_follow_up() -> None:
    for patient in WARD:
        ossifying = {place for place, fate in patient.fates.items() if fate is Fate.OSSIFYING}
        assert {one.place for one in patient.ossifications} == ossifying
        assert len(ossifying) <= 5
        for one in patient.ossifications:
            assert patient.first < one.onset < one.recognised < patient.last
            assert any(e.place == one.place and e.day > one.onset for e in _readings(patient))


def test_on_the_curves_bone_takes_nothing_before_onset_and_at_least_half_by_recognition() -> None:
    for patient in WARD:
        for one in patient.ossifications:
            moved = np.array([patient.curves[one.place, motion] for motion in MOTIONS[one.place.joint]]).sum(axis=0)
            start = moved[one.onset]
            assert (start - moved[one.onset + 12]) > 0.3
            assert (start - moved[one.recognised]) >= (start - moved[one.onset :].min()) / 2 - 0.2


def test_entries_are_within_follow_up_and_their_names_are_unique() -> None:
    for patient in WARD:
        names = [(type(one), one.id) for one in patient.entries]
        assert len(names) == len(set(names))
        for one in patient.entries:
            first = 0 if isinstance(one, Lab) else patient.first
            assert first <= one.day <= one.known <= patient.last
        assert 4.0 <= patient.months <= 9.1
        assert all(0 <= one.score <= 10 for one in patient.entries if isinstance(one, Pain))


def test_hardly_any_reading_is_beyond_what_a_living_joint_can_show() -> None:
    limits = load_rules().motions
    readings = [one for patient in WARD for one in _readings(patient) + _readings(patient, Mode.ACTIVE)]
    beyond = [
        one
        for one in readings
        if not (
            limits[one.place.joint, one.motion].lowest <= one.value <= limits[one.place.joint, one.motion].highest
        )
    ]
    assert len(beyond) <= len(readings) / 5000


def test_half_of_the_units_measure_every_motion_and_the_others_one_or_two() -> None:
    kinds: Counter[bool] = Counter()
    for patient in WARD:
        counts = {
            place.joint: len({one.motion for one in _readings(patient) if one.place == place})
            for place in {one.place for one in _readings(patient)}
        }
        is_thorough = all(count == len(MOTIONS[joint]) for joint, count in counts.items())
        assert is_thorough or max(counts.values()) <= 2
        kinds[max(counts.values()) > 2 or is_thorough] += 1
    assert 0.4 < kinds[True] / len(WARD) < 0.65


def test_visits_are_irregular_about_every_eleven_days() -> None:
    gaps: list[int] = []
    for patient in WARD:
        days = sorted({one.day for one in _readings(patient)})
        gaps += [later - earlier for earlier, later in itertools.pairwise(days)]
    assert 8 < fmean(gaps) < 14
    assert pstdev(gaps) > 6
    assert max(gaps) > 24


def test_a_second_reading_of_the_same_visit_is_a_few_degrees_higher() -> None:
    large = {(Joint.HIP, Motion.FLEXION), (Joint.SHOULDER, Motion.FLEXION), (Joint.SHOULDER, Motion.ABDUCTION)}
    gains = []
    for patient in WARD:
        values = {one.id: one.value for one in _readings(patient) if (one.place.joint, one.motion) in large}
        again = {name.removesuffix("-1"): value for name, value in values.items() if name.endswith("-1")}
        gains += [value - values[f"{name}-0"] for name, value in again.items()]
    assert len(gains) > 100
    assert 2 < fmean(gains) < 5


def test_phosphatase_stays_normal_in_many_who_ossify_and_is_raised_in_some_who_do_not() -> None:
    high: dict[bool, list[bool]] = {True: [], False: []}
    for patient in WARD:
        taken = [e for e in patient.entries if isinstance(e, Lab) and e.analyte is Analyte.ALKALINE_PHOSPHATASE]
        if taken:
            high[bool(patient.ossifications)].append(any(e.value > 1.1 * e.upper_limit for e in taken))
    assert 0.4 < fmean(high[True]) < 0.75
    assert 0.07 < fmean(high[False]) < 0.3


def test_most_patients_without_bone_are_hard_ones() -> None:
    plain = (Fate.HEALTHY, Fate.WEAK)
    spared = [one for one in WARD if not one.ossifications]
    assert fmean(sum(fate not in plain for fate in one.fates.values()) >= 2 for one in spared) > 0.6


def test_every_number_has_its_source() -> None:
    path = Path(second_world_numbers.__file__).with_name("second_world.toml")

    def rows(tree: dict[str, object]) -> list[dict[str, object]]:
        if "source" in tree:
            return [tree]
        return [row for branch in tree.values() if isinstance(branch, dict) for row in rows(branch)]

    found = rows(tomllib.loads(path.read_text(encoding="utf-8")))
    assert len(found) > 100
    assert all(row["source"] for row in found)


def test_a_span_is_not_taken_for_a_number() -> None:
    with pytest.raises(ValueError, match=r"stay\.icu_days is a span from 14\.0 to 62\.0"):
        second_world_numbers.number("stay.icu_days")


@pytest.mark.parametrize(("rule", "low", "high"), [("ten degrees", 45, 180), ("twice beyond error", 30, 120)])
def test_a_textbook_rule_floods_this_ward_as_it_floods_others(rule: str, low: float, high: float) -> None:
    """Suspicions per 100 patient-months of patients without bone: about 90, and about 60, within a factor of two."""
    spared = [one for one in WARD if not one.ossifications]
    alerts = sum(_alerts(one, rule) for one in spared)
    assert low < 100 * alerts / sum(one.months for one in spared) < high


def _alerts(patient: SimulatedPatient, rule: str) -> int:
    """Count the suspicions of a rule; repeats within 30 days at the same joint are one."""
    found: dict[object, list[int]] = {}
    rules = load_rules().motions
    series: dict[tuple[object, object], list[Measurement]] = {}
    for one in _readings(patient):
        series.setdefault((one.place, one.motion), []).append(one)
    for taken in series.values():
        best, run = -np.inf, 0
        for one in taken:
            error = 10 if rule == "ten degrees" else rules[one.place.joint, one.motion].same_rater
            run = run + 1 if best - one.value >= error else 0
            if run >= (1 if rule == "ten degrees" else 2):
                found.setdefault(one.place, []).append(one.day)
            best = max(best, one.value)
    count = 0
    for days in found.values():
        last = -99
        for day in sorted(days):
            if day - last > 30:
                count, last = count + 1, day
    return count
