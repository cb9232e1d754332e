"""The course of a motion: best sustained value, loss, pace, winning back."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from horehab.domain.course import Course, course_of, courses_of
from horehab.domain.joints import Motion
from horehab.domain.range_of_motion import Bound, Mode, Reading
from tests.detection.joints_at_hand import RULES, day, moment, reading


def _course(*values: tuple[int, float], rater: str | None = "Practitioner/1") -> Course:
    return course_of([reading(n, v, rater=rater) for n, v in values], RULES)


def test_the_reference_is_the_best_value_that_was_held_not_the_best_single_one() -> None:
    course = _course((0, 90), (7, 92), (14, 130), (21, 94), (28, 95))
    assert [p.reference for p in course.points] == [None, 90, 91, 92, 94]
    assert [len(p.reference_visits) for p in course.points] == [0, 1, 2, 3, 3]
    assert course.best_sustained == 94
    assert course.latest is course.points[-1]


def test_a_fall_after_a_single_good_visit_does_not_pull_the_reference_down() -> None:
    course = _course((0, 100), (7, 60), (14, 58))
    assert [p.loss for p in course.points] == [0, 40, 42]


def test_a_first_visit_is_its_own_best_and_has_no_loss() -> None:
    course = _course((0, 90))
    assert course.best_sustained == 90
    assert course.points[0].loss == 0
    assert not course.points[0].is_beyond_error
    assert course.pace_per_week(56) is None
    assert course.index_on(day(-1)) is None


def test_readings_of_one_hand_bear_the_smaller_error() -> None:
    assert _course((0, 90), (7, 90)).points[1].threshold == 10
    assert _course((0, 90), (7, 90), rater=None).points[1].threshold == 17


def test_pace_is_the_median_slope_so_that_one_wrong_reading_does_not_decide() -> None:
    assert _course((0, 100), (7, 95), (14, 90), (21, 30), (28, 80)).pace_per_week(56) == pytest.approx(-5, abs=1)


def test_a_fall_that_is_won_back_starts_a_new_count() -> None:
    course = _course((0, 110), (7, 110), (14, 110), (21, 70), (28, 66), (35, 88), (42, 90), (49, 91), (56, 70))
    assert [p.fall for p in course.points] == [0, 0, 0, 0, 0, 0, 1, 1, 1]
    assert course.points[-1].loss == pytest.approx(19, abs=2)


def test_bounds_and_slips_are_kept_apart() -> None:
    slip, broken = reading(20, 1.57), reading(21, float("inf"))
    bound = reading(22, 90, bound=Bound.AT_LEAST)
    course = course_of([reading(n, 90) for n in (0, 7, 14)] + [slip, broken, bound], RULES)
    assert len(course.points) == 3
    assert course.bounds == (bound,)
    assert {r.source for r in course.set_aside} == {slip.source, broken.source}


def test_only_bounds_make_a_course_without_a_latest_value() -> None:
    course = course_of([reading(0, 90, bound=Bound.LESS_THAN)], RULES)
    assert course.latest is None
    assert course.best_sustained is None
    assert course.pace_per_week(56) is None


def test_each_mode_is_its_own_course_and_unknown_motions_are_left_out() -> None:
    readings = [reading(0, 90, mode=mode) for mode in Mode] + [reading(0, 9, motion=Motion.EVERSION)]
    assert [c.mode for c in courses_of(readings, RULES)] == sorted(Mode, key=lambda m: m.value)


def test_two_values_of_one_day_are_one_visit_at_their_median() -> None:
    one = reading(0, 90)
    course = course_of([one, reading(0, 94, rater="Practitioner/2")], RULES)
    assert [p.degrees for p in course.points] == [92]
    assert course.points[0].visit.means is None
    assert moment(0).day == course.points[0].day


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(-20, 140)), min_size=1, max_size=20), st.randoms())
def test_the_order_of_readings_does_not_matter(values: list[tuple[int, int]], dice: Random) -> None:
    readings: list[Reading] = [reading(n, v, source=f"Observation/{i}") for i, (n, v) in enumerate(values)]
    mixed = list(readings)
    dice.shuffle(mixed)
    assert course_of(readings, RULES) == course_of(mixed, RULES)
