"""A mobilization session as a Procedure: how charts code it, and how we write it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from fhir_profiles import uses
from horehab.domain.entries import SessionEntry
from horehab.domain.moment import Moment
from horehab.domain.session import Session, SessionKind, SessionStatus
from horehab.fhir.basis import ours
from horehab.fhir.basis.elements import Tree, child, children, extensions, number, own_reference, said, word
from horehab.fhir.basis.moments import known_on, moment, moment_at, written
from horehab.fhir.basis.places import coded, places_of, written_place
from horehab.fhir.basis.references import IDENTIFIERS, called, person
from horehab.fhir.basis.site import Coding, Site
from horehab.fhir.basis.terminology import SESSION_TYPE

_SNOMED_KINDS: Mapping[Coding, SessionKind] = MappingProxyType(
    {coding: SessionKind(kind) for kind, coding in uses("session")}
)
_OWN_KINDS: Mapping[Coding, SessionKind] = MappingProxyType(
    {(SESSION_TYPE, kind.value): kind for kind in SessionKind}
)
_TO_WRITE: Mapping[SessionKind, Coding] = MappingProxyType(
    {SessionKind(kind): coding for kind, coding in uses("session written")}
)
"""The kinds of session of which a SNOMED code is sure."""

_STATUS: Mapping[str, SessionStatus] = MappingProxyType({status.value: status for status in SessionStatus})
_LONGEST = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """When a procedure began and ended, as far as the chart says, and from which day it was known."""

    start: Moment
    end: Moment | None
    known_on: date


def session_kind(found: Iterable[Coding]) -> SessionKind | None:
    """Say what kind of session some codings name, ours before SNOMED's; None when they name none."""
    coded_kinds = list(found)
    for table in (_OWN_KINDS, _SNOMED_KINDS):
        for coding in coded_kinds:
            if coding in table:
                return table[coding]
    return None


def session_from(resource: Tree, site: Site, kind: SessionKind, spell: Spell) -> tuple[Session, ...]:
    """Read a session; nothing while it is neither completed, stopped nor not done."""
    status = _STATUS.get(word(resource, "status") or "")
    if status is None:
        return ()
    notes = [text for text in (word(note, "text") for note in children(resource, "note")) if text]
    level = _number(resource, ours.MOBILITY_LEVEL, "valueInteger")
    repetitions = _number(resource, ours.REPETITIONS, "valueInteger")
    session = Session(
        source=own_reference(resource),
        kind=kind,
        status=status,
        when=spell.start,
        known_on=_known_on(resource, site, spell),
        minutes=_minutes(resource, spell),
        places=places_of(children(resource, "bodySite"), site),
        repetitions=int(repetitions) if repetitions is not None else None,
        intensity=next((word(each, "valueString") for each in extensions(resource, ours.INTENSITY)), None),
        mobility_level=int(level) if level is not None else None,
        exertion=_number(resource, ours.EXERTION, "valueDecimal"),
        sedation=next((word(each, "valueString") for each in extensions(resource, ours.SEDATION)), None),
        performer=called(child(child(resource, "performer"), "actor"), site),
        reason_not_done=said(child(resource, "statusReason")),
        adverse_event=said(child(resource, "complication")),
        note="\n".join(notes) or None,
    )
    return (session,)


def session_to_procedure(entry: SessionEntry, site: Site) -> dict[str, Any]:
    """Write a session: its status, kind, time, performer and joints; its dose and tolerance as our extensions."""
    session = entry.session
    own = coded((SESSION_TYPE, session.kind.value))
    public = _TO_WRITE.get(session.kind)
    procedure = ours.header("Procedure", entry.session_id, "session", site)
    procedure |= {
        "identifier": [{"system": f"{IDENTIFIERS}session", "value": entry.session_id}],
        "status": "entered-in-error" if entry.is_withdrawn else session.status.value,
        "category": {"coding": [own]},
        "code": {
            "coding": [*([coded(public)] if public else []), own],
            "text": session.kind.value.replace("-", " ").capitalize(),
        },
        "subject": {"reference": entry.patient},
        "performer": [{"actor": person(session.performer or entry.performer)}],
    }
    procedure |= _written_time(session, site)
    if session.places:
        procedure["bodySite"] = [written_place(place, site) for place in session.places]
    for name, text in (("statusReason", session.reason_not_done), ("complication", session.adverse_event)):
        if text:
            procedure[name] = {"text": text} if name == "statusReason" else [{"text": text}]
    if session.note:
        procedure["note"] = [{"text": session.note}]
    dose = _dose(session)
    return procedure | ({"extension": dose} if dose else {})


def _dose(session: Session) -> list[dict[str, Any]]:
    values = (
        (ours.MINUTES, "valueDecimal", session.minutes),
        (ours.MOBILITY_LEVEL, "valueInteger", session.mobility_level),
        (ours.REPETITIONS, "valueInteger", session.repetitions),
        (ours.INTENSITY, "valueString", session.intensity),
        (ours.EXERTION, "valueDecimal", session.exertion),
        (ours.SEDATION, "valueString", session.sedation),
        (ours.KNOWN_ON, "valueDate", session.known_on.isoformat() if session.known_on != session.when.day else None),
    )
    return [{"url": url, form: value} for url, form, value in values if value is not None]


def _written_time(session: Session, site: Site) -> dict[str, Any]:
    start = written(session.when, site)
    if session.minutes is None or session.when.earliest != session.when.latest:
        return {"performedDateTime": start}
    end = session.when.earliest + timedelta(minutes=session.minutes)
    return {"performedPeriod": {"start": start, "end": end.astimezone(site.zone).isoformat()}}


def _minutes(resource: Tree, spell: Spell) -> float | None:
    given = _number(resource, ours.MINUTES, "valueDecimal")
    return given if given is not None else length_of(spell)


def length_of(spell: Spell) -> float | None:
    """Tell how many minutes a procedure took; None where its ends are not exact, or lie a day or more apart."""
    if spell.end is None:
        return None
    is_exact = spell.start.earliest == spell.start.latest and spell.end.earliest == spell.end.latest
    length = spell.end.earliest - spell.start.earliest
    return length.total_seconds() / 60 if is_exact and timedelta(0) <= length <= _LONGEST else None


def _known_on(resource: Tree, site: Site, spell: Spell) -> date:
    told = next((word(each, "valueDate") for each in extensions(resource, ours.KNOWN_ON)), None)
    learned = moment(told, site.zone) if told else moment_at(resource, "recorded", site)
    return known_on(resource, learned, spell.start, site)


def _number(resource: Tree, url: str, form: str) -> float | None:
    return next((number(each, form) for each in extensions(resource, url)), None)
