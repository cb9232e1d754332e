"""All that is known of a patient, as values; `known_on(day)` shows the record as it was known that day."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from typing import Any

from horehab.domain.acknowledgement import Acknowledgement
from horehab.domain.exposure import Background, Exposure
from horehab.domain.joints import Joint, Side
from horehab.domain.laboratory import LabResult
from horehab.domain.moment import Moment
from horehab.domain.plan import Plan
from horehab.domain.postal import PostalAddress
from horehab.domain.range_of_motion import Reading
from horehab.domain.recipient import ContactWay
from horehab.domain.session import Session
from horehab.domain.signs import PainRating, Sign
from horehab.domain.ward_stay import WardStay


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """Who it is about, as the chart says. `reference` is "Patient/<id>"; `replaced_by` its survivor after a merge."""

    reference: str
    name: str | None = None
    birth_date: str | None = None
    sex: str | None = None
    record_number: str | None = None
    is_deceased: bool = False
    replaced_by: str | None = None
    language: str | None = None
    email: str | None = None
    phone: str | None = None
    ways: tuple[ContactWay, ...] = ()
    addresses: tuple[PostalAddress, ...] = ()

    def age_on(self, day: date) -> int | None:
        """Say how many years old the patient is on a day; None where the birth date is not known to the day."""
        try:
            born = date.fromisoformat(self.birth_date or "")
        except ValueError:
            return None
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


@dataclass(frozen=True, slots=True, kw_only=True)
class Imaging:
    """An imaging report: read and shown, it never decides by itself (fhir.md section 1)."""

    source: str
    modality: str | None
    text: str
    conclusion: str | None
    when: Moment
    known_on: date


class Attendance(Enum):
    """What became of an appointment or a planned session; or that the patient went home from hospital."""

    BOOKED = "booked"
    ATTENDED = "attended"
    CANCELLED = "cancelled"
    MISSED = "missed"
    DISCHARGED = "discharged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """An appointment, and whether the patient came. `text` is what it is for, in the chart's words."""

    source: str
    attendance: Attendance
    when: Moment
    known_on: date
    text: str | None = None


class ChartedStatus(Enum):
    """How sure the chart is of an ossification: the verification status of a Condition."""

    UNCONFIRMED = "unconfirmed"
    PROVISIONAL = "provisional"
    DIFFERENTIAL = "differential"
    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    ENTERED_IN_ERROR = "entered-in-error"

    @property
    def is_gone(self) -> bool:
        """Whether it stands no more: refuted, or entered in error."""
        return self in (ChartedStatus.REFUTED, ChartedStatus.ENTERED_IN_ERROR)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartedOssification:
    """An ossification, suspected or known, that stands in the chart, by whomever.

    `is_ours` when its identifier or id is of our making, and then `episode` is set and `evidence` holds the
    references that it cites. `version` is the server's version id: a version that we did not write was
    written by a person. joint and side are None where the chart does not say them. `patient` is whose it is in
    the chart, which after a merge may still be the one who was merged; None where that is not known.
    """

    source: str
    version: str
    status: ChartedStatus
    is_active: bool
    joint: Joint | None
    side: Side | None
    when: Moment | None
    known_on: date
    is_ours: bool = False
    episode: int | None = None
    evidence: tuple[str, ...] = ()
    patient: str | None = None

    @property
    def condition_id(self) -> str:
        """Its id without its kind, by which our entries and decisions name it."""
        return self.source.rpartition("/")[2]

    @property
    def is_ours_and_open(self) -> bool:
        """Whether it is of our making and stands, neither closed nor gone."""
        return self.is_ours and self.is_active and not self.status.is_gone


class WhyNotCounted(Enum):
    """Why an entry of the chart does not count: a person withdrew it, or it is not final."""

    WITHDRAWN = "withdrawn"
    NOT_FINAL = "not final"
    CANCELLED = "cancelled"
    STATUS_UNKNOWN = "status unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotCounted:
    """A measurement in the chart that does not count, as its status says today. Its value is nowhere used."""

    source: str
    why: WhyNotCounted
    when: Moment
    known_on: date


