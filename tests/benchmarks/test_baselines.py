"""The textbook baselines on small series whose answer can be worked out by hand."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.detection.baselines import (
    TEXTBOOK,
    Score,
    below_best,
    below_best_twice,
    change_point,
    cusum,
    ewma,
    kalman,
    sem_of,
    slope,
)
from benchmarks.detection.baselines_scoring import Scored, alarms, scored
from benchmarks.detection.baselines_tuning import coin, tuned
from benchmarks.detection.reading import record, rules
from benchmarks.detection.story import Measurement, SimulatedPatient
from horehab.domain.joints import WATCHED_PLACES, Joint, Motion
from horehab.domain.range_of_motion import Mode
from tests.benchmarks.hospital import HIP, KNEE, course, patient

NUMBERS = rules().motions[Joint.HIP, Motion.FLEXION]
"""MDC95 of hip flexion by the same rater: 10 degrees (rules.toml)."""

STEADY = [100.0, 101.0, 99.0, 100.0, 101.0, 100.0, 99.0, 100.0, 100.0, 101.0]
FALLING = [100.0, 101.0, 99.0, 100.0, 95.0, 90.0, 84.0, 80.0, 75.0, 70.0]


def run(score: Score, values: Sequence[float], *, every: int = 4) -> list[float]:
    days = np.arange(len(values), dtype=np.int64) * every
    found: list[float] = score(days, np.array(values), NUMBERS).tolist()
    return found


def test_degrees_below_best_are_counted_from_the_best_single_value() -> None:
    assert run(below_best, [90, 100, 95, 110, 98]) == [0, 0, 5, 0, 12]


def test_two_visits_below_best_count_the_smaller_loss_in_mdc95() -> None:
    assert NUMBERS.same_rater == 10
    assert run(below_best_twice, [100, 85, 80, 100, 70]) == [0, 0, 1.5, 0, 0]


def test_an_ewma_of_a_single_drop_is_a_fifth_of_it() -> None:
    deviation = sem_of(NUMBERS) * math.sqrt(0.2 / 1.8)
    assert run(ewma, [100, 90]) == pytest.approx([0, 2 / deviation])


def test_a_cusum_adds_up_what_is_beyond_half_a_sem() -> None:
    loss = 10 / sem_of(NUMBERS) - 0.5
    assert run(cusum, [100, 90, 90]) == pytest.approx([0, loss, 2 * loss])
    assert run(cusum, [100, 90, 200, 100])[2] == 0


def test_a_kalman_filter_is_surprised_by_a_drop_and_gets_used_to_it() -> None:
    found = run(kalman, [100, 100, 100, 80, 80, 80])
    assert found[3] > 2
    assert found[3] > found[4] > found[5]


def test_a_slope_is_scored_by_its_p_and_only_where_it_falls() -> None:
    assert run(slope, [100, 90, 80.5, 70])[-1] > -math.log10(0.05)
    assert run(slope, [70, 80, 90.5, 100]) == [0, 0, 0, 0]
    assert run(slope, [100, 100, 100, 100]) == [0, 0, 0, 0]
    assert run(slope, [100, 90, 80.5, 70], every=10) == [0, 0, 0, 0]  # three visits in 28 days are too few


def test_a_change_point_is_where_the_level_falls_for_good() -> None:
    found = run(change_point, [100, 100, 100, 100, 70, 70, 70])
    assert found[3] == 0
    gain = 30 / sem_of(NUMBERS) * math.sqrt(4 * 3 / 7)
    assert found[-1] == pytest.approx(gain / math.sqrt(2 * math.log(7)))
    assert run(change_point, [70, 70, 70, 100, 100, 100])[-1] < 0


@pytest.mark.parametrize("name", list(TEXTBOOK))
def test_every_baseline_is_silent_on_a_steady_joint_and_alarms_on_a_falling_one(name: str) -> None:
    score, threshold = TEXTBOOK[name]
    assert max(run(score, STEADY)) < threshold
    assert max(run(score, FALLING)) >= threshold


@pytest.mark.parametrize("name", list(TEXTBOOK))
def test_no_score_knows_what_comes_later(name: str) -> None:
    score, _ = TEXTBOOK[name]
    whole = run(score, FALLING)
    for length in range(1, len(FALLING)):
        assert run(score, FALLING[:length]) == pytest.approx(whole[:length])


def hip_scores(entries: Sequence[Measurement]) -> Scored:
    return scored(record(patient(entries)), rules(), below_best)


def test_a_joint_has_the_score_of_its_worst_motion() -> None:
    abduction = [replace(e, id=f"{e.id}-abd", motion=Motion.ABDUCTION) for e in course([40, 30, 40])]
    found = hip_scores([*course([100, 95, 80]), *abduction])
    assert found.days.tolist() == [20, 24, 28]
    assert found.scores.tolist() == [0, 10, 20]
    assert {WATCHED_PLACES[n] for n in found.places} == {HIP}


def test_active_motion_is_not_scored() -> None:
    assert not len(hip_scores([replace(e, mode=Mode.ACTIVE) for e in course([100, 50])]).days)


def test_a_reading_counts_from_the_day_on_which_it_became_known() -> None:
    first, second, third = course([100, 80, 100])
    found = hip_scores([first, replace(second, known=40), third])
    assert (found.days.tolist(), found.scores.tolist()) == ([20, 28, 40], [0, 0, 0])
    found = hip_scores([first, second, replace(third, known=40)])
    assert (found.days.tolist(), found.scores.tolist()) == ([20, 24, 40], [0, 20, 0])


def test_readings_of_one_day_count_as_their_median() -> None:
    again = [replace(e, id=f"{e.id}-b", value=e.value - 20, rater="b") for e in course([100, 80])]
    assert hip_scores([*course([100, 80]), *again]).scores.tolist() == [0, 20]


def test_an_alarm_is_where_the_threshold_is_reached_and_again_after_it_was_not() -> None:
    found = hip_scores([*course([100, 90, 80, 100, 90]), *course([100, 100, 70], place=KNEE)])
    assert alarms(found, 10) == [(24, HIP), (36, HIP), (28, KNEE)]


def ward() -> list[tuple[SimulatedPatient, Scored]]:
    people = [patient(course([100, 100 - n]), key=f"p{n}") for n in range(1, 11)]
    return [(one, scored(record(one), rules(), below_best)) for one in people]


def test_a_baseline_is_tuned_to_the_lowest_threshold_that_keeps_the_false_rate() -> None:
    people, scores = zip(*ward(), strict=True)
    months = 10 * 100 / 30.44
    three_false = 100 * 3 / months
    assert tuned(people, scores, three_false + 0.01) == 8
    assert tuned(people, scores, three_false - 0.01) == 9


def test_a_coin_alarms_about_as_often_as_it_is_told_and_always_the_same() -> None:
    people = [patient(key=f"p{n}") for n in range(400)]
    count = sum(len(coin(one, 10.0)) for one in people)
    assert count == sum(len(coin(one, 10.0)) for one in people)
    assert count == pytest.approx(400 * 100 / 30.44 / 10, rel=0.25)
    assert {place for one in people for _, place in coin(one, 10.0)} == set(WATCHED_PLACES)
