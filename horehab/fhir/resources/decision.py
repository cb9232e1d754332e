"""A person's decision, as an edit of the Condition that stands in the chart; nothing else in it is touched."""

import re
from collections.abc import Mapping
from copy import deepcopy
from types import MappingProxyType
from typing import Any

from horehab.domain.entries import Decision, DecisionEntry
from horehab.fhir.resources.suspicion import CLINICAL, VERIFICATION, status

_VERIFIED = MappingProxyType(
    {Decision.ACCEPT: "provisional", Decision.CONFIRM: "confirmed", Decision.REFUTE: "refuted"}
)
_AUTHOR = re.compile(r"(Practitioner|Patient|RelatedPerson|Organization)/[A-Za-z0-9\-.]{1,64}")


def apply_decision(current: Mapping[str, Any], entry: DecisionEntry) -> dict[str, Any]:
    """Give an edited copy of the Condition: accepted is provisional, dismissed inactive and still unconfirmed.

    Confirmed and refuted are what a physician says who cites imaging. Reason and imaging go into a note with
    its author and day, and its report in the chart, if it has one, to the evidence that is there; applied twice it
    changes nothing more.
    """
    edited = deepcopy(dict(current))
    if entry.decision is Decision.DISMISS:
        edited["clinicalStatus"] = status(CLINICAL, "inactive")
    else:
        edited["verificationStatus"] = status(VERIFICATION, _VERIFIED[entry.decision])
    note = _note(entry)
    notes = edited.get("note")
    kept = list(notes) if isinstance(notes, list) else []
    edited["note"] = kept if note in kept else [*kept, note]
    if entry.cited and entry.cited.report:
        _cite(edited, entry.cited.report)
    return edited


def _cite(edited: dict[str, Any], report: str) -> None:
    """Add a report to the evidence, unless it is cited already; what others cite stays as it is."""
    evidence = edited.get("evidence")
    kept = list(evidence) if isinstance(evidence, list) else []
    cited = [detail for each in kept for detail in each.get("detail", [])]
    if not any(detail.get("reference") == report for detail in cited):
        edited["evidence"] = [*kept, {"detail": [{"reference": report}]}]


def _note(entry: DecisionEntry) -> dict[str, Any]:
    words = [f"Decision: {entry.decision.value}.", entry.reason.strip()]
    if imaging := str(entry.cited) if entry.cited else (entry.imaging or "").strip():
        words.append(f"Imaging: {imaging}")
    author = "authorString"
    note: dict[str, Any] = {"time": entry.decided.isoformat(), "text": " ".join(word for word in words if word)}
    if _AUTHOR.fullmatch(entry.by):
        return {"authorReference": {"reference": entry.by}} | note
    return ({author: entry.by} if entry.by.strip() else {}) | note
