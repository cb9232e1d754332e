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
NOTHING_ELSE = {"alp": 0.0, "ck": 0.0, "opp": -4.0, "elsewhere": -3.0, "stay": 21.0}
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
    by_itself, supported = _by_itself_and_supported(alone, loud, _grove(card))
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
    """The trees of a card side by side: what each place asks, tree after tree, and what each is worth.

    `all` numbers them, `supported` those that ask for anything that is known of the whole patient.
    """

    count: int
    asks: int
    features: Ints
    limits: Doubles
    points: Ints
    all: Ints
    supported: Ints


@lru_cache(maxsize=8)
def _grove(card: ScoreCard) -> _Grove:
    support = {FEATURES.index(name) for name in NOTHING_ELSE}
    return _Grove(
        all=np.arange(len(card.trees)),
        supported=np.array([n for n, tree in enumerate(card.trees) if support & set(tree.features)], dtype=np.int64),
        count=len(card.trees),
        asks=len(card.trees[0].features),
        features=np.array([tree.features for tree in card.trees], dtype=np.int64).ravel(),
        limits=np.array([tree.limits for tree in card.trees], dtype=np.float64).ravel(),
        points=np.array([tree.points for tree in card.trees], dtype=np.int64).ravel(),
    )


def _by_itself_and_supported(alone: Doubles, loud: Doubles, grove: _Grove) -> tuple[Doubles, Doubles]:
    """Add up what the trees are worth without and with support; what asks for none, or has none, stays as it is."""
    points = _leaves(alone, grove, grove.all)
    by_itself = points.sum(axis=1)
    supported = by_itself.copy()
    row = np.flatnonzero((alone != loud).any(axis=1))
    if len(row):
        gained = _leaves(loud[row], grove, grove.supported) - points[row][:, grove.supported]
        supported[row] += gained.sum(axis=1)
    return np.asarray(by_itself / MILLION), np.asarray(supported / MILLION)


def _leaves(rows: Doubles, grove: _Grove, tree: Ints) -> Ints:
    """Walk every row down these trees and give what the leaves are worth, of shape (row, tree)."""
    values, row = np.ravel(rows), np.arange(len(rows))[:, None] * len(FEATURES)
    asks, left = tree * grove.asks, grove.asks // 2
    # The first question of a tree is the same for all rows.
    place = (rows.take(grove.features.take(asks), axis=1) > grove.limits.take(asks)).astype(np.int64)
    place += 1
    while left:
        node = place + asks
        is_above = values.take(grove.features.take(node) + row) > grove.limits.take(node)
        place *= 2
        place += 1
        place += is_above
        left //= 2
    return np.asarray(grove.points.take(place + tree * (2 * grove.asks + 1)))
