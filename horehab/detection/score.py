"""The score of a joint after a day: points for each feature, and support by the whole patient if the joint speaks."""

from dataclasses import dataclass

import numpy as np

from horehab.detection.evidence import Doubles
from horehab.domain.engine_numbers import FEATURES, SUPPORT, FeaturePoints, ScoreCard

DECIMALS = 6
"""Scores are compared in this many decimals, so that the last bits of a sum never decide."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scores:
    """Per row: the points of each feature of the card, the joint's own score, and the score with its support."""

    points: Doubles
    own: Doubles
    score: Doubles


def scores_of(features: Doubles, card: ScoreCard) -> Scores:
    """Score features of shape (row, feature); support never lowers, is capped, and waits for the joint's own gate."""
    points = np.column_stack([_points(features[:, FEATURES.index(each.name)], each) for each in card.features])
    own = np.full(len(features), card.intercept)
    support = np.zeros(len(features))
    for place, each in enumerate(card.features):
        if each.name in SUPPORT:
            points[:, place] = np.maximum(points[:, place], 0.0)
            support += points[:, place]
        else:
            own += points[:, place]
    own = np.round(own, DECIMALS)
    supported = own + np.minimum(support, card.support_cap)
    score = np.where(own >= card.gate_at, np.round(supported, DECIMALS), own)
    return Scores(points=points, own=own, score=score)


def _points(values: Doubles, each: FeaturePoints) -> Doubles:
    if not each.knots:
        return values * each.points[0]
    return np.asarray(np.interp(values, each.knots, np.concatenate([[0.0], np.cumsum(each.points)])))
