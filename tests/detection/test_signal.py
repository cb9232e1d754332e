"""One signal for a joint: several motions put together, levels learned, hands told apart, the best followed."""

from dataclasses import replace

import pytest

from horehab.detection.joint_file import joint_files
from horehab.detection.signal import Signal, signals_of
from horehab.domain.joints import Motion
from horehab.domain.range_of_motion import Mode, Reading
from horehab.domain.record import Fact
from tests.detection.joints_at_hand import LEFT_HIP, RULES, day, reading, record


def _signals(*readings: Fact) -> tuple[Signal, ...]:
    return signals_of(joint_files(record(list(readings)), RULES)[LEFT_HIP], RULES)


def _in(position: str, number: int, degrees: float) -> Reading:
    return replace(reading(number, degrees), position=position)


def test_a_joint_at_its_norm_stands_at_one_and_half_of_it_at_a_half() -> None:
    first, second = _signals(reading(30, 120), reading(37, 60))
    assert first.value == 1
    assert second.value == 0.5
    assert (first.day, second.day) == (day(30).toordinal(), day(37).toordinal())


def test_only_passive_motion_makes_a_signal() -> None:
    assert _signals(reading(30, 120, mode=Mode.ACTIVE), reading(31, 120, mode=Mode.UNKNOWN)) == ()


def test_two_motions_bear_less_error_than_one_and_lie_between() -> None:
    one = _signals(reading(30, 90))[0]
    two = _signals(reading(30, 90), reading(30, 20, motion=Motion.ABDUCTION))[0]
    assert two.error < one.error
    assert one.value > two.value > 1 - (45 - 20) / 60


def test_a_motion_that_is_always_lower_than_its_joint_keeps_a_level_of_its_own() -> None:
    visits: list[Fact] = []
    for number in (30, 37, 44, 51):
        visits += [reading(number, 120), reading(number, 20, motion=Motion.ABDUCTION)]
    alone = _signals(*visits, reading(58, 20, motion=Motion.ABDUCTION))
    both = _signals(*visits, reading(58, 120), reading(58, 20, motion=Motion.ABDUCTION))
    never_before = _signals(reading(58, 20, motion=Motion.ABDUCTION))
    gap = both[-1].value - alone[-1].value
    assert gap < 0.25 * (both[-1].value - never_before[-1].value)


def test_one_motion_far_from_the_others_pulls_the_joint_only_so_far() -> None:
    others = [reading(30, 120), reading(30, 30, motion=Motion.ADDUCTION)]
    far = _signals(*others, reading(30, -40, motion=Motion.ABDUCTION))[0]
    farther = _signals(*others, reading(30, -30, motion=Motion.ABDUCTION))[0]
    assert far.value == farther.value


def test_another_position_is_a_series_of_its_own() -> None:
    sitting = [_in("sitting", number, 110) for number in (30, 37, 44)]
    moved = _signals(*sitting, _in("lying", 51, 80))
    assert moved[-1].most_lost == 0
    same = _signals(*sitting, _in("sitting", 51, 80))
    assert same[-1].most_lost == pytest.approx(30 / 17)
    assert same[-1].share_lost == 1


def test_who_measures_most_is_the_usual_hand_and_two_hands_or_none_are_others() -> None:
    usual = [reading(number, 100) for number in (30, 37)]
    other = reading(44, 100, rater="Practitioner/2")
    unnamed = reading(51, 100, rater=None)
    both = [reading(58, 100), reading(58, 30, motion=Motion.ABDUCTION, rater="Practitioner/2")]
    found = _signals(*usual, other, unnamed, *both)
    assert [signal.is_other_hand for signal in found] == [False, False, True, True, True]
    assert found[2].error > found[1].error


def test_the_best_is_sustained_and_a_fall_does_not_pull_it_down() -> None:
    found = _signals(*(reading(n, v) for n, v in ((30, 96), (37, 102), (44, 72), (51, 60), (58, 108), (65, 108))))
    assert [round(signal.best, 3) for signal in found] == [0.8, 0.825, 0.825, 0.825, 0.825, 0.9]
    assert [day(30).toordinal() + 7 * n for n in (0, 1, 1, 1, 1, 5)] == [signal.best_day for signal in found]


def test_a_fall_is_told_against_the_three_visits_before_and_a_rise_against_the_lowest() -> None:
    found = _signals(*(reading(n, v) for n, v in ((30, 120), (37, 60), (44, 60), (51, 84))))
    assert found[0].fall is None
    assert [signal.fall for signal in found[1:]] == pytest.approx([0.5, 0.5, 0.3])
    assert [signal.rise for signal in found] == pytest.approx([0, 0, 0, 0.1])


def test_a_visit_is_firm_unless_all_its_times_were_assumed() -> None:
    found = _signals(
        reading(30, 100, assumed=True), reading(37, 100, assumed=True), reading(37, 30, motion=Motion.ABDUCTION)
    )
    assert [signal.is_firm for signal in found] == [False, True]
