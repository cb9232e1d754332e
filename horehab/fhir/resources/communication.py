"""Messages to patients in the chart: CommunicationRequest asks the EHR to send one, Communication says that one went.

Neither holds a diagnosis, a value or a joint (fhir.md): the payload is the sentence of the allow-list that was sent.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from horehab.domain.message import MessageEntry, MessageRequestEntry
from horehab.domain.recipient import Medium
from horehab.fhir.basis import ours
from horehab.fhir.basis.references import IDENTIFIERS
from horehab.fhir.basis.site import Site

_CATEGORY = {
    "coding": [{"system": "http://terminology.hl7.org/CodeSystem/communication-category", "code": "reminder"}]
}
_MODES = "http://terminology.hl7.org/CodeSystem/v3-ParticipationMode"
_MEDIUM: Mapping[Medium, dict[str, Any]] = MappingProxyType(
    {Medium.EMAIL: {"coding": [{"system": _MODES, "code": "EMAILWRIT"}]}, Medium.SMS: {"text": "SMS"}}
)
"""v3-ParticipationMode has a code for e-mail and none for SMS."""


def request_to_communication_request(entry: MessageRequestEntry, site: Site) -> dict[str, Any]:
    """Ask the EHR to send a message; its identifier is the message's name, so that it is never asked for twice."""
    now = entry.asked.astimezone(site.zone).isoformat(timespec="seconds")
    made = ours.header("CommunicationRequest", "", "reminder", site) | _about(entry, "request")
    status = "revoked" if entry.is_withdrawn else "active"
    return made | {"status": status, "occurrenceDateTime": now, "authoredOn": now}


def message_to_communication(entry: MessageEntry, site: Site) -> dict[str, Any]:
    """Say that a message was sent: when, by which way, in which words."""
    made = {"resourceType": "Communication"} | _about(entry, "message")
    made |= {
        "status": "completed",
        "sent": entry.sent.astimezone(site.zone).isoformat(timespec="seconds"),
    }
    if entry.medium in _MEDIUM:
        made["medium"] = [_MEDIUM[entry.medium]]
    return made


def _about(entry: MessageEntry | MessageRequestEntry, name: str) -> dict[str, Any]:
    return {
        "identifier": [{"system": f"{IDENTIFIERS}{name}", "value": entry.message}],
        "category": [_CATEGORY],
        "subject": {"reference": entry.patient},
        "recipient": [{"reference": entry.patient}],
        "payload": [{"contentString": entry.text}],
    }
