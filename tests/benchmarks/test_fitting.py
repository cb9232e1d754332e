"""The fit of the score, done for real on a few simulated patients with a few trees."""

import json
from dataclasses import replace
from typing import Any

import lightgbm
import numpy as np
import pytest

from benchmarks.detection import fitting
from benchmarks.detection.judge import Figures
from benchmarks.detection.operating_point import (
    MOST_FALSE,
    MOST_FALSE_IN_FIELD,
    figures_at,
    pooled,
)
from benchmarks.detection.training import Lesson, Rows, lessons, rows_of
from benchmarks.detection.wards import WORLDS
from horehab.detection.evidence import Doubles
from horehab.detection.score import NOTHING_ELSE, scores_of
from horehab.domain.engine_file import score_card
from horehab.domain.engine_numbers import FEATURES, ScoreCard
from tests.detection.joints_at_hand import RULES

TREES = 10
PATIENTS = 10
Cards = dict[str, ScoreCard]
Fit = tuple[list[tuple[Lesson, Rows]], dict[str, Any]]


def _lesson(world: str, ward: str, *, is_held_out: bool) -> Lesson:
    seed = 200_000 + is_held_out
    return Lesson(world=world, ward=ward, seed=seed, patients=PATIENTS, is_held_out=is_held_out)


@pytest.fixture(scope="module")
def fit() -> Fit:
    """Wards to learn from, wards kept aside, and the card made of them."""
    kinds = (("clean", False), ("clean", True), ("field", True))
    asked = [_lesson(world, ward, is_held_out=is_held_out) for world in WORLDS for ward, is_held_out in kinds]
    pairs = [(lesson, rows_of(lesson)) for lesson in asked]
    return pairs, fitting.card_of(pairs, today="2026-01-01", trees=TREES)


@pytest.fixture(scope="module")
def model(fit: Fit) -> lightgbm.Booster:
    return fitting.trained(_learned_from(fit), trees=TREES)


@pytest.fixture(scope="module")
def cards(fit: Fit) -> Cards:
    """The score that was fitted, one fitted where bone formed in all joints but those in which it did, and ours."""
    contrary = [replace(rows, is_true=1 - rows.is_true) for rows in _learned_from(fit)]
    misled = fit[1] | {"trees": fitting.fitted(contrary, trees=TREES)}
    return {
        "fitted here": score_card(fit[1]),
        "fitted to the contrary": score_card(misled),
        "in the package": RULES.engine.score,
    }


def _learned_from(fit: Fit) -> list[Rows]:
    return [rows for lesson, rows in fit[0] if not lesson.is_held_out]


def _shuffled(fit: Fit, count: int) -> Doubles:
    """Rows that no patient showed: each feature drawn by itself, and moved a little."""
    dice = np.random.default_rng(1)
    seen = np.concatenate([rows.shown for _, rows in fit[0]])
    drawn = dice.permuted(seen, axis=0)[dice.integers(0, len(seen), count)]
    moved = drawn + dice.normal(0, 0.05, drawn.shape) * (dice.random(drawn.shape) < 0.5)
    for name, least in NOTHING_ELSE.items():
        moved[:, FEATURES.index(name)] = np.maximum(moved[:, FEATURES.index(name)], least)
    return np.round(moved, 6)


def _loud(card: ScoreCard) -> ScoreCard:
    """The same trees where no joint is quiet and support has no limit, so that a score is the sum of the trees."""
    return replace(card, quiet_loss=-99.0, support_cap=float("inf"))


def test_a_tree_laid_out_gives_the_points_that_the_fit_gave(fit: Fit, model: lightgbm.Booster) -> None:
    rows = _shuffled(fit, 3000)
    asked = np.asarray(model.predict(rows, raw_score=True))
    given = scores_of(rows, _loud(score_card(fit[1]))).score
    assert np.abs(given - asked).max() <= 1e-6 * TREES
    assert len(np.unique(given)) > 100


def test_a_fit_that_found_nothing_to_ask_is_laid_out_too(fit: Fit) -> None:
    rows = _learned_from(fit)[0]
    silent = replace(rows, shown=np.zeros_like(rows.shown))
    trees = fitting.fitted([silent], trees=2)
    assert all(len(set(tree["points"])) == 1 for tree in trees)
    card = score_card(fit[1] | {"trees": trees})
    assert len(set(scores_of(_shuffled(fit, 50), _loud(card)).score.tolist())) == 1


