"""Small hand-written resources, as a ward's chart holds them, for the tests of the translators."""

import json
from typing import Any
from zoneinfo import ZoneInfo

from horehab.domain.joints import Joint, Motion
from horehab.fhir.basis.site import Site
from horehab.fhir.reading import understand
from horehab.usecases.exchange import ChartItem

SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
OURS = "https://horehab.org/fhir/CodeSystem/"
HL7 = "http://terminology.hl7.org/CodeSystem/"
MADRID = ZoneInfo("Europe/Madrid")

LIMITS = {
    (Joint.HIP, Motion.FLEXION): (-30.0, 150.0),
    (Joint.KNEE, Motion.FLEXION): (-30.0, 170.0),
    (Joint.KNEE, Motion.EXTENSION): (-150.0, 20.0),
}
SITE = Site(zone=MADRID, base="https://ehr.example/fhir", limits=LIMITS, version="0.1.0")

Tree = dict[str, Any]


def concept(*codings: tuple[str, str], text: str | None = None) -> Tree:
    """Code something."""
    coded: Tree = {"coding": [{"system": system, "code": code} for system, code in codings]}
    return coded | ({"text": text} if text else {})


def degrees(value: float, **changes: Any) -> Tree:
    """Give an angle as charts do."""
    return {"value": value, "unit": "deg", "system": "http://unitsofmeasure.org", "code": "deg"} | changes


def observation(**content: Any) -> Tree:
    """Begin an Observation of Monday, 2 March 2026, quarter past ten."""
    return {
        "resourceType": "Observation",
        "id": "7",
        "status": "final",
        "subject": {"reference": "Patient/1"},
        "effectiveDateTime": "2026-03-02T10:15:00+01:00",
    } | content


def reading(**changes: Any) -> Tree:
    """The left hip's passive flexion, coded by LOINC with its side."""
    content = {"code": concept((LOINC, "41320-3")), "valueQuantity": degrees(88)} | changes
    return observation(**content)


def understood(resource: Tree, site: Site = SITE) -> ChartItem:
    """Understand a resource as the chart would."""
    return understand(resource, json.dumps(resource).encode(), site)


def why_not(resource: Tree, site: Site = SITE) -> list[str]:
    """Say why parts of a resource were set aside; nothing of such a resource may be read besides."""
    return [each.code for each in understood(resource, site).unreadable]
