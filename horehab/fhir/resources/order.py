"""Orders and care plans as planned sessions: active ones for mobilisation or physiotherapy, with their times."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, partial
from importlib.resources import files
from types import MappingProxyType

from fhir_profiles import uses
from horehab.domain.moment import Moment
from horehab.domain.plan import Plan, Rhythm, Span, later
from horehab.domain.session import SessionKind
from horehab.fhir.basis.elements import Tree, child, children, numbered, own_reference, refuse_modifiers, said, word
from horehab.fhir.basis.moments import known_on, moment_at, span_at
from horehab.fhir.basis.quarantine import CannotRead, Found, each_alone
from horehab.fhir.basis.site import Coding, Site
from horehab.fhir.basis.terminology import codings
from horehab.fhir.resources.session import session_kind
from horehab.fhir.resources.timing import (
    AS_NEEDED,
    IN_WORDS,
    NoFixedTimes,
    Times,
    first_day,
    last_day,
    the_day,
    times_of,
)
from horehab.fhir.resources.words import bare

_ORDERED: Mapping[Coding, SessionKind] = MappingProxyType(
    {coding: SessionKind(kind) for kind, coding in uses("session ordered")}
)
_ORDERS = frozenset({"order", "original-order", "plan"})
"""What is asked for once; the orders that fill or repeat another one would ask for the same sessions again."""
_INTENDED = frozenset({"order", "plan"})
_TO_BE_DONE = frozenset({"not-started", "scheduled", "in-progress"})
_HIERARCHY = re.compile(r" *\((procedure|regime/therapy|regimen/therapy)\)$")
"""What SNOMED's full names end with."""

_NO_START = "it does not say from when"
_NO_END = "it does not say until when"
_NO_TIMES = "it does not say when"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """One thing that is ordered: where it stands, what it is, when it was written, and from when to when it holds."""

    source: str
    path: str
    node: Tree
    kind: SessionKind
    text: str | None
    written: Moment | None
    start: Moment | None = None
    end: Moment | None = None


def facts_in_order(resource: Tree, site: Site) -> Found:
    """Read an active ServiceRequest of sessions; empty for any other, and for one that is not to be done."""
    kind = _kind(child(resource, "code"), None, site)
    is_active = word(resource, "status") == "active" and word(resource, "intent") in _ORDERS
    if kind is None or not is_active or resource.get("doNotPerform"):
        return ()
    return each_alone([partial(_of_request, resource, site, kind)])


def _of_request(resource: Tree, site: Site, kind: SessionKind) -> tuple[Plan, ...]:
    refuse_modifiers(resource)
    order = _Order(
        source=own_reference(resource),
        path="occurrence",
        node=resource,
        kind=kind,
        text=said(child(resource, "code")),
        written=moment_at(resource, "authoredOn", site),
    )
    is_as_needed = any(resource.get(f"asNeeded{form}") for form in ("Boolean", "CodeableConcept"))
    return (_plan(order, resource, site, why_open=AS_NEEDED if is_as_needed else ""),)


def facts_in_care_plan(resource: Tree, site: Site) -> Found:
    """Read the activities of an active CarePlan that are sessions to be done; an order that it cites stands alone."""
    if word(resource, "status") != "active" or word(resource, "intent") not in _INTENDED:
        return ()
    activities = [(at, child(each, "detail")) for at, each in numbered(resource, "activity")]
    kinds = [
        (at, detail, _kind(child(detail, "code"), word(detail, "description"), site)) for at, detail in activities
    ]
    wanted = [
        partial(_of_activity, resource, site, at, detail=detail, kind=kind)
        for at, detail, kind in kinds
        if kind is not None and word(detail, "status") in _TO_BE_DONE and not detail.get("doNotPerform")
    ]
    return each_alone(wanted)