Fact = (
    Reading | PainRating | Sign | Session | Exposure | Background | LabResult | Imaging | Visit | WardStay
    | ChartedOssification | NotCounted | Acknowledgement | Plan
)  # fmt: skip
"""Anything that a chart can tell of a patient besides who it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientRecord:
    """All that is known of one patient; each tuple in order of time, then source."""

    patient: Patient
    readings: tuple[Reading, ...] = ()
    pains: tuple[PainRating, ...] = ()
    signs: tuple[Sign, ...] = ()
    sessions: tuple[Session, ...] = ()
    exposures: tuple[Exposure, ...] = ()
    backgrounds: tuple[Background, ...] = ()
    labs: tuple[LabResult, ...] = ()
    images: tuple[Imaging, ...] = ()
    visits: tuple[Visit, ...] = ()
    stays: tuple[WardStay, ...] = ()
    ossifications: tuple[ChartedOssification, ...] = ()
    not_counted: tuple[NotCounted, ...] = ()
    acknowledgements: tuple[Acknowledgement, ...] = ()
    plans: tuple[Plan, ...] = ()

    def as_known_on(self, day: date) -> "PatientRecord":
        """Show the record as it was known at the end of that ward day: nothing later, nothing learned later."""
        return replace(
            self,
            readings=tuple(r for r in self.readings if r.known_on <= day and r.when.day <= day),
            pains=tuple(p for p in self.pains if p.known_on <= day and p.when.day <= day),
            signs=tuple(s for s in self.signs if s.known_on <= day and s.when.day <= day),
            sessions=tuple(s for s in self.sessions if s.known_on <= day and s.when.day <= day),
            exposures=tuple(e for e in self.exposures if e.known_on <= day and e.start.day <= day),
            backgrounds=tuple(b for b in self.backgrounds if b.known_on <= day),
            labs=tuple(r for r in self.labs if r.known_on <= day and r.when.day <= day),
            images=tuple(i for i in self.images if i.known_on <= day),
            visits=tuple(v for v in self.visits if v.known_on <= day),
            stays=tuple(s for s in self.stays if s.known_on <= day),
            ossifications=tuple(o for o in self.ossifications if o.known_on <= day),
            not_counted=tuple(n for n in self.not_counted if n.known_on <= day),
            acknowledgements=tuple(a for a in self.acknowledgements if a.known_on <= day),
            plans=tuple(p for p in self.plans if p.known_on <= day),
        )


_FIELD: dict[type, str] = {
    Reading: "readings",
    PainRating: "pains",
    Sign: "signs",
    Session: "sessions",
    Exposure: "exposures",
    Background: "backgrounds",
    LabResult: "labs",
    Imaging: "images",
    Visit: "visits",
    WardStay: "stays",
    ChartedOssification: "ossifications",
    NotCounted: "not_counted",
    Acknowledgement: "acknowledgements",
    Plan: "plans",
}


def record_of(patient: Patient, facts: Iterable[Fact]) -> PatientRecord:
    """Order a patient's facts into a record; the order in which they come does not matter."""
    shelves: dict[str, list[Fact]] = {name: [] for name in _FIELD.values()}
    for fact in facts:
        shelves[_FIELD[type(fact)]].append(fact)
    ordered: dict[str, Any] = {name: tuple(sorted(shelf, key=_by_time)) for name, shelf in shelves.items()}
    return PatientRecord(patient=patient, **ordered)


def _by_time(fact: Fact) -> tuple[str, str]:
    when = fact.start if isinstance(fact, Exposure | Background) else fact.when
    return (when.earliest.isoformat() if when else "", fact.source)


def days_of_facts(record: PatientRecord) -> dict[str, date]:
    """Tell by resource on which ward day each fact read from it was measured, or began."""
    facts: tuple[Fact, ...] = (
        *record.readings, *record.pains, *record.signs, *record.sessions, *record.exposures, *record.labs,
        *record.images, *record.visits, *record.backgrounds,
    )  # fmt: skip
    days = {}
    for fact in facts:
        when = fact.start if isinstance(fact, Exposure | Background) else fact.when
        days[base_reference(fact.source)] = when.day if when is not None else fact.known_on
    return days


def base_reference(source: str) -> str:
    """Name the resource that a fact was read from, without the part of it: "Observation/7#component[2]" is in 7."""
    return source.partition("#")[0]


def base_references(sources: Iterable[str]) -> tuple[str, ...]:
    """Name the resources that facts were read from, each once, sorted."""
    return tuple(sorted({base_reference(source) for source in sources}))
