"""Choosing from which score a joint is watched and suspected: by the false rate that a ward can bear, simulated."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from benchmarks.detection.judge import Figures, Marks, Raised, judged, marked
from benchmarks.detection.training import Lesson, Rows
from horehab.detection.score import scores_of
from horehab.domain.engine_file import score_card
from horehab.domain.engine_numbers import FEATURES
from horehab.domain.joints import WATCHED_PLACES

MOST_FALSE = 2.7
"""False suspicions per 100 patient-months that a clean ward of either world may have: the goal of 3, with margin."""

MOST_FALSE_IN_FIELD = 3.5
"""The same for a ward on which everything goes wrong at once, of which less is asked (suspicion.md section 2)."""

MOST_WATCHED = 15.0
"""Times that a joint of a patient without ossification may newly be watched, per 100 patient-months."""

_POLICY: dict[str, Any] = {
    "support_cap": 1.5,
    "sign_points": 0.7,
    "quiet_loss": 0.05,
    "quiet_limit": 0.5,
    "quiet_pain": 2.0,
}
"""Choices that the fit does not make: what support may add at most, and when a joint is quiet."""

_FRESH_DAYS = 21
_SUSPICION_ENDS = 4.0
_GRADE = 0.9
_PLACES_AFTER = 2


def chosen(trees: Sequence[Mapping[str, Any]], kept: Sequence[tuple[Lesson, Rows]]) -> dict[str, Any]:
    """Give the marks of score.json: the lowest from which no judged kind of ward has too many false suspicions."""
    card = score_card(
        {"made_by": "-", "seed": 0, "date": "-", "suspect_at": 0.0, "watch_at": 0.0, "strength_at": [1, 2, 3]}
        | _POLICY
        | {"trees": list(trees)}
    )
    limits = {"clean": MOST_FALSE, "local codes": MOST_FALSE, "field": MOST_FALSE_IN_FIELD}
    scored = [(lesson, rows, scores_of(rows.shown, card).score) for lesson, rows in kept]
    suspect = max(_least(rows, score, limits[lesson.ward]) for lesson, rows, score in scored if lesson.ward in limits)
    watch = max(_least(rows, score, MOST_WATCHED) for lesson, rows, score in scored if lesson.ward == "clean")
    suspect = round(suspect, _PLACES_AFTER)
    return {
        "suspect_at": suspect,
        "watch_at": round(min(watch, suspect - 0.5), _PLACES_AFTER),
        "strength_at": [round(suspect + _GRADE * step, _PLACES_AFTER) for step in (1, 2, 3)],
        **_POLICY,
    }


def _least(rows: Rows, score: np.ndarray[Any, np.dtype[np.float64]], most: float) -> float:
    """Find by halving the lowest score at which suspicions on a ward are false at most so often."""
    low, high = -6.0, 12.0
    while high - low > 0.01:  # noqa: PLR2004  # finer than the marks are written
        middle = (low + high) / 2
        if figures_at(rows, score, middle).false > most:
            low = middle
        else:
            high = middle
    return high


def figures_at(rows: Rows, score: np.ndarray[Any, np.dtype[np.float64]], mark: float) -> Figures:
    """Judge a ward on which joints are suspected from this score on."""
    raised = _raised(rows, score, mark)
    marks: list[Marks] = [marked(patient, raised.get(number, [])) for number, patient in enumerate(rows.patients)]
    return judged(marks, resamples=1).figures


def _raised(rows: Rows, score: np.ndarray[Any, np.dtype[np.float64]], mark: float) -> dict[int, list[Raised]]:
    """Raise a suspicion when the score reaches the mark after a second visit, until it is far below it again."""
    standing: set[tuple[int, int]] = set()
    found: dict[int, list[Raised]] = {}
    again = rows.shown[:, FEATURES.index("visits")] > 1
    for (number, joint, day, age), now, is_again in zip(
        rows.when.tolist(), score.tolist(), again.tolist(), strict=True
    ):
        if now < mark - _SUSPICION_ENDS:
            standing.discard((number, joint))
        elif now >= mark and age <= _FRESH_DAYS and is_again and (number, joint) not in standing:
            standing.add((number, joint))
            found.setdefault(number, []).append((day, WATCHED_PLACES[joint]))
    return found
