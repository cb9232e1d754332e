"""Weighing the courses of the library against what was measured: after each day, what speaks for ossification.

All joints of a patient are weighed together, a visit of each at a time, in single precision and with sums,
products, quotients and square roots alone, which every machine rounds alike.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from horehab.detection.evidence import Doubles, Evidence, Ints
from horehab.detection.library import LAST_DAY, Floats, Library
from horehab.domain.engine_file import quarter_powers
from horehab.domain.engine_numbers import ErrorNumbers

_LEAST = np.float32(1e-18)
_LEAST_ODDS = 1e-30


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Odds:
    """Natural logarithms of the odds of ossification after each row's day, and the loss that would be there by then.

    `all` against everything else by motion and pain, `motion` by motion alone; `against` a single other kind.
    """

    all: Doubles
    motion: Doubles
    contracture: Doubles
    acute: Doubles
    stiff: Doubles
    recovering: Doubles
    loss: Doubles


def odds_of(evidence: Evidence, library: Library, errors: ErrorNumbers) -> Odds:
    """Weigh all courses after each row's day; an ossification that has not begun by then counts as recovering."""
    motion = _motion_weights(evidence, library, errors)
    pain = _pain_weights(evidence, library, errors)
    days = _library_days(evidence.row_day, evidence.zero)
    by_motion = motion[evidence.row_visit]
    weights = by_motion * pain[evidence.row_pain]
    begun, future, loss = _ossifying(weights, days, library)
    begun_m, future_m, _ = _ossifying(by_motion, days, library)
    kinds = [_sums(weights[:, here]) for here in _slices(library)]
    others = sum(kinds[1:], kinds[0]) + future
    others_m = sum((_sums(by_motion[:, here]) for here in _slices(library)), future_m)
    recovering, contracture, stiff, acute = kinds
    return Odds(
        all=_log(begun) - _log(others),
        motion=_log(begun_m) - _log(others_m),
        contracture=_log(begun) - _log(contracture),
        acute=_log(begun) - _log(acute),
        stiff=_log(begun) - _log(stiff),
        recovering=_log(begun) - _log(recovering + future),
        loss=loss / np.maximum(begun, _LEAST_ODDS),
    )


def _slices(library: Library) -> list[slice]:
    return [slice(low, high) for low, high in pairwise(library.starts)]


def _ossifying(weights: Floats, days: Ints, library: Library) -> tuple[Doubles, Doubles, Doubles]:
    """Sum what weighs for an ossification that has begun and for one still to come, and its loss by now."""
    ossifying = weights[:, library.ossifying]
    begun = ossifying * library.has_begun[days]
    return _sums(begun), _sums(ossifying - begun), _sums(begun * library.loss[days])


def _sums(values: Floats) -> Doubles:
    return np.asarray(values.sum(axis=1), dtype=np.float64)


def _log(values: Doubles) -> Doubles:
    return np.asarray(np.log(np.maximum(values, _LEAST_ODDS)))


def _library_days(days: Ints, zero: int) -> Ints:
    return np.clip(days - zero, 0, LAST_DAY)


def _motion_weights(evidence: Evidence, library: Library, errors: ErrorNumbers) -> Floats:
    """Weigh each course after each visit, its own level of motion learned on the way; last row: before."""
    steps = _steps(evidence.visit_joint)
    order = np.concatenate(steps) if steps else np.zeros(0, dtype=np.int64)
    shapes = library.shape[_library_days(evidence.visit_day[order], evidence.zero)]
    values = np.array([evidence.visits[index].value for index in order], dtype=np.float64)
    variances = np.array([evidence.visits[index].error ** 2 for index in order], dtype=np.float64)
    deviations = values.astype(np.float32)[:, None] - shapes
    variance = _follow_levels(deviations, variances, [len(step) for step in steps], errors)
    squares = np.divide(deviations * deviations, variance[:, None], dtype=np.float32)
    likely = _likely(squares, errors.motion_cap, errors.motion_temper, errors.tail)
    return _products(likely, steps, library.weight)


def _follow_levels(deviations: Floats, variances: Doubles, steps: list[int], errors: ErrorNumbers) -> Floats:
    """Take each joint's own level off the deviations in place, learned under each course; give their variance."""
    level = np.full((max(steps, default=0), deviations.shape[1]), errors.usual_level, dtype=np.float32)
    unsure = np.full(max(steps, default=0), errors.level_sd**2)
    total = np.zeros(len(variances))
    start = 0
    for joints in steps:
        here = slice(start, start + joints)
        total[here] = variances[here] + unsure[:joints]
        deviations[here] -= level[:joints]
        gain = (unsure[:joints] / total[here])[:, None].astype(np.float32)
        limit = (errors.level_step_sds * np.sqrt(total[here]))[:, None].astype(np.float32)
        level[:joints] += gain * np.minimum(np.maximum(deviations[here], -limit), limit)
        unsure[:joints] *= 1 - unsure[:joints] / total[here]
        unsure[:joints] += errors.level_drift**2
        start += joints
    return total.astype(np.float32)


def _pain_weights(evidence: Evidence, library: Library, errors: ErrorNumbers) -> Floats:
    """Weigh each course after each pain rating; last row: before any, so that missing pain says nothing."""
    steps = _steps(evidence.pain_joint)
    order = np.concatenate(steps) if steps else np.zeros(0, dtype=np.int64)
    expected = library.pain[_library_days(evidence.pain_day[order], evidence.zero)]
    deviations = (evidence.pains[order].astype(np.float32)[:, None] - expected) / np.float32(errors.pain_error)
    likely = _likely(deviations * deviations, errors.pain_cap, errors.pain_temper, errors.tail)
    return _products(likely, steps, np.ones_like(library.weight))


def _steps(joints: Ints) -> list[Ints]:
    """Number the events so that each step takes one of each joint that has so many left, in a fixed order of joints.

    `joints` names the joint of each event, joint after joint in order of time; joints with most events go first.
    """
    numbers, firsts, counts = np.unique(joints, return_index=True, return_counts=True)
    ranks = sorted(range(len(numbers)), key=lambda place: -counts[place])
    firsts, counts = firsts[ranks], counts[ranks]
    return [firsts[counts > step] + step for step in range(max(counts, default=0))]


def _likely(squares: Floats, cap: float, temper: float, tail: float) -> Floats:
    """Give the tempered likelihood of Student's t for squared deviations in standard deviations."""
    falling = 1 + np.minimum(squares, np.float32(cap)) / np.float32(tail)
    whole, quarters = divmod(quarter_powers(temper, tail) or 1, 4)
    power = np.ones_like(falling)
    for _ in range(whole):
        power *= falling
    half = np.sqrt(falling)
    if quarters >= 2:  # noqa: PLR2004  # two quarters are a half
        power *= half
    if quarters % 2:
        power *= np.sqrt(half)
    return np.reciprocal(power)


def _products(likely: Floats, steps: list[Ints], prior: Floats) -> Floats:
    """Multiply the likelihoods of each joint's events one by one; rows in order of events, and one for none yet."""
    weights = np.empty((len(likely) + 1, len(prior)), dtype=np.float32)
    weights[-1] = prior
    now = np.repeat(prior[None, :], len(steps[0]) if steps else 0, axis=0)
    start = 0
    for step in steps:
        joints = len(step)
        now = now[:joints] * likely[start : start + joints]
        now /= now.max(axis=1, keepdims=True)
        np.maximum(now, _LEAST, out=now)
        weights[step] = now
        start += joints
    return weights
