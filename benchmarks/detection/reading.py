"""A simulated patient as horehab sees it: through FHIR resources and the real reader, nothing handed over."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import time, timedelta
from functools import cache

from benchmarks.detection.emit import ZONE, day_of, resources
from benchmarks.detection.emit_motion import Resource
from benchmarks.detection.story import Entry, Lab, Measurement, SimulatedPatient, Status
from horehab.domain.moment import local_moment
from horehab.domain.range_of_motion import Mode, Reading
from horehab.domain.record import Fact, Patient, PatientRecord, record_of
from horehab.domain.thresholds import Rules
from horehab.fhir.basis.site import Site
from horehab.fhir.reading import understand
from horehab.rules import load_rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What the reader made of a chart: the record, and how many entries it set aside by the code of the reason."""

    record: PatientRecord
    set_aside: Counter[str]


@cache
def rules() -> Rules:
    """Give the packaged rules."""
    return load_rules()


@cache
def site() -> Site:
    """Describe the simulated hospital, with every setting left as it comes."""
    limits = {motion: (numbers.lowest, numbers.highest) for motion, numbers in rules().motions.items()}
    return Site(zone=ZONE, limits=limits)


def record(patient: SimulatedPatient, coding: str = "loinc") -> PatientRecord:
    """Read a simulated patient's chart as horehab does; `coding` is "loinc", "local" or "text"."""
    return read(resources(patient, coding)).record


def read(chart: Iterable[Resource]) -> Understood:
    """Read the resources of one patient; what cannot be read is counted by its code. Raises for no Patient."""
    who: Patient | None = None
    facts: list[Fact] = []
    set_aside: Counter[str] = Counter()
    for resource in chart:
        item = understand(resource, b"", site())
        who = item.identity or who
        facts += item.facts
        set_aside.update(each.code for each in item.unreadable)
    if who is None:
        message = "There is no Patient among these resources."
        raise ValueError(message)
    return Understood(record=record_of(who, facts), set_aside=set_aside)


def careless(patient: SimulatedPatient, coding: str = "loinc") -> PatientRecord:
    """Read a chart without any care, to show what care is worth.

    Every number is taken as degrees, every reading without mode as passive, from whatever position; repeats count
    as further readings, withdrawn entries stand, and nothing is set aside.
    """
    entries = tuple(_standing(entry) for entry in patient.entries)
    seen = record(replace(patient, entries=tuple(e for e in entries if not isinstance(e, Measurement))), coding)
    measured = (entry for entry in entries if isinstance(entry, Measurement))
    return replace(seen, readings=tuple(_taken(entry, nth) for nth, entry in enumerate(measured)))


def _standing(entry: Entry) -> Entry:
    return entry if isinstance(entry, Lab) else replace(entry, status=Status.FINAL)


def _taken(measured: Measurement, nth: int) -> Reading:
    # A second of its own for each, so that no repeat is taken for one.
    start = local_moment(day_of(measured.day), time(10), ZONE)
    instant = start.earliest + timedelta(seconds=nth)
    return Reading(
        source=f"Observation/{measured.id}-{nth}",
        joint=measured.place.joint,
        side=measured.place.side,
        motion=measured.motion,
        mode=measured.mode or Mode.PASSIVE,
        degrees=measured.value,
        when=replace(start, earliest=instant, latest=instant),
        known_on=day_of(measured.known),
        rater=measured.rater,
        device=measured.device,
    )
