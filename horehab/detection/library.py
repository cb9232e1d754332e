"""The library of courses: what motion and pain of a joint would do from day to day under each kind of course.

The courses are laid out over their ranges by the additive recurrence of the golden ratio's kin (R_d), without dice,
so that they fill the ranges evenly and are the same on every machine.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from horehab.domain.engine_numbers import LOGARITHMIC, CourseKind, Span

Floats = NDArray[np.float32]

LAST_DAY = 420
"""The last day after admission to intensive care that the library describes; later days count as that one."""

_SPANS = (
    "early_loss", "recovery_days", "loss", "onset_day", "worsening_days", "return_days",
    "usual_pain", "pain_rise", "pain_lag_days", "pain_rise_days", "pain_fade_days",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Library:
    """The courses as read-only arrays of shape (day, course), day by day from 0 to `LAST_DAY`.

    `shape` is the motion gone against the joint's own level, in fractions of the normal range (0 or below);
    `pain` what it would hurt, 0-10; `weight` what each course weighs before anything is measured. Courses of one
    kind lie side by side, each kind beginning at its place in `starts`, the ossifying ones last. For these
    `loss` is what would be lost by that day, and `has_begun` 1 from the onset on.
    """

    shape: Floats
    pain: Floats
    weight: Floats
    starts: tuple[int, ...]
    loss: Floats
    has_begun: Floats

    @property
    def ossifying(self) -> slice:
        """Where the ossifying courses lie."""
        return slice(self.starts[-1], len(self.weight))


@lru_cache(maxsize=8)
def library_of(kinds: tuple[CourseKind, ...]) -> Library:
    """Lay out the courses of all kinds, the ossifying ones last; made once for each set of numbers."""
    starts = [1]
    for kind in kinds:
        starts.append(starts[-1] + kind.courses)
    laid = [_laid_out(kind, start) for kind, start in zip(kinds, starts, strict=False)]
    losses = laid[-1][2]
    weight = np.concatenate([np.full(kind.courses, kind.weight / kind.courses) for kind in kinds])
    return Library(
        shape=_kept(np.hstack([shape for shape, _, _ in laid])),
        pain=_kept(np.hstack([pain for _, pain, _ in laid])),
        weight=_kept(weight),
        starts=tuple(start - 1 for start in starts[:-1]),
        loss=_kept(losses),
        has_begun=_kept(losses > 0),
    )


def _kept(values: NDArray[np.generic]) -> Floats:
    """Store in single precision, since reading them from memory is what costs time, and let nobody change them."""
    kept = np.ascontiguousarray(values, dtype=np.float32)
    kept.flags.writeable = False
    return kept


def spread(count: int, dimensions: int, start: int) -> NDArray[np.float64]:
    """Spread points evenly over the unit cube: shape (count, dimensions), the points from number `start` on."""
    ratio = 2.0
    for _ in range(60):
        ratio = (1 + ratio) ** (1 / (dimensions + 1))
    steps = (1 / ratio) ** np.arange(1, dimensions + 1)
    return np.mod(0.5 + np.outer(np.arange(start, start + count), steps), 1.0)


def _laid_out(kind: CourseKind, start: int) -> tuple[NDArray[np.float64], ...]:
    """Give motion, pain and loss of each course of a kind on each day, each of shape (day, course)."""
    points = spread(kind.courses, len(_SPANS), start)
    value = {name: _on(getattr(kind, name), points[:, place]) for place, name in enumerate(_SPANS)}
    day = np.arange(LAST_DAY + 1, dtype=np.float64)[:, None]
    gone = np.clip((day - value["onset_day"]) / value["worsening_days"], 0, 1)
    lost = value["loss"] * gone * gone * (3 - 2 * gone)
    ended = value["onset_day"] + value["worsening_days"]
    left = np.exp(-np.clip(day - ended, 0, None) / value["return_days"])
    early = value["early_loss"] * np.exp(-day / value["recovery_days"])
    return -early - lost * left, _hurting(value, day), lost


def _hurting(value: dict[str, NDArray[np.float64]], day: NDArray[np.float64]) -> NDArray[np.float64]:
    begins = value["onset_day"] + value["pain_lag_days"]
    risen = np.clip((day - begins) / value["pain_rise_days"], 0, 1)
    ended = begins + value["pain_rise_days"]
    fades = np.exp(-np.clip(day - ended, 0, None) / value["pain_fade_days"])
    return np.clip(value["usual_pain"] + value["pain_rise"] * risen * fades, 0, 10)


def _on(span: Span, points: NDArray[np.float64]) -> NDArray[np.float64]:
    if span.law == LOGARITHMIC:
        return span.low * (span.high / span.low) ** points
    return span.low + points * (span.high - span.low)
