"""The score of a joint after a day: what its own motion and pain say, and the support of the whole patient."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from horehab.detection.evidence import Bools, Doubles, Ints
from horehab.domain.engine_numbers import FEATURES, ScoreCard

MILLION = 10**6
"""Points are whole millionths, so that their sum is the same in any order and on every machine."""

LEAST = -99.0
"""The score of a joint that is quiet itself, whatever else is known of the patient."""

DECIMALS = 6
"""Features and scores are compared in so many decimals, so that the last bits of a sum never decide."""
NOTHING_ELSE = {"alp": 0.0, "ck": 0.0, "opp": -4.0}
"""What the features of the whole patient are when nothing is known of it, or nothing is raised."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scores:
    """Per row: what the joint itself scores, the score with its support, and whether the joint is quiet."""

    own: Doubles
    score: Doubles
    is_quiet: Bools


def scores_of(features: Doubles, card: ScoreCard) -> Scores:
    """Score features of shape (row, feature); support never lowers, is capped, and never speaks for a quiet joint."""
    rounded = np.round(features, DECIMALS)
    is_quiet = _is_quiet(rounded, card)
    loud = rounded[~is_quiet]
    alone = loud.copy()
    for name, value in NOTHING_ELSE.items():
        alone[:, FEATURES.index(name)] = value
    own, score = np.full(len(features), LEAST), np.full(len(features), LEAST)
    by_itself, supported = np.split(_sums(np.concatenate([alone, loud]), card), 2)
    support = np.minimum(np.maximum(supported - by_itself, 0.0), card.support_cap)
    own[~is_quiet] = by_itself
    score[~is_quiet] = np.round(by_itself + support, DECIMALS)
    return Scores(own=own, score=score, is_quiet=is_quiet)


def spoken_for(features: Sequence[float], card: ScoreCard) -> dict[str, float]:
    """Say how many points each feature of a single row brought, and "base" for a joint of which nothing is known.

    Along the way through a tree, each answer is worth what it changes; the parts add up to the whole.
    """
    grove = _grove(card)
    values, tree = np.round(np.array(features, dtype=np.float64), DECIMALS), np.arange(grove.count)
    place, first = np.zeros(grove.count, dtype=np.int64), tree * (2 * grove.asks + 1)
    worth = grove.points.take(first)
    brought = np.zeros(len(FEATURES))
    base, left = int(worth.sum()), grove.asks
    while left:
        node = place + tree * grove.asks
        feature = grove.features.take(node)
        place = 2 * place + 1 + (values.take(feature) > grove.limits.take(node))
        before, worth = worth, grove.points.take(place + first)
        brought += np.bincount(feature, weights=worth - before, minlength=len(FEATURES))
        left //= 2
    return {"base": base / MILLION} | dict(zip(FEATURES, (brought / MILLION).tolist(), strict=True))


def _is_quiet(features: Doubles, card: ScoreCard) -> Bools:
    """Say where neither motion nor pain of the joint itself speaks; pain that nobody rated does not."""
    drop, pain = features[:, FEATURES.index("drop")], features[:, FEATURES.index("pain")]
    return np.asarray((drop <= card.quiet_loss) & (pain <= card.quiet_pain))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Grove:
    """The trees of a card side by side: what each place asks, tree after tree, and what each is worth."""

    count: int
    asks: int
    features: Ints
    limits: Doubles
    points: Ints


@lru_cache(maxsize=8)
def _grove(card: ScoreCard) -> _Grove:
    return _Grove(
        count=len(card.trees),
        asks=len(card.trees[0].features),
        features=np.array([tree.features for tree in card.trees], dtype=np.int64).ravel(),
        limits=np.array([tree.limits for tree in card.trees], dtype=np.float64).ravel(),
        points=np.array([tree.points for tree in card.trees], dtype=np.int64).ravel(),
    )


def _sums(rows: Doubles, card: ScoreCard) -> Doubles:
    """Walk every row down every tree and add up what the leaves are worth."""
    grove = _grove(card)
    values, row = np.ravel(rows), np.arange(len(rows))[:, None] * len(FEATURES)
    tree = np.arange(grove.count)
    place = np.zeros((len(rows), grove.count), dtype=np.int64)
    left = grove.asks
    while left:
        node = place + tree * grove.asks
        is_above = values.take(grove.features.take(node) + row) > grove.limits.take(node)
        place *= 2
        place += 1
        place += is_above
        left //= 2
    leaves = grove.points.take(place + tree * (2 * grove.asks + 1))
    return np.asarray(leaves.sum(axis=1) / MILLION)
