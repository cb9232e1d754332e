"""Positions of a measurement: one visit has one, the usual one of that motion, and the rest is set aside visibly."""

from dataclasses import replace

from horehab.domain.range_of_motion import Reading
from horehab.domain.series import read_series
from tests.detection.joints_at_hand import reading

RADIANS = 3.2


def _in(position: str | None, number: int, degrees: float) -> Reading:
    return replace(reading(number, degrees), position=position)


def test_a_visit_says_in_which_position_it_was_taken() -> None:
    visits = read_series([_in("lying", 30, 90), _in(None, 37, 90)], RADIANS).visits
    assert [visit.position for visit in visits] == ["lying", None]


def test_of_two_positions_on_a_day_the_usual_one_counts_and_the_other_is_set_aside() -> None:
    usual = [_in("sitting", 30, 100), _in("sitting", 37, 100)]
    other = _in("lying", 44, 60)
    series = read_series([*usual, other, _in("sitting", 44, 98)], RADIANS)
    assert [visit.degrees for visit in series.visits] == [100, 100, 98]
    assert series.visits[-1].means is not None
    assert series.set_aside == (other,)


def test_a_new_position_by_itself_is_a_visit_and_becomes_usual_once_it_is_used_more() -> None:
    readings = [_in("sitting", 30, 100), _in("lying", 37, 60), _in("lying", 44, 60)]
    series = read_series([*readings, _in("sitting", 51, 100), _in("lying", 51, 61)], RADIANS)
    assert [visit.position for visit in series.visits] == ["sitting", "lying", "lying", "lying"]


def test_where_none_is_usual_the_first_by_name_counts_before_one_that_was_not_said() -> None:
    series = read_series([_in(None, 30, 50), _in("sitting", 30, 100), _in("lying", 30, 60)], RADIANS)
    assert [(visit.position, visit.degrees) for visit in series.visits] == [("lying", 60)]
    assert len(series.set_aside) == 2


def test_several_readings_in_one_position_are_one_visit_at_their_median() -> None:
    readings = [_in("lying", 30, 60), _in("lying", 30, 64), _in("sitting", 37, 100)]
    series = read_series(readings, RADIANS)
    assert [(visit.position, visit.degrees) for visit in series.visits] == [("lying", 62), ("sitting", 100)]
    assert series.set_aside == ()
