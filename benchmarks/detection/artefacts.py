"""What goes wrong in real charts, done to a simulated patient: wild values, swapped sides, radians, repeats, gaps.

Each artefact takes a patient and dice and gives the patient back with other entries; the truth, the follow-up and
the curves stay. Rates are assumptions (no source counts such mistakes); `field` does all of them at about a third
of their rates. Late arrival stands apart: it changes when a thing is known, not what was written.
"""

import math
import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Protocol

from benchmarks.detection.story import Entry, Lab, Measurement, SimulatedPatient, Status
from horehab.domain.range_of_motion import Mode

Artefact = Callable[[SimulatedPatient, random.Random], SimulatedPatient]


class Rated(Protocol):
    """An artefact that can be made rarer: `rate` 1 is its own rate, 0 leaves the patient as it is."""

    def __call__(self, patient: SimulatedPatient, dice: random.Random, rate: float = 1.0, /) -> SimulatedPatient:
        """Give the patient back as a chart with this artefact shows it."""
        ...


WILD, SLIP, WILD_DEGREES = 0.025, 20.0, (30.0, 70.0)
OFFSET_PATIENTS, OFFSET_DEGREES, OFFSET_VISITS = 1.0, (10.0, 15.0), (2, 4)
SWAPPED_VISITS = 0.12
RADIAN_VISITS = 0.25
POSITION_VISITS, POSITION_DEGREES, POSITION_SPREAD = 0.25, 15.0, 3.0
REPEATED = 0.25
WITHDRAWN = 0.12
GAPS, GAP_DAYS = (1, 2), (21, 56)
ACTIVE_AS_PASSIVE, WITHOUT_MODE = 0.3, 0.12
LATEST = 20
FIELD = 0.35

_POSITIONS = ("sitting", "prone", "side-lying")
_MOST_DEGREES = 190.0


def outlier(patient: SimulatedPatient, dice: random.Random, rate: float = 1.0) -> SimulatedPatient:
    """Make a few angles wild: a digit lost, two digits swapped, or 30 to 70 degrees beside the truth."""
    return _with(patient, [
        replace(entry, value=_wild(entry.value, dice))
        if isinstance(entry, Measurement) and dice.random() < WILD * rate else entry
        for entry in patient.entries
    ])  # fmt: skip


def _wild(value: float, dice: random.Random) -> float:
    """Write a wrong angle in place of a right one, always another one and never beyond what a form accepts."""
    digits = str(abs(round(value)))
    slips = [digits[:-1], digits[:-2] + digits[:-3:-1]] if len(digits) > 1 else []
    slip = math.copysign(float(dice.choice(slips) if slips and dice.random() < 1 / 2 else value), value)
    if abs(slip - value) >= SLIP:
        return slip
    shift = dice.uniform(*WILD_DEGREES)
    is_above = value < SLIP or (value + shift <= _MOST_DEGREES and dice.random() < 1 / 2)
    return float(round(value + shift if is_above else value - shift))


def rater_offset(patient: SimulatedPatient, dice: random.Random, rate: float = 1.0) -> SimulatedPatient:
    """Let a rater who reads 10 to 15 degrees low (or high) take over for two to four visits in a row."""
    is_there = dice.random() < OFFSET_PATIENTS * rate
    shift = dice.uniform(*OFFSET_DEGREES) * dice.choice((-1, 1))
    count = dice.randint(*OFFSET_VISITS)
    visits = _visits(patient)
    start = dice.randrange(max(1, len(visits) - count + 1))
    taken = set(visits[start : start + count]) if is_there else set()
    return _with(patient, [
        replace(entry, value=entry.value + round(shift), rater=entry.rater and "stand-in therapist")
        if isinstance(entry, Measurement) and entry.visit in taken else entry
        for entry in patient.entries
    ])  # fmt: skip


def side_swapped(patient: SimulatedPatient, dice: random.Random, rate: float = 1.0) -> SimulatedPatient:
    """Exchange left and right in everything that was written at some visits."""
    swapped = _some_visits(patient, dice, SWAPPED_VISITS * rate)
    return _with(patient, [
        replace(entry, place=entry.place.opposite) if not isinstance(entry, Lab) and entry.visit in swapped else entry
        for entry in patient.entries
    ])  # fmt: skip


def radians(patient: SimulatedPatient, dice: random.Random, rate: float = 1.0, *, unit: str) -> SimulatedPatient:
    """Write the angles of some visits in radians, with the unit "rad" or, wrongly, "deg"."""
    written = _some_visits(patient, dice, RADIAN_VISITS * rate)
    return _with(patient, [
        replace(entry, value=round(math.radians(entry.value), 3), unit=unit)
        if isinstance(entry, Measurement) and entry.visit in written and entry.unit == "deg" else entry
        for entry in patient.entries
    ])  # fmt: skip


