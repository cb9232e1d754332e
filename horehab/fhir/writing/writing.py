"""The front door of all that is written: an entry of the outbox in, the FHIR resource that says it out."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from horehab.domain.amendment import AmendmentEntry
from horehab.domain.entries import (
    ChartEntry,
    DecisionEntry,
    MeasurementEntry,
    ReasonsEntry,
    SessionEntry,
    SuspicionEntry,
    TaskEntry,
)
from horehab.domain.message import MessageEntry, MessageRequestEntry
from horehab.fhir.basis.site import Site
from horehab.fhir.resources.communication import message_to_communication, request_to_communication_request
from horehab.fhir.resources.decision import apply_decision
from horehab.fhir.resources.provenance import reasons_to_provenance
from horehab.fhir.resources.session import session_to_procedure
from horehab.fhir.resources.suspicion import suspicion_to_condition
from horehab.fhir.resources.task import reminder_to_task
from horehab.fhir.writing.amending import amendment_to_provenance
from horehab.fhir.writing.checking import check
from horehab.fhir.writing.measurement import measurement_to_observation

__all__ = ["apply_decision", "check", "resource_of"]

_NONE: Mapping[str, str] = MappingProxyType({})


def resource_of(entry: ChartEntry, site: Site, *, cited: Mapping[str, str] = _NONE) -> dict[str, Any]:
    """Write an entry as the resource that the chart shall hold, with our id and our identifier.

    `cited` gives, for keys of entries ("session:<id>"), the references under which they stand in the chart;
    what it does not give is cited by our identifier. ValueError for a decision, which is an edit.
    """
    match entry:
        case SuspicionEntry():
            return suspicion_to_condition(entry, site, cited)
        case ReasonsEntry():
            return reasons_to_provenance(entry, site, cited)
        case SessionEntry() | MessageRequestEntry() | MessageEntry():
            return _by_itself(entry, site)
        case MeasurementEntry():
            return measurement_to_observation(entry, site, cited)
        case AmendmentEntry():
            return amendment_to_provenance(entry, site, cited)
        case TaskEntry():
            return reminder_to_task(entry, site, cited)
        case DecisionEntry():
            raise ValueError("A decision is no resource of its own: apply_decision edits the Condition.")


def _by_itself(entry: SessionEntry | MessageRequestEntry | MessageEntry, site: Site) -> dict[str, Any]:
    """Write an entry that cites no other."""
    match entry:
        case SessionEntry():
            return session_to_procedure(entry, site)
        case MessageRequestEntry():
            return request_to_communication_request(entry, site)
        case MessageEntry():
            return message_to_communication(entry, site)
