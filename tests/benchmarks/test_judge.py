"""The judge of detectors: each figure against a case worked out by hand."""

import math
from collections.abc import Sequence

import pytest

from benchmarks.detection.judge import MISSED, Marks, Raised, distinct, judged, marked
from benchmarks.detection.story import Fate, Ossification, SimulatedPatient
from horehab.domain.joints import Joint, JointSide, Side

HIP = JointSide(joint=Joint.HIP, side=Side.LEFT)
OTHER_HIP = HIP.opposite
KNEE = JointSide(joint=Joint.KNEE, side=Side.LEFT)
HUNDRED_DAYS = 100 / 30.44


def patient(*truth: Ossification) -> SimulatedPatient:
    """A patient followed from day 20 to day 120."""
    return SimulatedPatient(
        id="p",
        age=60,
        sex="male",
        first=20,
        last=120,
        fates={each.place: Fate.OSSIFYING for each in truth},
        ossifications=truth,
        entries=(),
        stays=(),
    )


def bone(place: JointSide = HIP, onset: int = 40, recognised: int = 60) -> Ossification:
    return Ossification(place=place, onset=onset, recognised=recognised)


def test_a_suspicion_without_ossification_is_false() -> None:
    marks = marked(patient(), [(50, HIP), (90, HIP), (50, KNEE)])
    assert (marks.false, marks.wrong, marks.leads) == (3, 0, ())
    assert marks.months == pytest.approx(HUNDRED_DAYS)


def test_false_suspicions_are_counted_per_100_patient_months_of_patients_without_ossification() -> None:
    marks = [marked(patient(), [(50, HIP)]), marked(patient(), []), marked(patient(bone()), [(50, KNEE)])]
    assert judged(marks, resamples=1).figures.false == pytest.approx(100 / (2 * HUNDRED_DAYS))
    assert judged(marks, resamples=1).figures.wrong == pytest.approx(100 / HUNDRED_DAYS)


@pytest.mark.parametrize(
    ("days", "kept"),
    [
        ([10, 40], [10]),
        ([10, 41], [10, 41]),
        ([10, 35, 60], [10, 60]),
        ([60, 10, 35], [10, 60]),
        ([10, 10, 10], [10]),
        ([], []),
    ],
)
def test_repeats_within_30_days_of_a_counted_suspicion_are_one(days: Sequence[int], kept: Sequence[int]) -> None:
    assert distinct((day, HIP) for day in days) == [(day, HIP) for day in kept]


def test_two_joints_on_one_day_are_two_suspicions() -> None:
    assert len(distinct([(10, HIP), (10, OTHER_HIP)])) == 2


@pytest.mark.parametrize(
    ("day", "lead", "in_time", "wrong"),
    [
        (32, MISSED, 0, 1),  # eight days before the onset: too early
        (33, 27, 1, 0),  # a week before the onset
        (60, 0, 1, 0),
        (74, -14, 1, 0),  # the last day in time
        (75, -15, 0, 0),
        (119, -59, 0, 0),
    ],
)
def test_a_joint_is_found_from_a_week_before_its_onset_and_in_time_until_two_weeks_after_recognition(
    day: int, lead: float, in_time: int, wrong: int
) -> None:
    marks = marked(patient(bone()), [(day, HIP)])
    assert (marks.leads, marks.in_time, marks.wrong) == ((lead,), in_time, wrong)


def test_the_first_right_suspicion_decides_the_lead_and_a_later_one_is_no_fault() -> None:
    marks = marked(patient(bone()), [(100, HIP), (50, HIP)])
    assert (marks.leads, marks.in_time, marks.wrong) == ((10.0,), 1, 0)


def test_the_other_side_is_a_wrong_place() -> None:
    marks = marked(patient(bone()), [(50, OTHER_HIP), (50, HIP)])
    assert (marks.leads, marks.wrong) == ((10.0,), 1)


def test_a_too_early_suspicion_that_is_repeated_within_30_days_is_not_found() -> None:
    marks = marked(patient(bone()), [(20, HIP), (45, HIP)])
    assert (marks.leads, marks.wrong) == ((MISSED,), 1)


def test_each_of_several_joints_is_judged_alone() -> None:
    marks = marked(patient(bone(), bone(KNEE, 60, 80)), [(50, HIP), (100, KNEE)])
    assert (marks.leads, marks.in_time, marks.wrong) == ((10.0, -20.0), 1, 0)


def wards(*each: tuple[SimulatedPatient, Sequence[Raised]]) -> list[Marks]:
    return [marked(one, raised) for one, raised in each]


def test_found_in_time_and_lead_are_over_all_ossifying_joints() -> None:
    marks = wards(
        (patient(bone()), [(50, HIP)]),
        (patient(bone()), [(80, HIP)]),
        (patient(bone()), []),
        (patient(bone(), bone(KNEE)), [(56, HIP), (60, KNEE)]),
        (patient(), []),
    )
    figures = judged(marks, resamples=1).figures
    assert figures.found == pytest.approx(4 / 5)
    assert figures.in_time == pytest.approx(3 / 5)
    assert figures.lead == 0  # of 10, -20, missed, 4 and 0


def test_a_miss_counts_as_minus_infinity_in_the_median() -> None:
    marks = wards((patient(bone()), [(50, HIP)]), (patient(bone()), []), (patient(bone()), []))
    assert judged(marks, resamples=1).figures.lead == -math.inf


def test_a_ward_without_ossification_has_no_found_and_one_without_others_no_false() -> None:
    assert math.isnan(judged(wards((patient(), [])), resamples=2).figures.found)
    assert math.isnan(judged(wards((patient(bone()), [])), resamples=2).figures.false)


def test_a_ward_without_patients_is_refused() -> None:
    with pytest.raises(ValueError, match="no patients"):
        judged([])


def test_the_intervals_are_the_same_each_time_and_hold_the_figure() -> None:
    marks = wards(*[(patient(), [(50, HIP)] if n % 5 == 0 else []) for n in range(60)])
    marks += wards(*[(patient(bone()), [(50 + n, HIP)] if n % 4 else []) for n in range(40)])
    one, two = judged(marks), judged(marks)
    assert one == two
    for name in ("false", "found", "in_time", "lead"):
        assert getattr(one.low, name) <= getattr(one.figures, name) <= getattr(one.high, name)
    assert one.low.found > 0.55
    assert one.high.found < 0.92
    assert (one.patients, one.joints) == (100, 40)


def test_the_interval_of_a_proportion_is_as_wide_as_theory_says() -> None:
    marks = wards(*[(patient(bone()), [(50, HIP)] if n % 2 else []) for n in range(400)])
    ward = judged(marks, resamples=1000)
    half = 1.96 * math.sqrt(0.25 / 400)
    assert ward.high.found - ward.low.found == pytest.approx(2 * half, rel=0.15)