def _of_activity(resource: Tree, site: Site, at: int, *, detail: Tree, kind: SessionKind) -> tuple[Plan, ...]:
    place = f"activity[{at}]"
    refuse_modifiers(resource)
    for node, path in ((children(resource, "activity")[at], place), (detail, f"{place}.detail")):
        refuse_modifiers(node, path)
    start, end = span_at(resource, "period", site)
    order = _Order(
        source=f"{own_reference(resource)}#{place}",
        path="scheduled",
        node=detail,
        kind=kind,
        text=said(child(detail, "code")) or word(detail, "description"),
        written=moment_at(resource, "created", site),
        start=start,
        end=end,
    )
    return (_plan(order, resource, site, why_open=IN_WORDS if word(detail, "scheduledString") else ""),)


def _plan(order: _Order, resource: Tree, site: Site, *, why_open: str) -> Plan:
    written = order.written or order.start or moment_at(child(resource, "meta"), "lastUpdated", site)
    if written is None:
        raise CannotRead("no-time", "authoredOn" if order.path == "occurrence" else "created")
    times, first, last = Times(), None, None
    try:
        times = _times(order, site) if not why_open else times
        first, last = _bounds(order, times, site)
    except NoFixedTimes as open_:
        why_open, times = str(open_), Times()
    return Plan(
        source=order.source,
        kind=order.kind,
        when=order.start or written,
        known_on=known_on(resource, written, written, site),
        text=order.text,
        days=times.days,
        rhythm=times.rhythm,
        first=first,
        last=last,
        why_open=why_open,
    )


def _times(order: _Order, site: Site) -> Times:
    """Read when it is to be, in whichever form it says so; NoFixedTimes, CannotRead."""
    timing, period = child(order.node, f"{order.path}Timing"), child(order.node, f"{order.path}Period")
    if timing:
        return times_of(timing, site)
    if period:
        start, end = span_at(order.node, f"{order.path}Period", site)
        if end is None:
            raise NoFixedTimes(_NO_END)
        return Times(rhythm=Rhythm(unit=Span.WHOLE), start=first_day(start, site), end=last_day(end, site))
    if order.node.get(f"{order.path}DateTime") is None:
        raise NoFixedTimes(_NO_TIMES)
    return Times(days=(the_day(moment_at(order.node, f"{order.path}DateTime", site)),))


def _bounds(order: _Order, times: Times, site: Site) -> tuple[date | None, date | None]:
    """Say from which day to which a rhythm counts, within its care plan; NoFixedTimes if nothing says from when.

    Where it names no first day it counts from the day after it was written.
    """
    if times.rhythm is None:
        return None, None
    begins = [day for day in (times.start, first_day(order.start, site)) if day]
    if not begins and order.written is not None:
        begins = [the_day(order.written) + timedelta(days=1)]
    if not begins:
        raise NoFixedTimes(_NO_START)
    first = times.start or begins[0]
    ends = [day for day in (times.end, last_day(order.end, site)) if day]
    if times.length is not None:
        ends.append(later(first, *times.length) - timedelta(days=1))
    return first, min(ends, default=None)


def _kind(code: Tree, description: str | None, site: Site) -> SessionKind | None:
    """Say what kind of session is ordered: by code, else by words that say that and nothing else; None for others."""
    found = codings([code], site)
    kind = session_kind(found) or next((_ORDERED[coding] for coding in found if coding in _ORDERED), None)
    if kind is not None:
        return kind
    displays = (word(coding, "display") for coding in children(code, "coding"))
    text = next((text for text in (word(code, "text"), *displays, description) if text), "")
    return _worded().get(bare(_HIERARCHY.sub("", text)))


@cache
def _worded() -> Mapping[str, SessionKind]:
    """List the words that mean an order of sessions, bare of accents and capitals."""
    table = tomllib.loads(files("horehab.fhir.resources").joinpath("order_words.toml").read_text(encoding="utf-8"))
    return MappingProxyType({bare(text): SessionKind(kind) for kind, texts in table.items() for text in texts})
