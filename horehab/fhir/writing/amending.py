"""A session or measurement that was corrected or deleted here: what it may change of what stands in the chart."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from horehab.domain.amendment import AmendmentEntry, Change, Validity
from horehab.domain.entries import MeasurementEntry, Outcome, SessionEntry
from horehab.fhir.basis import ours
from horehab.fhir.basis.elements import child, children
from horehab.fhir.basis.places import coded
from horehab.fhir.basis.references import IDENTIFIERS, person
from horehab.fhir.basis.site import Site
from horehab.fhir.resources.provenance import software
from horehab.fhir.writing.comparison import same, says_just_that
from horehab.fhir.writing.rights import refuse_other
from horehab.fhir.writing.standing import Settled, Standing

Resource = Mapping[str, Any]

STATUS = MappingProxyType(
    {Validity.FINAL: "final", Validity.CORRECTED: "corrected", Validity.IN_ERROR: "entered-in-error"}
)
"""How an Observation of ours says whether it stands; a Procedure knows only the last of these."""

_AMENDMENT = f"{IDENTIFIERS}amendment"
_OPERATION = "http://terminology.hl7.org/CodeSystem/v3-DataOperation"
_PARTICIPANT = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
_OPERATIONS = MappingProxyType({Change.CORRECT: "UPDATE", Change.DELETE: "NULLIFY", Change.MOVE: "NULLIFY"})
_NEVER_EDITED = frozenset({"id", "meta", "text", "resourceType"})
_IN_ERROR = STATUS[Validity.IN_ERROR]
_CORRECTED = frozenset({"amended", "corrected"})


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendmentRights:
    """What a correction or deletion may change: what we wrote before, and nothing that a person wrote since.

    `before` is the resource as the chart was last told it by us.
    """

    wanted: Resource
    before: Resource
    own_versions: frozenset[str]

    def __call__(self, found: Standing) -> Resource | None:
        """Decide; what a person changed in the chart is for people to settle between them."""
        refuse_other(self.wanted, found)
        amended = merged(found.resource, self.wanted, self.before)
        is_own = found.version in self.own_versions
        if same(amended, found.resource):
            if is_own or says_just_that(self.wanted, found.resource):
                return None
            raise Settled(Outcome.DONE, "", reference=found.reference)
        if found.resource.get("status") == _IN_ERROR == self.wanted.get("status"):
            raise Settled(Outcome.DONE, "", reference=found.reference)
        if is_own or self._is_as_we_left(found.resource):
            return amended
        why = "A person has changed it in the chart since we wrote it."
        raise Settled(Outcome.CONFLICT, why, reference=found.reference)

    def _is_as_we_left(self, found: Resource) -> bool:
        """Tell whether it may be ours though the answer was lost: our wording, under a status that we give."""
        corrected = _CORRECTED if found.get("resourceType") == "Observation" else frozenset()
        is_status_ours = found.get("status") in {self.before.get("status"), *corrected}
        return is_status_ours and says_just_that(_without_status(self.before), found)


def merged(found: Resource, wanted: Resource, before: Resource) -> dict[str, Any]:
    """Edit what stands there: what we wrote before gives way to what is wanted, what others added stays."""
    kept = {name: value for name, value in found.items() if not _was_ours_alone(name, value, wanted, before)}
    for name, value in wanted.items():
        if name not in _NEVER_EDITED:
            kept[name] = _joined(value, before.get(name), found.get(name))
    for name in before:
        if name not in wanted and isinstance(kept.get(name), list):
            kept[name] = _others(before[name], kept[name])
    return kept


def _was_ours_alone(name: str, value: Any, wanted: Resource, before: Resource) -> bool:
    return name not in wanted and name in before and same(before[name], value)


def _joined(wanted: Any, before: Any, found: Any) -> Any:
    if not isinstance(wanted, list) or not isinstance(found, list):
        return wanted
    others = _others([*wanted, *(before if isinstance(before, list) else [])], found)
    return [*wanted, *others]


def _others(mine: Any, found: list[Any]) -> list[Any]:
    return [item for item in found if not any(same(own, item) for own in mine)]


def _without_status(resource: Resource) -> Resource:
    """Leave out how it stands: a correction differs from what it corrects in that alone."""
    return {name: value for name, value in resource.items() if name != "status"}


def as_told(entry: SessionEntry | MeasurementEntry) -> SessionEntry | MeasurementEntry:
    """Give an entry as the chart was last told it."""
    if isinstance(entry, SessionEntry):
        return replace(entry, session=entry.before or entry.session, validity=Validity.FINAL)
    return replace(entry, fact=entry.before or entry.fact, validity=Validity.FINAL)


def amendment_to_provenance(entry: AmendmentEntry, site: Site, cited: Mapping[str, str]) -> dict[str, Any]:
    """Write who changed a session of ours, when, why and by which software; `cited` says what of it stands there."""
    keys = [f"session:{entry.session_id}"] if entry.has_session else []
    keys += [f"measurement:{name}" for name in entry.measurements]
    author = {"coding": [coded((_PARTICIPANT, "author"))]}
    provenance: dict[str, Any] = {
        "resourceType": "Provenance",
        "id": entry.amendment_id,
        "extension": [
            {
                "url": ours.OWN_IDENTIFIER,
                "valueIdentifier": {"system": _AMENDMENT, "value": entry.amendment_id},
            }
        ],
        "target": [{"reference": cited[key]} for key in keys if key in cited],
        "recorded": entry.recorded.astimezone(site.zone).isoformat(timespec="seconds"),
        "activity": {
            "coding": [coded((_OPERATION, _OPERATIONS[entry.change]))],
            "text": f"{entry.change.value} a session",
        },
        "agent": [{"type": author, "who": person(entry.by)}, software(f"horehab {site.version}")],
    }
    return provenance | ({"reason": [{"text": entry.reason}]} if entry.reason else {})


def is_of_amendment(provenance: Resource) -> bool:
    """Say whether a Provenance of ours tells who changed a session, and not why a suspicion stands as it does."""
    named = (child(each, "valueIdentifier") for each in children(provenance, "extension"))
    return any(each.get("system") == _AMENDMENT for each in named)
