"""What textbooks offer for a series that gets worse: each scores every visit of a motion, the higher the worse.

A score is causal: it rests on that visit and those before it. An alarm is a score that reaches a threshold; TEXTBOOK
holds the thresholds as textbooks give them, `baselines_tuning` looks for one with few enough false alarms.
"""

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import ruptures
from scipy import stats

from horehab.domain.thresholds import MotionNumbers

Days = npt.NDArray[np.int64]
Degrees = npt.NDArray[np.float64]
Score = Callable[[Days, Degrees, MotionNumbers], Degrees]
"""Scores the visits of one motion: day numbers in rising order, degrees, and the numbers of that motion."""

_MDC_PER_SEM = 1.96 * math.sqrt(2)
_SMOOTH = 0.2
_SLACK = 0.5
_SLOPE_DAYS = 28
_DRIFT = 0.5
_ENOUGH = 3
_ENOUGH_FOR_SLOPE = 4
_ENOUGH_FOR_CHANGE = 4


def sem_of(numbers: MotionNumbers) -> float:
    """Give the standard error of measurement of a motion in degrees: its MDC95 over 1.96 times the root of 2."""
    return numbers.same_rater / _MDC_PER_SEM


def below_best(_days: Days, degrees: Degrees, _numbers: MotionNumbers) -> Degrees:
    """Degrees below the best single value so far."""
    return np.asarray(np.maximum.accumulate(degrees) - degrees)


def below_best_twice(_days: Days, degrees: Degrees, numbers: MotionNumbers) -> Degrees:
    """How many MDC95 the last two visits in a row are both below the best value before them."""
    loss = np.zeros(len(degrees))
    loss[1:] = np.maximum.accumulate(degrees)[:-1] - degrees[1:]
    twice = np.zeros(len(degrees))
    twice[1:] = np.minimum(loss[1:], loss[:-1])
    return twice / numbers.same_rater


def ewma(_days: Days, degrees: Degrees, numbers: MotionNumbers) -> Degrees:
    """Exponentially weighted mean, weight 0.2: how many of its standard deviations it is below its own best."""
    mean, best = float(degrees[0]), float(degrees[0])
    deviation = sem_of(numbers) * math.sqrt(_SMOOTH / (2 - _SMOOTH))
    scores = np.zeros(len(degrees))
    for n in range(1, len(degrees)):
        mean += _SMOOTH * (float(degrees[n]) - mean)
        best = max(best, mean)
        scores[n] = (best - mean) / deviation
    return scores


def cusum(_days: Days, degrees: Degrees, numbers: MotionNumbers) -> Degrees:
    """Cumulative sum of standardised losses below the best median of three visits, with a slack of half a SEM."""
    sem = sem_of(numbers)
    scores, total, best = np.zeros(len(degrees)), 0.0, float(degrees[0])
    for n in range(1, len(degrees)):
        total = max(0.0, total + (best - float(degrees[n])) / sem - _SLACK)
        scores[n] = total
        if n + 1 >= _ENOUGH:
            best = max(best, float(np.median(degrees[n - 2 : n + 1])))
    return scores


def slope(days: Days, degrees: Degrees, _numbers: MotionNumbers) -> Degrees:
    """Straight line through the last 28 days: minus the decimal logarithm of p where it falls, else 0."""
    scores = np.zeros(len(degrees))
    for n in range(_ENOUGH_FOR_SLOPE - 1, len(degrees)):
        recent = np.flatnonzero(days[: n + 1] > days[n] - _SLOPE_DAYS)
        if len(recent) < _ENOUGH_FOR_SLOPE or np.ptp(degrees[recent]) == 0:
            continue
        line = stats.linregress(days[recent], degrees[recent])
        if line.slope < 0:
            scores[n] = -math.log10(max(float(line.pvalue), 1e-12))
    return scores


def kalman(days: Days, degrees: Degrees, numbers: MotionNumbers) -> Degrees:
    """Local level followed by a Kalman filter: how many standard deviations a visit is below what was foretold."""
    error = sem_of(numbers) ** 2
    level, variance = float(degrees[0]), error
    scores = np.zeros(len(degrees))
    for n in range(1, len(degrees)):
        variance += _DRIFT * float(days[n] - days[n - 1])
        surprise = float(degrees[n]) - level
        scores[n] = -surprise / math.sqrt(variance + error)
        gain = variance / (variance + error)
        level += gain * surprise
        variance *= 1 - gain
    return scores


def change_point(_days: Days, degrees: Degrees, numbers: MotionNumbers) -> Degrees:
    """The best single split of all visits so far (library ruptures), scored by its fall against the BIC penalty."""
    sem = sem_of(numbers)
    scores = np.zeros(len(degrees))
    for n in range(_ENOUGH_FOR_CHANGE, len(degrees) + 1):
        known = degrees[:n]
        split = ruptures.KernelCPD(kernel="linear", min_size=2).fit(known.reshape(-1, 1)).predict(n_bkps=1)[0]
        if not 0 < split < n:
            continue
        fall = (float(known[:split].mean()) - float(known[split:].mean())) / sem
        gain = fall * math.sqrt(split * (n - split) / n)
        scores[n - 1] = gain / math.sqrt(2 * math.log(n))
    return scores


TEXTBOOK: dict[str, tuple[Score, float]] = {
    "10 degrees below best": (below_best, 10.0),
    "best - MDC95 twice": (below_best_twice, 1.0),
    "EWMA": (ewma, 3.0),
    "CUSUM": (cusum, 5.0),
    "slope": (slope, -math.log10(0.05)),
    "Kalman": (kalman, 3.0),
    "change point": (change_point, 1.0),
}
"""Each baseline by name: how it scores, and the threshold that textbooks give."""
