"""The score: trees of questions, support by the whole patient that is capped, and joints that are quiet."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from horehab.detection.score import LEAST, MILLION, NOTHING_ELSE, scores_of, spoken_for
from horehab.domain.engine_numbers import FEATURES, ScoreCard, Tree
from tests.detection.joints_at_hand import RULES

PACKAGED = RULES.engine.score


def _tree(feature: str, limit: float, low: int, high: int) -> Tree:
    return Tree(features=(FEATURES.index(feature),), limits=(limit,), points=((low + high) // 2, low, high))


CARD = replace(
    PACKAGED,
    trees=(
        _tree("drop", 0.1, -1 * MILLION, 2 * MILLION),
        _tree("alp", 0.5, 0, MILLION),
        _tree("ck", 0.5, 0, 3 * MILLION),
    ),
    support_cap=1.5,
    free_limit=0.15,
    quiet_loss=0.05,
    quiet_pain=2.0,
)


def _row(**shown: float) -> list[float]:
    return [(NOTHING_ELSE | shown).get(name, 0.0) for name in FEATURES]


def _score(card: ScoreCard, **shown: float) -> tuple[float, float, bool]:
    found = scores_of(np.array([_row(**shown)]), card)
    return float(found.own[0]), float(found.score[0]), bool(found.is_quiet[0])


def test_answers_add_up_and_a_value_at_the_limit_is_not_above_it() -> None:
    assert _score(CARD, drop=0.2) == (2, 2, False)
    assert _score(CARD, drop=0.1) == (-1, -1, False)
    assert _score(CARD, drop=0.1 + 1e-9) == (-1, -1, False)


def test_the_whole_patient_adds_to_the_joints_own_score_and_never_more_than_the_cap() -> None:
    assert _score(CARD, drop=0.2, alp=1.0) == (2, 3, False)
    assert _score(CARD, drop=0.2, alp=1.0, ck=1.0) == (2, 3.5, False)


def test_support_never_lowers_a_score() -> None:
    clearing = replace(CARD, trees=(*CARD.trees, _tree("opp", -1.0, 0, -MILLION)))
    assert _score(clearing, drop=0.2, opp=2.0) == (2, 2, False)


@pytest.mark.parametrize(
    ("shown", "is_quiet"), [({}, True), ({"limit": 0.9}, True), ({"pain": 3.0}, False), ({"drop": 0.1}, False)]
)
def test_a_joint_that_lost_nothing_and_does_not_hurt_is_quiet_whatever_it_lacks_and_the_blood_says(
    shown: dict[str, float], is_quiet: bool
) -> None:
    own, score, quiet = _score(CARD, alp=2.0, ck=2.0, **shown)
    assert quiet == is_quiet
    assert (own == score == LEAST) == is_quiet


ROWS = st.lists(st.floats(-8, 10), min_size=len(FEATURES), max_size=len(FEATURES))


@settings(deadline=None)
@given(ROWS)
def test_the_points_of_all_features_add_up_to_the_score_before_the_cap(values: list[float]) -> None:
    loud = replace(PACKAGED, quiet_loss=-99.0, support_cap=1e9)
    spoken = spoken_for(values, loud)
    assert set(spoken) == {"base", *FEATURES}
    alone = [NOTHING_ELSE.get(name, value) for name, value in zip(FEATURES, values, strict=True)]
    assert sum(spoken_for(alone, loud).values()) == pytest.approx(float(scores_of(np.array([alone]), loud).own[0]))


@settings(deadline=None)
@given(st.lists(ROWS, min_size=1, max_size=5))
def test_each_row_is_scored_as_if_it_stood_alone(rows: list[list[float]]) -> None:
    together = scores_of(np.array(rows), PACKAGED)
    apart = [scores_of(np.array([row]), PACKAGED) for row in rows]
    assert together.score.tolist() == [float(each.score[0]) for each in apart]
    assert (together.score >= together.own).all()
    assert (together.score <= together.own + PACKAGED.support_cap + 1e-6).all()


def test_no_row_has_no_score() -> None:
    assert scores_of(np.zeros((0, len(FEATURES))), PACKAGED).score.size == 0