@pytest.mark.parametrize("name", sorted(fitting.MORE | fitting.LESS))
@pytest.mark.parametrize("which", ["fitted here", "fitted to the contrary", "in the package"])
def test_what_speaks_for_ossification_never_lowers_a_score(cards: Cards, fit: Fit, name: str, which: str) -> None:
    card = cards[which]
    rows = _shuffled(fit, 500)
    more = rows.copy()
    more[:, FEATURES.index(name)] += np.random.default_rng(2).exponential(1.0, len(rows))
    before, after = scores_of(rows, card).score, scores_of(more, card).score
    if name in fitting.LESS:
        before, after = after, before
    assert (after >= before).all()


def test_every_kind_of_support_may_only_add() -> None:
    assert set(NOTHING_ELSE) <= fitting.MORE
    assert set(FEATURES) >= fitting.MORE | fitting.LESS
    assert not fitting.MORE & fitting.LESS


def test_the_card_is_one_that_the_engine_takes_and_says_where_it_comes_from(fit: Fit) -> None:
    card = score_card(json.loads(json.dumps(fit[1])))
    assert (card.made_by, card.seed, card.date) == (
        "python -m benchmarks.detection.fitting",
        fitting.SEED,
        "2026-01-01",
    )
    assert len(card.trees) == TREES
    assert card.watch_at <= card.corroborated_at < card.suspect_at < card.strength_at[0]


def test_the_same_wards_give_the_same_card(fit: Fit) -> None:
    assert fitting.card_of(fit[0], today="2026-01-01", trees=TREES) == fit[1]


def _held_out(fit: Fit, world: str, kind: str, mark: float) -> Figures:
    kept = [pair for pair in fit[0] if pair[0].is_held_out]
    rows, score = pooled(kept, score_card(fit[1]), world, kind)
    return figures_at(rows, score, mark)


LIMITS = [
    (world, kind, most) for world in WORLDS for kind, most in (("clean", MOST_FALSE), ("field", MOST_FALSE_IN_FIELD))
]


@pytest.mark.parametrize(("world", "kind", "most"), LIMITS)
def test_on_no_ward_kept_aside_are_more_suspicions_false_than_a_ward_can_bear(
    fit: Fit, world: str, kind: str, most: float
) -> None:
    assert _held_out(fit, world, kind, fit[1]["suspect_at"]).false <= most


def test_a_little_below_the_mark_some_ward_would_have_too_many_false_suspicions(fit: Fit) -> None:
    below = fit[1]["suspect_at"] - 0.03
    assert any(_held_out(fit, world, kind, below).false > most for world, kind, most in LIMITS)


def test_no_patient_learned_from_is_one_that_the_marks_are_chosen_on() -> None:
    listed = lessons(5)
    assert len({(lesson.world, lesson.seed) for lesson in listed}) == len(listed)
    assert {lesson.world for lesson in listed if lesson.is_held_out} == set(WORLDS)


def _weights(fit: Fit, likeness: Doubles) -> tuple[Doubles, Doubles, Doubles]:
    """Of each row: whether bone was forming, its weight before, and the one shifted to the worst days."""
    rows = _learned_from(fit)
    is_true, before = (np.concatenate([getattr(each, name) for each in rows]) for name in ("is_true", "weight"))
    return is_true, before, fitting.weight_of_worst_days(rows, likeness)


def _likeness(fit: Fit) -> Doubles:
    rows = sum(len(each.is_true) for each in _learned_from(fit))
    return np.asarray(np.random.default_rng(3).exponential(1.0, rows))


def test_where_all_days_look_alike_each_keeps_its_weight(fit: Fit) -> None:
    _, before, after = _weights(fit, np.full_like(_likeness(fit), 0.3))
    assert after == pytest.approx(before)


def test_no_joint_weighs_more_for_its_worst_days_and_days_with_ossification_weigh_as_before(fit: Fit) -> None:
    is_true, before, after = _weights(fit, _likeness(fit))
    assert (after[is_true > 0] == before[is_true > 0]).all()
    assert (after <= fitting.MOST_TIMES * before).all()
    firsts = np.cumsum([0, *(len(rows.is_true) for rows in _learned_from(fit))])
    for rows, first in zip(_learned_from(fit), firsts, strict=False):
        joint = rows.when[:, 0] * 8 + rows.when[:, 1]
        here = slice(first, first + len(joint))
        assert (np.bincount(joint, after[here]) <= np.bincount(joint, before[here]) + 1e-9).all()


def test_a_day_that_looks_more_like_ossification_weighs_more(fit: Fit) -> None:
    likeness = _likeness(fit)
    is_true, before, usual = _weights(fit, likeness)
    day = int(np.flatnonzero((is_true == 0) & (before > 0))[7])
    likeness[day] *= 2
    changed = _weights(fit, likeness)[2]
    assert changed[day] > usual[day]
    assert (np.delete(changed, day) <= np.delete(usual, day) + 1e-12).all()
