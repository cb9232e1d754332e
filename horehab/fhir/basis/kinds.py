"""Which kinds of resource are read, which of them judging cannot do without, and which are written."""

from collections.abc import Mapping
from types import MappingProxyType

from horehab.fhir.basis.session_links import FORM
from horehab.fhir.basis.site import Site

ESSENTIAL = ("Patient", "Observation", "Procedure", "Condition")
"""Kinds without which there is nothing to judge."""

KINDS = (
    "Patient",
    "Encounter",
    "Procedure",
    "Observation",
    "Condition",
    "MedicationRequest",
    "MedicationAdministration",
    "MedicationStatement",
    "DiagnosticReport",
    "Appointment",
    "ServiceRequest",
    "CarePlan",
    "Task",
    "Provenance",
)
"""What is read, in this order."""

FORMS = "QuestionnaireResponse"
"""Forms of a session that other systems filled in: read only where the site asks for it (HOREHAB_FORMS)."""

NARROWED: Mapping[str, Mapping[str, str]] = MappingProxyType({FORMS: MappingProxyType({"questionnaire": FORM})})
"""What is asked of a kind besides: what else people answered in forms is none of our business."""

PLACES = ("Location",)
"""What is looked up besides: which wards are intensive care."""

WRITTEN = ("Condition", "Provenance", "Observation", "Procedure", "Task")
"""What we write, where we may."""

MESSAGES = ("CommunicationRequest", "Communication")
"""What we write besides, where the chart is told of messages to patients."""


def kinds_of(site: Site) -> tuple[str, ...]:
    """Name what is read at a site, in order."""
    return (*KINDS, FORMS) if site.reads_forms else KINDS
