"""What no detector can beat on a simulated ward, because these two are told what no chart tells.

Both look on the days on which something became known, and see the true passive degrees of each motion, without error.
"""

from collections.abc import Iterable

from benchmarks.detection.judge import Raised
from benchmarks.detection.story import SimulatedPatient
from horehab.domain.joints import JointSide

LEAST_LOSS = 5.0
"""Degrees of true loss at which the one who knows the fate speaks: about one standard error of measurement."""

PLAIN_LOSS = 20.0
"""Degrees of true loss at which the one who does not know the fate speaks (loss.suspect_floor of rules.toml)."""


def fate_known(patient: SimulatedPatient) -> list[Raised]:
    """Suspect an ossifying joint on the first visit at which 5 true degrees are lost since the week before the onset.

    It bounds found, in time and lead from above for anything that waits for a loss of motion at visits: it never
    errs, neither in the angle nor in the cause. What it misses, the calendar of visits hides.
    """
    places = {truth.place: truth.onset for truth in patient.ossifications}
    return _lost(patient, places, LEAST_LOSS)


def truth_known(patient: SimulatedPatient) -> list[Raised]:
    """Suspect any joint at the first visit at which 20 true degrees are lost, whatever the cause.

    It bounds what motion alone can do: its false suspicions are losses that are real and are no ossification.
    """
    return _lost(patient, dict.fromkeys(patient.fates, patient.first), PLAIN_LOSS)


def _lost(patient: SimulatedPatient, since: dict[JointSide, int], least: float) -> list[Raised]:
    visits = sorted({(entry.known, entry.day) for entry in patient.entries})
    raised = []
    for place, start in since.items():
        curves = [curve for (where, _), curve in patient.curves.items() if where == place]
        day = next((known for known, day in visits if _has_lost(curves, start, min(known, day), least)), None)
        raised += [(day, place)] if day is not None else []
    return raised


def _has_lost(curves: Iterable[tuple[float, ...]], start: int, day: int, least: float) -> bool:
    begin = max(0, start - 7)
    spans = (curve[begin : day + 1] for curve in curves)
    return any(max(span) - span[-1] >= least for span in spans if span)
