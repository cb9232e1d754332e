"""Choosing from which score a joint is watched and suspected: by the false rate that a ward can bear, simulated."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from benchmarks.detection.judge import Figures, Marks, Raised, judged, marked
from benchmarks.detection.training import Lesson, Rows
from benchmarks.detection.wards import WORLDS
from horehab.detection.evidence import Doubles
from horehab.detection.score import scores_of
from horehab.domain.engine_file import score_card
from horehab.domain.engine_numbers import FEATURES, ScoreCard
from horehab.domain.joints import WATCHED_PLACES

MOST_FALSE = 2.6
"""False suspicions per 100 patient-months that clean wards of either world may have by the score alone."""

MOST_FALSE_IN_FIELD = 4.0
"""The same for wards on which everything goes wrong at once, of which less is asked (suspicion.md section 2)."""

NEAR = 0.5
"""By how much less a score suffices where a loss is beyond doubt by the rules of clinical.md 4.4 and 4.5."""

MOST_WATCHED = 8.0
"""Times that a joint of a patient without ossification may newly be watched, per 100 patient-months."""

_POLICY: dict[str, Any] = {
    "support_cap": 3.0,
    "sign_points": 0.7,
    "quiet_loss": 0.05,
    "free_limit": 0.15,
    "quiet_pain": 2.0,
}
"""Choices that the fit does not make: what support may add at most, and when a joint is quiet."""

_MOST_FALSE = {
    (world, kind): most for world in WORLDS for kind, most in (("clean", MOST_FALSE), ("field", MOST_FALSE_IN_FIELD))
}
_FRESH_DAYS = 21
_SUSPICION_ENDS = 4.0
_GRADE = 0.9
_PLACES = 2
_CLOSE_ENOUGH = 0.01  # one in the last place that is written


def chosen(trees: Sequence[Mapping[str, Any]], kept: Sequence[tuple[Lesson, Rows]]) -> dict[str, Any]:
    """Give the marks of score.json: the lowest from which no judged kind of ward has too many false suspicions."""
    card = score_card(
        {"made_by": "-", "seed": 0, "date": "-", "strength_at": [1, 2, 3]}
        | {"suspect_at": 0.0, "corroborated_at": 0.0, "watch_at": 0.0}
        | _POLICY
        | {"trees": list(trees)}
    )
    suspect = round(max(least_mark(*pooled(kept, card, *ward), most) for ward, most in _MOST_FALSE.items()), _PLACES)
    watch = max(least_mark(*pooled(kept, card, world, "clean"), MOST_WATCHED) for world in WORLDS)
    near = round(suspect - NEAR, _PLACES)
    return {
        "suspect_at": suspect,
        "corroborated_at": near,
        "watch_at": round(min(watch, near), _PLACES),
        "strength_at": [round(suspect + _GRADE * step, _PLACES) for step in (1, 2, 3)],
        **_POLICY,
    }


def pooled(kept: Sequence[tuple[Lesson, Rows]], card: ScoreCard, world: str, kind: str) -> tuple[Rows, Doubles]:
    """Put the wards of one kind of a world together, as one large ward, and score it."""
    rows = pooled_rows(kept, world, kind)
    return rows, scores_of(rows.shown, card).score


def pooled_rows(kept: Sequence[tuple[Lesson, Rows]], world: str, kind: str) -> Rows:
    """Put the wards of one kind of a world together, as one large ward."""
    wards = [rows for lesson, rows in kept if lesson.world == world and lesson.ward == kind]
    firsts = np.cumsum([0, *(len(rows.patients) for rows in wards)])
    when = [rows.when + np.array([first, 0, 0, 0]) for rows, first in zip(wards, firsts, strict=False)]
    return Rows(
        shown=np.concatenate([rows.shown for rows in wards]),
        is_true=np.concatenate([rows.is_true for rows in wards]),
        weight=np.concatenate([rows.weight for rows in wards]),
        when=np.concatenate(when),
        patients=tuple(patient for rows in wards for patient in rows.patients),
    )


def least_mark(rows: Rows, score: Doubles, most: float) -> float:
    """Find by halving the lowest score at which suspicions on a ward are false at most so often."""
    low, high = -6.0, 12.0
    while high - low > _CLOSE_ENOUGH:
        middle = (low + high) / 2
        if figures_at(rows, score, middle).false > most:
            low = middle
        else:
            high = middle
    return high


def figures_at(rows: Rows, score: Doubles, mark: float) -> Figures:
    """Judge a ward on which joints are suspected from this score on."""
    raised = _raised(rows, score, mark)
    marks: list[Marks] = [marked(patient, raised.get(number, [])) for number, patient in enumerate(rows.patients)]
    return judged(marks, resamples=1).figures


def _raised(rows: Rows, score: Doubles, mark: float) -> dict[int, list[Raised]]:
    """Raise a suspicion when the score of a joint that lacks motion reaches the mark, until it is far below it."""
    standing: set[tuple[int, int]] = set()
    found: dict[int, list[Raised]] = {}
    again = rows.shown[:, FEATURES.index("visits")] > 1
    lost, lacking = (rows.shown[:, FEATURES.index(name)] for name in ("drop", "limit"))
    again &= (lost > _POLICY["quiet_loss"]) | (lacking > _POLICY["free_limit"])
    for (number, joint, day, age), now, is_again in zip(
        rows.when.tolist(), score.tolist(), again.tolist(), strict=True
    ):
        if now < mark - _SUSPICION_ENDS:
            standing.discard((number, joint))
        elif now >= mark and age <= _FRESH_DAYS and is_again and (number, joint) not in standing:
            standing.add((number, joint))
            found.setdefault(number, []).append((day, WATCHED_PLACES[joint]))
    return found
