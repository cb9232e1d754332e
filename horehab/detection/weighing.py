"""Weighing the courses of the library against what was measured: after each day, what speaks for ossification.

All joints of a patient are weighed together, a visit of each at a time, in single precision and with sums,
products, quotients and square roots alone, which every machine rounds alike.
"""

from dataclasses import dataclass
from itertools import pairwise
from math import sqrt

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
    motion, motion_rows = _motion_weights(evidence, library, errors)
    pain, pain_rows = _pain_weights(evidence, library, errors)
    days = _library_days(evidence.row_day, evidence.zero)
    by_motion = motion[motion_rows[evidence.row_visit]]
    weights = by_motion * pain[pain_rows[evidence.row_pain]]
    has_begun = library.has_begun[days]
    begun, future, losing = _ossifying(weights, has_begun, library)
    begun_m, future_m, _ = _ossifying(by_motion, has_begun, library)
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
        loss=_sums(losing * library.loss[days]) / np.maximum(begun, _LEAST_ODDS),
    )


def _slices(library: Library) -> list[slice]:
    return [slice(low, high) for low, high in pairwise(library.starts)]


def _ossifying(weights: Floats, has_begun: Floats, library: Library) -> tuple[Doubles, Doubles, Floats]:
    """Sum what weighs for an ossification that has begun and for one still to come; give the former by course too."""
    ossifying = weights[:, library.ossifying]
    begun = ossifying * has_begun
    return _sums(begun), _sums(ossifying - begun), begun


def _sums(values: Floats) -> Doubles:
    return np.asarray(np.add.reduce(values, axis=1), dtype=np.float64)


def _log(values: Doubles) -> Doubles:
    return np.asarray(np.log(np.maximum(values, _LEAST_ODDS)))


def _library_days(days: Ints, zero: int) -> Ints:
    return np.minimum(np.maximum(days - zero, 0), LAST_DAY)


def _motion_weights(evidence: Evidence, library: Library, errors: ErrorNumbers) -> tuple[Floats, Ints]:
    """Weigh each course after each visit, the joint's own level of motion learned on the way."""
    order, steps = _in_steps(evidence.visit_joint)
    values = evidence.seen["value"][order].astype(np.float32)[:, None]
    deviations = values - library.shape[_library_days(evidence.visit_day[order], evidence.zero)]
    sds = evidence.seen["error"][order].tolist()
    variance = _follow_levels(deviations, sds, steps, errors)
    deviations *= deviations
    deviations /= variance
    likely = _likely(deviations, errors.motion_cap, errors.motion_temper, errors.tail)
    return _products(likely, (order, steps), library.weight)


def _follow_levels(deviations: Floats, sds: list[float], steps: list[int], errors: ErrorNumbers) -> Floats:
    """Take each joint's own level off the deviations in place, learned under each course; give their variance."""
    total, gain, limit = _gains(sds, steps, errors)
    level = np.full((max(steps), deviations.shape[1]), errors.usual_level, dtype=np.float32)
    pull, least = np.empty_like(level), -limit
    start = 0
    for joints in steps:
        here = slice(start, start + joints)
        now, pulled = deviations[here], pull[:joints]
        now -= level[:joints]
        np.minimum(now, limit[here], out=pulled)
        np.maximum(pulled, least[here], out=pulled)
        pulled *= gain[here]
        level[:joints] += pulled
        start += joints
    return total


def _gains(sds: list[float], steps: list[int], errors: ErrorNumbers) -> tuple[Floats, Floats, Floats]:
    """Say for each visit its whole variance, how far it moves the level, and at most how far it may pull."""
    unsure = [errors.level_sd**2] * max(steps)
    found: list[tuple[float, float, float]] = []
    for joints in steps:
        for joint in range(joints):
            total = sds[len(found)] ** 2 + unsure[joint]
            gain = unsure[joint] / total
            unsure[joint] = unsure[joint] * (1 - gain) + errors.level_drift**2
            found.append((total, gain, errors.level_step_sds * sqrt(total)))
    table = np.array(found, dtype=np.float32)
    return table[:, 0:1], table[:, 1:2], table[:, 2:3]


def _pain_weights(evidence: Evidence, library: Library, errors: ErrorNumbers) -> tuple[Floats, Ints]:
    """Weigh each course after each pain rating; before any they weigh the same, so that missing pain says nothing."""
    order, steps = _in_steps(evidence.pain_joint)
    deviations = library.pain[_library_days(evidence.pain_day[order], evidence.zero)]
    deviations -= evidence.pains[order].astype(np.float32)[:, None]
    deviations /= np.float32(errors.pain_error)
    deviations *= deviations
    likely = _likely(deviations, errors.pain_cap, errors.pain_temper, errors.tail)
    return _products(likely, (order, steps), np.ones_like(library.weight))


_Steps = tuple[Ints, list[int]]
"""In which order events are taken, and how many at each step."""


def _in_steps(joints: Ints) -> _Steps:
    """Order the events so that each step takes one of each joint that has so many, those with most first.

    `joints` names the joint of each event, joint after joint in order of time.
    """
    numbers = np.bincount(joints)
    step = np.arange(len(joints)) - (np.cumsum(numbers) - numbers)[joints]
    return np.lexsort((joints, -numbers[joints], step)), np.bincount(step).tolist()


def _likely(squares: Floats, cap: float, temper: float, tail: float) -> Floats:
    """Give the tempered likelihood of Student's t for squared deviations, which are used up."""
    np.minimum(squares, np.float32(cap), out=squares)
    squares /= np.float32(tail)
    squares += np.float32(1)
    whole, quarters = divmod(quarter_powers(temper, tail) or 1, 4)
    half = np.sqrt(squares)
    roots = [squares] * whole + [half] * (quarters // 2) + [np.sqrt(half)] * (quarters % 2)
    power = roots[0]
    for root in roots[1:]:
        power = power * root
    return np.reciprocal(power)


def _products(likely: Floats, events: _Steps, prior: Floats) -> tuple[Floats, Ints]:
    """Multiply the likelihoods of each joint's events one by one, the heaviest course always at 1.

    Gives the weights, and in which of their rows each event stands; the last of these is the one before any event.
    """
    order, steps = events
    weights = np.empty((len(likely) + 1, len(prior)), dtype=np.float32)
    weights[-1] = prior
    before, start = weights[-1:], 0
    for joints in steps:
        now = weights[start : start + joints]
        np.multiply(before[:joints] if start else before, likely[start : start + joints], out=now)
        now /= np.maximum.reduce(now, axis=1, keepdims=True)
        np.maximum(now, _LEAST, out=now)
        before, start = now, start + joints
    rows = np.empty(start + 1, dtype=np.int64)
    rows[order] = np.arange(start)
    rows[-1] = start
    return weights, rows
