"""Surveillance: which patients' hips, shoulders, knees and elbows are looked after, since when and until when.

It decides who is reminded, never who is judged: a joint that worsens is judged whatever is known of exposure.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from horehab.domain.exposure import Exposure, ExposureKind
from horehab.domain.record import PatientRecord
from horehab.domain.thresholds import Rules

_AT_ONCE = (
    ExposureKind.VENTILATION,
    ExposureKind.PRONE,
    ExposureKind.ECMO,
    ExposureKind.SEDATION,
    ExposureKind.IMMOBILISATION,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surveillance:
    """Whether a patient's joints are under surveillance on a day, and from which day on.

    `start` is the end of the last exposure, or while it goes on the day that opened surveillance.
    `is_exposure_known` is False when the chart tells nothing.
    """

    is_open: bool
    is_exposure_known: bool
    start: date | None = None


def surveillance(record: PatientRecord, rules: Rules, as_of: date) -> Surveillance:
    """Open surveillance after intensive care of 14 days or more, ventilation, ECMO, sedation or immobilisation.

    It stays open for a year (clinical.md R01, R05). `record` may hold later facts; they are not read.
    """
    known = record.as_known_on(as_of).exposures
    opening = [e for e in known if _opens(e, rules, as_of)]
    if not opening:
        return Surveillance(is_open=False, is_exposure_known=bool(known))
    start = max(_start(e, rules, as_of) for e in opening)
    return Surveillance(
        is_open=(as_of - start).days <= rules.gate.open_days,
        is_exposure_known=True,
        start=start,
    )


def _opens(exposure: Exposure, rules: Rules, as_of: date) -> bool:
    if exposure.kind in _AT_ONCE:
        return True
    return (_ended(exposure, as_of) or as_of) - exposure.start.day >= timedelta(days=rules.gate.icu_days)


def _ended(exposure: Exposure, as_of: date) -> date | None:
    return exposure.end.day if exposure.end is not None and exposure.end.day <= as_of else None


def _start(exposure: Exposure, rules: Rules, as_of: date) -> date:
    """Take the end of an exposure; of one that goes on, the day on which it had lasted long enough."""
    opened = exposure.start.day + timedelta(days=rules.gate.icu_days if exposure.kind not in _AT_ONCE else 0)
    return _ended(exposure, as_of) or opened
