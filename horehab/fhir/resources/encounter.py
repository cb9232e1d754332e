"""Stays in hospital: intensive care wards of an Encounter, where the patient lies now, and that they went home."""

import re
from collections.abc import Iterable
from functools import partial

from fhir_profiles import uses
from horehab.domain.exposure import Exposure, ExposureKind
from horehab.domain.record import Attendance, Visit
from horehab.fhir.basis.elements import Tree, child, children, numbered, own_reference, refuse_modifiers, said, word
from horehab.fhir.basis.moments import known_on, span_at
from horehab.fhir.basis.quarantine import CannotRead, Found, each_alone
from horehab.fhir.basis.references import target_of
from horehab.fhir.basis.site import Coding, Site
from horehab.fhir.basis.terminology import coded, codings
from horehab.fhir.resources.ward import ward_stays

_HAPPENED = frozenset(
    {"arrived", "triaged", "in-progress", "onleave", "finished", "on-hold", "discharged", "completed"}
)
_OVER = frozenset({"finished", "discharged", "completed"})
_DISPOSITION = "http://terminology.hl7.org/CodeSystem/discharge-disposition"
_HOME: frozenset[Coding] = frozenset({(_DISPOSITION, "home"), (_DISPOSITION, "alt-home"), (_DISPOSITION, "aadvice")})
_ADMISSION: Coding = uses("admission")[0][1]
_NAMED = re.compile(r"\b(ICU|intensive care)\b", re.IGNORECASE)


def icu_locations(locations: Iterable[Tree], site: Site) -> frozenset[str]:
    """List the references of those Location resources that are intensive care wards by their type."""
    return frozenset(own_reference(each) for each in locations if _is_icu(each, site))


def facts_in_encounter(resource: Tree, site: Site) -> Found:
    """Read stays in intensive care out of an Encounter, on which ward the patient lies, and that they went home."""
    status = word(resource, "status") or ""
    here = ward_stays(resource, site) if status in _HAPPENED - _OVER else ()
    return (*_intensive_care(resource, status, site), *here, *_discharge(resource, status, site))


def _discharge(resource: Tree, status: str, site: Site) -> Found:
    """Read that the patient went home at the end of this stay; from then on they are an outpatient."""
    stay = child(resource, "hospitalization") or child(resource, "admission")
    went_to = codings(children(stay, "dischargeDisposition"), site)
    if status not in _OVER or not any(coding in _HOME for coding in went_to):
        return ()
    return each_alone([partial(_gone_home, resource, site)])


def _gone_home(resource: Tree, site: Site) -> tuple[Visit, ...]:
    refuse_modifiers(resource)
    _start, end = span_at(resource, "period" if resource.get("period") else "actualPeriod", site)
    if end is None:
        raise CannotRead("no-time", "period.end")
    source = f"{own_reference(resource)}#discharge"
    known = known_on(resource, None, end, site)
    return (Visit(source=source, attendance=Attendance.DISCHARGED, when=end, known_on=known),)


def _intensive_care(resource: Tree, status: str, site: Site) -> Found:
    wards = [(place, ward) for place, ward in numbered(resource, "location") if _is_icu_stay(resource, ward, site)]
    concepts = [each for name in ("type", "serviceType", "class") for each in children(resource, name)]
    # R4's class is a bare coding, R5's a list of concepts.
    is_whole = _means_icu(codings([*concepts, {"coding": children(resource, "class")}], site))
    if status not in _HAPPENED or not (wards or is_whole):
        return ()
    try:
        refuse_modifiers(resource)
    except CannotRead as refusal:
        return (refusal.unreadable,)
    if wards:
        return each_alone(partial(_stay, resource, site, place, ward) for place, ward in wards)
    return each_alone([partial(_stay, resource, site, None, {})])


def _stay(resource: Tree, site: Site, place: int | None, ward: Tree) -> tuple[Exposure, ...]:
    start, end = span_at(ward, "period", site)
    if start is None:
        name = "period" if resource.get("period") else "actualPeriod"
        whole_start, whole_end = span_at(resource, name, site)
        start, end = whole_start, end or whole_end
    if start is None:
        raise CannotRead("no-time", "period")
    source = own_reference(resource)
    stay = Exposure(
        source=source if place is None else f"{source}#location[{place}]",
        kind=ExposureKind.ICU_STAY,
        start=start,
        end=end,
        known_on=known_on(resource, None, start, site),
    )
    return (stay,)


def _is_icu_stay(resource: Tree, ward: Tree, site: Site) -> bool:
    if ward.get("status") in ("planned", "reserved"):
        return False
    reference = child(ward, "location")
    target = target_of(reference, site)
    text = word(reference, "reference") or ""
    inside = [each for each in children(resource, "contained") if text == f"#{each.get('id')}"]
    is_named = bool(_NAMED.search(word(reference, "display") or ""))
    return is_named or target in site.icu_locations or any(_is_icu(each, site) for each in inside)


def _is_icu(location: Tree, site: Site) -> bool:
    concepts = [*children(location, "type"), *children(location, "physicalType")]
    return _means_icu(codings(concepts, site)) or any(_NAMED.search(said(each) or "") for each in concepts)


def _means_icu(found: Iterable[Coding]) -> bool:
    return any(coding in ICU_TYPES or coding == _ADMISSION for coding in found)


_WARDS = ("ICU location type", "ICU location type, adult", "ICU location type, medical")
ICU_TYPES: tuple[Coding, ...] = tuple(sorted({coding for name in _WARDS for coding in coded(name)}))
"""The types of place that are intensive care, as system and code."""
