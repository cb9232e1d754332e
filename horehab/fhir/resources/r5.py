"""R5 resources in the R4 shape that the translators read; the text beside them stays as the server sent it.

Only elements whose form differs are touched, so that a resource of R4 or R4B goes through unchanged. Sources: the
pages of R5 (https://hl7.org/fhir/R5/procedure.html and its like), each with its list of differences from R4B.
"""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

Resource = dict[str, Any]

_RENAMED: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "Appointment": {"cancellationReason": "cancelationReason"},
        "CommunicationRequest": {"informationProvider": "sender"},
        "DetectedIssue": {"subject": "patient"},
        "Encounter": {"actualPeriod": "period", "admission": "hospitalization"},
        "Location": {"form": "physicalType"},
        "MedicationAdministration": {
            **{
                f"{stem}{form}": f"effective{form}"
                for stem in ("occurence", "occurrence")
                for form in ("DateTime", "Period")
            },
            "encounter": "context",
        },
        "MedicationRequest": {"reported": "reportedBoolean"},
        "MedicationStatement": {"encounter": "context"},
        "Procedure": {
            f"occurrence{form}": f"performed{form}" for form in ("DateTime", "Period", "String", "Age", "Range")
        },
    }
)
"""Elements that only bear another name; R5 itself spells MedicationAdministration.occurence so."""

_REASON = {"reason": ("reasonCode", "reasonReference")}
_MEDICATION = {"medication": ("medicationCodeableConcept", "medicationReference")}
_PARTED: Mapping[str, Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "Appointment": {**_REASON, "serviceType": ("serviceType", "")},
        "CommunicationRequest": _REASON,
        "Encounter": {"serviceType": ("serviceType", "")},
        "MedicationAdministration": {**_MEDICATION, **_REASON},
        "MedicationRequest": {**_MEDICATION, **_REASON},
        "MedicationStatement": {**_MEDICATION, **_REASON},
        "Procedure": {
            **_REASON,
            "used": ("usedCode", "usedReference"),
            "complication": ("complication", "complicationDetail"),
        },
        "ServiceRequest": {"code": ("code", ""), **_REASON},
        "Task": {**_REASON, "requestedPerformer": ("performerType", "")},
    }
)
"""Elements that hold a code or a reference in one (CodeableReference), and the two that R4 has for them."""

_SINGLE = frozenset({("Task", "reasonCode"), ("Task", "reasonReference")})
"""Elements that R4 allows once where R5 has a list: the first one stays."""

_ENCOUNTER_STATUS = MappingProxyType(
    {"completed": "finished", "discharged": "finished", "discontinued": "finished", "on-hold": "onleave"}
)
_RECORDERS = frozenset({"author", "enterer", "recorder"})


def is_r5(fhir_version: str) -> bool:
    """Say whether a version of FHIR, as the server names it, is R5 ("5.0.0")."""
    return fhir_version.startswith("5.")


def as_r4(resource: Resource) -> Resource:
    """Give a resource in the shape of R4, the given one untouched; never raises, whatever it holds."""
    kind = resource.get("resourceType")
    if not isinstance(kind, str):
        return resource
    shaped = _renamed(resource, _RENAMED.get(kind, {}))
    for name, targets in _PARTED.get(kind, {}).items():
        shaped = _parted(shaped, name, targets)
    return _ALONE[kind](shaped) if kind in _ALONE else shaped


def _renamed(resource: Resource, names: Mapping[str, str]) -> Resource:
    """Rename elements, and what R5 says beside a primitive ("_occurrenceDateTime"); what R4 says already stays."""
    both = {**names, **{f"_{old}": f"_{new}" for old, new in names.items()}}
    return {
        (both[name] if name in both and both[name] not in resource else name): value
        for name, value in resource.items()
    }


def _parted(resource: Resource, name: str, targets: tuple[str, str]) -> Resource:
    value = resource.get(name)
    given = value if isinstance(value, list) else [value]
    if not any(_is_codeable_reference(each) for each in given):
        return resource
    concepts = [concept for each in given if (concept := _concept(each, is_only=not targets[1]))]
    references = [found for each in given if (found := _dict(each).get("reference")) and isinstance(found, dict)]
    shaped = {key: content for key, content in resource.items() if key != name}
    is_list = isinstance(value, list) and (str(resource["resourceType"]), targets[0]) not in _SINGLE
    for target, found in zip(targets, (concepts, references), strict=True):
        if target and found:
            shaped[target] = found if is_list else found[0]
    return shaped


def _is_codeable_reference(value: Any) -> bool:
    return isinstance(value, dict) and any(isinstance(value.get(name), dict) for name in ("concept", "reference"))


def _concept(value: Any, *, is_only: bool) -> Any:
    """Take the concept out; where R4 has no place for the reference, its display is the text."""
    if not _is_codeable_reference(value):
        return value
    if value.get("concept"):
        return value["concept"]
    display = value["reference"].get("display") if isinstance(value.get("reference"), dict) else None
    return {"text": display} if is_only and isinstance(display, str) else None


def _condition(resource: Resource) -> Resource:
    shaped = dict(resource)
    evidence = resource.get("evidence")
    if isinstance(evidence, list):
        shaped["evidence"] = [_evidence(each) for each in evidence]
    for participant in _dicts(shaped.pop("participant", None)):
        codes = {str(coding.get("code")) for coding in _dicts(_dict(participant.get("function")).get("coding"))}
        name = "recorder" if codes & _RECORDERS else "asserter"
        if isinstance(participant.get("actor"), dict):
            shaped.setdefault(name, participant["actor"])
    return shaped


def _evidence(value: Any) -> Any:
    if not _is_codeable_reference(value):
        return value
    shaped = {name: content for name, content in value.items() if name not in ("concept", "reference")}
    for name, target in (("concept", "code"), ("reference", "detail")):
        if value.get(name):
            shaped[target] = [value[name]]
    return shaped


def _encounter(resource: Resource) -> Resource:
    shaped = dict(resource)
    classes = resource.get("class")
    if isinstance(classes, list):
        shaped["class"] = list(_codings(classes))
    status = resource.get("status")
    if isinstance(status, str):
        shaped["status"] = _ENCOUNTER_STATUS.get(status, status)
    reasons = [value for each in _dicts(shaped.pop("reason", None)) for value in _dicts(each.get("value"))]
    if reasons:
        shaped = _parted({**shaped, "reason": reasons}, "reason", _REASON["reason"])
    if isinstance(resource.get("participant"), list):
        shaped["participant"] = [_actor_named(each) for each in resource["participant"]]
    return shaped


def _actor_named(participant: Any) -> Any:
    if not isinstance(participant, dict) or "actor" not in participant:
        return participant
    return {("individual" if name == "actor" else name): value for name, value in participant.items()}


def _codings(concepts: Iterable[Any]) -> Iterable[Any]:
    """Take the codings of all classes: R4 has one, but the second must not be lost."""
    for concept in concepts:
        yield from _dicts(_dict(concept).get("coding")) or [concept]


def _dict(value: Any) -> Resource:
    return value if isinstance(value, dict) else {}


def _dicts(value: Any) -> list[Resource]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


_ALONE: Mapping[str, Callable[[Resource], Resource]] = MappingProxyType(
    {"Condition": _condition, "Encounter": _encounter}
)
"""Kinds that differ in more than names and codes."""