def other_position(patient: SimulatedPatient, dice: random.Random, rate: float = 1.0) -> SimulatedPatient:
    """Measure some visits in another posture, which is written down and changes each motion by about 15 degrees."""
    measured = _some_visits(patient, dice, POSITION_VISITS * rate)
    position = dice.choice(_POSITIONS)
    signs: dict[object, int] = {}
    found: list[Entry] = []
    for entry in patient.entries:
        if isinstance(entry, Measurement) and entry.visit in measured and entry.unit == "deg":
            sign = signs.setdefault((entry.place, entry.motion), dice.choice((-1, 1)))
            shift = round(sign * dice.gauss(POSITION_DEGREES, POSITION_SPREAD))
            found.append(replace(entry, value=entry.value + shift, position=position))
        else:
            found.append(entry)
    return _with(patient, found)


def duplicates(patient: SimulatedPatient, dice: random.Random, rate: float = 1.0) -> SimulatedPatient:
    """Write some entries twice, the same in everything but the id."""
    again = [replace(entry, id=f"{entry.id}-again") for entry in patient.entries if dice.random() < REPEATED * rate]
    return _with(patient, [*patient.entries, *again])


def entered_in_error(patient: SimulatedPatient, dice: random.Random, rate: float = 1.0) -> SimulatedPatient:
    """Add entries that were withdrawn as entered in error: repeats of true ones, or wild."""
    withdrawn: list[Entry] = []
    for entry in patient.entries:
        if isinstance(entry, Lab) or dice.random() >= WITHDRAWN * rate:
            continue
        wrong = replace(entry, id=f"{entry.id}-withdrawn", status=Status.ENTERED_IN_ERROR)
        if isinstance(wrong, Measurement) and dice.random() < 1 / 2:
            wrong = replace(wrong, value=_wild(wrong.value, dice))
        withdrawn.append(wrong)
    return _with(patient, [*patient.entries, *withdrawn])


def weeks_missing(patient: SimulatedPatient, dice: random.Random, rate: float = 1.0) -> SimulatedPatient:
    """Leave out all visits of one or two spans of three to eight weeks; laboratory values stay."""
    gaps = []
    for _ in range(dice.randint(*GAPS)):
        start, length = dice.randint(patient.first + 1, patient.last), dice.randint(*GAP_DAYS)
        if dice.random() < rate:
            gaps.append(range(start, start + length))
    return _with(patient, [
        entry for entry in patient.entries if isinstance(entry, Lab) or not any(entry.day in gap for gap in gaps)
    ])  # fmt: skip


def modes_mixed(patient: SimulatedPatient, dice: random.Random, rate: float = 1.0) -> SimulatedPatient:
    """Label some active angles as passive, and write some angles without saying who moved the limb."""
    found: list[Entry] = []
    for entry in patient.entries:
        if isinstance(entry, Measurement):
            is_unsaid, is_mislabelled = dice.random() < WITHOUT_MODE * rate, dice.random() < ACTIVE_AS_PASSIVE * rate
            if is_unsaid:
                found.append(replace(entry, mode=None))
                continue
            if is_mislabelled and entry.mode is Mode.ACTIVE:
                found.append(replace(entry, mode=Mode.PASSIVE))
                continue
        found.append(entry)
    return _with(patient, found)


def late_arrival(patient: SimulatedPatient, dice: random.Random) -> SimulatedPatient:
    """Let every entry become known up to 20 days after its day, in no order."""
    found = [replace(entry, known=entry.day + dice.randint(0, LATEST)) for entry in patient.entries]
    dice.shuffle(found)
    return _with(patient, found)


_RATED: dict[str, Rated] = {
    "outlier": outlier,
    "rater offset": rater_offset,
    "side swapped": side_swapped,
    "other position": other_position,
    "radians labelled": partial(radians, unit="rad"),
    "radians unlabelled": partial(radians, unit="deg"),
    "modes mixed": modes_mixed,
    "weeks missing": weeks_missing,
    "duplicates": duplicates,
    "entered in error": entered_in_error,
}


def field(patient: SimulatedPatient, dice: random.Random) -> SimulatedPatient:
    """Do all of it at once, each at about a third of its rate, in the order in which it happens on a ward."""
    for artefact in _RATED.values():
        patient = artefact(patient, dice, FIELD)
    return patient


ARTEFACTS: dict[str, Artefact] = {**_RATED, "field": field, "late arrival": late_arrival}
"""Every artefact by its name."""


def _with(patient: SimulatedPatient, entries: Iterable[Entry]) -> SimulatedPatient:
    return replace(patient, entries=tuple(entries))


def _visits(patient: SimulatedPatient) -> list[str]:
    """List the visits of a patient in order of time."""
    days = {entry.visit: entry.day for entry in patient.entries if not isinstance(entry, Lab)}
    return sorted(days, key=lambda visit: (days[visit], visit))


def _some_visits(patient: SimulatedPatient, dice: random.Random, rate: float) -> set[str]:
    return {visit for visit in _visits(patient) if dice.random() < rate}
