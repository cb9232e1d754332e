"""The laws behind the second ward: each fate's course, the shapes of a loss, and the law of error."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.detection.second_world_courses import DAYS
from benchmarks.detection.second_world_error import Reader, drift, heavy, reading_sd, stiffness
from benchmarks.detection.second_world_joints import Host, Life, ordinary_life, ossifying_life, parts
from benchmarks.detection.second_world_numbers import ANATOMY, HORIZON
from benchmarks.detection.second_world_pain import states
from benchmarks.detection.second_world_shapes import RISES, Rise, aftermath, sudden
from benchmarks.detection.story import Fate
from horehab.domain.joints import WATCHED_PLACES, Joint, JointSide, Motion, Side

HOST = Host(age=60, discharge=80.0, suppleness=1.0)
KNEE = JointSide(joint=Joint.KNEE, side=Side.LEFT)
SHOULDER = JointSide(joint=Joint.SHOULDER, side=Side.RIGHT)
seeds = st.integers(0, 2**32)


def _life(seed: int, fate: Fate, place: JointSide = KNEE) -> Life:
    return ordinary_life(np.random.default_rng(seed), place, fate, HOST)


def _largest_change(life: Life) -> float:
    return max(float(degrees.max() - degrees.min()) for degrees in life.passive.values())


@given(seed=seeds)
def test_a_recovering_joint_ends_better_than_it_began(seed: int) -> None:
    for degrees in _life(seed, Fate.RECOVERING).passive.values():
        assert degrees[-1] >= degrees[0]
    assert any(degrees[-1] > degrees[0] + 4 for degrees in _life(seed, Fate.RECOVERING).passive.values())


@given(seed=seeds)
def test_a_contracture_shortens_the_joint_slowly_and_never_back_to_the_start(seed: int) -> None:
    life = _life(seed, Fate.CONTRACTURE)
    assert _largest_change(life) >= 13
    for degrees in life.passive.values():
        assert degrees[0] == degrees.max()
        assert degrees[-1] < degrees[0]


@given(seed=seeds)
def test_a_stiff_shoulder_stiffens_with_pain_and_thaws(seed: int) -> None:
    life = _life(seed, Fate.STIFF_SHOULDER, SHOULDER)
    assert _largest_change(life) >= 25
    assert life.ache.max() >= 1.2
    for degrees in life.passive.values():
        assert degrees[-1] == pytest.approx(degrees[0], abs=0.01)


@given(seed=seeds)
def test_an_acute_event_takes_motion_within_days_with_pain_and_gives_it_back(seed: int) -> None:
    life = _life(seed, Fate.ACUTE)
    fastest = max(float((degrees[:-4] - degrees[4:]).max()) for degrees in life.passive.values())
    assert fastest >= 6
    assert life.ache.max() >= 1.2
    assert all(degrees[-1] == pytest.approx(degrees[0]) for degrees in life.passive.values())


@given(seed=seeds)
def test_a_weak_joint_loses_active_motion_alone(seed: int) -> None:
    life = _life(seed, Fate.WEAK)
    assert _largest_change(life) == 0
    assert float((life.passive[Motion.FLEXION] - life.active[Motion.FLEXION]).max()) >= 18


@given(seed=seeds, place=st.sampled_from(WATCHED_PLACES), onset=st.integers(22, 200))
def test_an_ossifying_joint_loses_twenty_degrees_from_its_onset_on(seed: int, place: JointSide, onset: int) -> None:
    life = ossifying_life(np.random.default_rng(seed), place, onset, HOST)
    lost = sum((degrees[onset] - degrees for degrees in life.passive.values()), start=np.zeros(HORIZON))
    largest = max(float(degrees[onset] - degrees[onset:].min()) for degrees in life.passive.values())
    assert largest >= 20
    assert lost[onset] == 0
    assert lost[onset + 10] > 0
    assert life.recognised is not None
    assert onset < life.recognised < onset + 130
    assert lost[life.recognised] >= lost[onset:].max() / 2
    assert lost[life.recognised - 1] < lost[onset:].max() / 2 or life.recognised == onset + 1
    for motion, degrees in life.passive.items():
        assert degrees.min() >= min(ANATOMY[place.joint][motion].stiffest, float(degrees[0])) - 1e-9


@pytest.mark.parametrize("rise", [*RISES, sudden])
@given(seed=seeds, length=st.floats(35, 130))
def test_a_loss_begins_at_its_onset_never_shrinks_and_becomes_whole(rise: Rise, seed: int, length: float) -> None:
    grown = rise(np.random.default_rng(seed), DAYS - 50.0, length)
    assert (grown[:51] == 0).all()
    assert grown[55] > 0
    assert (np.diff(grown) >= -1e-12).all()
    assert grown[-1] == pytest.approx(1.0)


@given(seed=seeds)
def test_a_sudden_onset_takes_nearly_half_within_five_days(seed: int) -> None:
    assert sudden(np.random.default_rng(seed), DAYS, 60.0)[5] >= 0.45


@given(seed=seeds)
def test_what_comes_after_a_loss_never_exceeds_it(seed: int) -> None:
    after = aftermath(np.random.default_rng(seed), DAYS)
    assert after[0] == after.max() == 1.0
    assert after.min() >= 0.45


@given(seed=seeds, place=st.sampled_from(WATCHED_PLACES))
def test_the_hardest_hit_motion_has_the_whole_loss_and_all_have_some(seed: int, place: JointSide) -> None:
    shared = parts(np.random.default_rng(seed), place.joint, Fate.OSSIFYING)
    assert max(shared.values()) == 1.0
    assert min(shared.values()) > 0


@pytest.mark.parametrize("is_laplace", [True, False])
def test_the_law_of_error_has_mean_0_and_sd_1_and_heavy_tails(is_laplace: bool) -> None:
    dice = np.random.default_rng(8)
    draws = np.array([heavy(dice, is_laplace=is_laplace) for _ in range(200_000)])
    assert draws.mean() == pytest.approx(0.0, abs=0.01)
    assert draws.std() == pytest.approx(1.0, rel=0.04)
    assert (np.abs(draws) > 3.0).mean() > 3 * 0.0027


@pytest.mark.parametrize("noise", [0.6, 1.0, 1.5])
def test_a_reading_has_the_stated_sd_which_grows_with_the_angle(noise: float) -> None:
    dice = np.random.default_rng(9)
    reader = Reader(noise=noise, is_laplace=True, raters={})
    for true in (0.0, 60.0, 120.0):
        own = np.array([reader.read(dice, true, 0.0) for _ in range(20_000)]) - true
        at_fives = 0.45 * 25 / 12 + 0.47 / 12 + 0.08 * 100 / 12
        assert own.mean() == pytest.approx(0.0, abs=0.1)
        assert reading_sd(true, noise) ** 2 - 1 < own.var() < reading_sd(true, noise) ** 2 + 1.5 * at_fives
    assert reading_sd(120.0, noise) > 2 * reading_sd(0.0, noise)
    assert reading_sd(120.0, noise) == pytest.approx(noise * (0.8 + 0.016 * 120))


def test_therapists_prefer_fives_and_tens() -> None:
    dice = np.random.default_rng(10)
    reader = Reader(noise=1.0, is_laplace=False, raters={})
    read = np.array([reader.read(dice, 93.0, 0.0) for _ in range(5_000)])
    assert (read % 5 == 0).mean() > 0.5


def test_a_joint_has_good_and_bad_weeks_of_three_to_five_degrees_half_kept_after_a_week() -> None:
    dice = np.random.default_rng(11)
    paths = np.array([stiffness(dice, 1.0) for _ in range(400)])
    assert 3.6 < paths.std() < 4.5
    assert np.corrcoef(paths[:, :-7].ravel(), paths[:, 7:].ravel())[0, 1] == pytest.approx(0.5, abs=0.04)


def test_a_rater_reads_with_an_offset_that_drifts_slowly() -> None:
    dice = np.random.default_rng(12)
    paths = np.array([drift(dice, 1.0) for _ in range(2_000)])
    assert paths[:, 0].std() == pytest.approx(1.5, rel=0.1)
    assert (paths[:, 100] - paths[:, 0]).std() == pytest.approx(1.2, rel=0.1)
    assert np.abs(np.diff(paths, axis=1)).max() < 1.0


@given(seed=seeds)
def test_pain_moves_one_step_a_day_and_ends_near_its_level(seed: int) -> None:
    level = np.concatenate([np.zeros(100), np.full(300, 3.0)])
    path = states(np.random.default_rng(seed), level)
    assert set(path) <= {0, 1, 2, 3}
    assert max(abs(later - earlier) for earlier, later in itertools.pairwise(path)) <= 1
    assert sum(path[:100]) / 100 < 1.0
    assert sum(path[130:]) / 270 > 2.0


def test_one_ossifying_joint_in_five_never_hurts_more_than_before() -> None:
    """Of those without a sudden onset, whose share is one in seven: .86 x .2."""
    lives = [ossifying_life(np.random.default_rng(seed), KNEE, 60, HOST) for seed in range(600)]
    quiet = [life for life in lives if life.ache[40:160].max() - life.ache[0] < 0.3]
    assert 0.12 < len(quiet) / len(lives) < 0.24
