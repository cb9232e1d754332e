"""An imaging report: modality, date, conclusion; read and shown, it decides nothing."""

import re
from functools import partial
from types import MappingProxyType

from horehab.domain.record import Imaging
from horehab.fhir.basis.elements import Tree, child, children, own_reference, refuse_modifiers, said, word
from horehab.fhir.basis.moments import known_on, moment_at, moment_of
from horehab.fhir.basis.quarantine import CannotRead, Found, each_alone
from horehab.fhir.basis.site import Coding, Site
from horehab.fhir.basis.terminology import coded, codings

_V2_0074 = "http://terminology.hl7.org/CodeSystem/v2-0074"
_SERVICES = MappingProxyType(
    {"RAD": None, "RX": "XR", "XRC": "XR", "CT": "CT", "NMR": "MR", "NMS": "NM", "RUS": "US", "VUS": "US"}
)
"""Diagnostic services of HL7 table 0074 that make images, and their modality as DICOM names it."""

_COUNT = frozenset({"final", "amended", "corrected", "appended"})
_LEADING = re.compile(r"(XR|CT|MR|NM|US|PT)\b")


def facts_in_report(resource: Tree, site: Site) -> Found:
    """Read an imaging report; empty for laboratory reports and for what is not final."""
    services = codings(children(resource, "category"), site)
    named = codings(children(resource, "code"), site)
    pictures = {**coded("imaging"), **coded("bone scintigraphy")}
    is_imaging = any(system == _V2_0074 and code in _SERVICES for system, code in services)
    if not is_imaging and not any(coding in pictures for coding in named):
        return ()
    if word(resource, "status") not in _COUNT:
        return ()
    return each_alone([partial(_report, resource, site, _modality(services, named))])


def _report(resource: Tree, site: Site, modality: str | None) -> tuple[Imaging, ...]:
    refuse_modifiers(resource)
    issued = moment_at(resource, "issued", site)
    when = moment_of(resource, "effective", site) or issued
    if when is None:
        raise CannotRead("no-time", "effective[x]")
    report = Imaging(
        source=own_reference(resource),
        modality=modality,
        text=said(child(resource, "code")) or "imaging",
        conclusion=word(resource, "conclusion") or said(child(resource, "conclusionCode")),
        when=when,
        known_on=known_on(resource, issued, when, site),
    )
    return (report,)


def _modality(services: tuple[Coding, ...], named: tuple[Coding, ...]) -> str | None:
    pictures = {**coded("imaging"), **coded("bone scintigraphy")}
    for coding in named:
        match = _LEADING.match(pictures[coding].display) if coding in pictures else None
        if match:
            return match[1]
    return next((_SERVICES[code] for system, code in services if system == _V2_0074 and _SERVICES.get(code)), None)
