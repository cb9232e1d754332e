"""What a programmer without horehab would write to understand an entry: codes looked up in tables, values taken.

It reads the codings, units and statuses that the benchmark's pages hold, and no others: nothing is set aside, no
doubt is seen. That is less than horehab does with every entry; the comparison is kind to its peers.
"""

from collections.abc import Iterator
from typing import Any

from fhir_profiles import CANONICAL
from horehab.fhir.basis.terminology import meanings

Row = tuple[str, str, str, str, float | None]
"""Reference, version, patient, kind of fact ("reading left hip flexion passive"), value."""

_COUNTS = frozenset({"final", "amended", "corrected"})
_PAIN = frozenset({("http://loinc.org", "72514-3"), ("http://snomed.info/sct", "1284857008")})
_PHOSPHATASE = ("http://loinc.org", "6768-6")
_MODE = f"{CANONICAL}/StructureDefinition/rom-mode"

Said = tuple[str | None, str | None, str | None, str | None]
"""Joint, side, motion, mode."""


def table() -> dict[tuple[str, str], Said]:
    """Give what each known coding says, in plain words."""

    def one(words: Any) -> str | None:
        return next(iter(words)).value if len(words) == 1 else None

    return {
        coding: (one(says.joints), one(says.sides), one(says.motions), one(says.modes))
        for coding, says in meanings().items()
    }


def rows_of_dict(resource: Any, codes: dict[tuple[str, str], Said]) -> Iterator[Row]:
    """Understand a resource that is a dict."""
    kind = resource["resourceType"]
    reference, version = f"{kind}/{resource['id']}", resource["meta"]["versionId"]
    patient = reference if kind == "Patient" else resource["subject"]["reference"]
    found = list(_facts_of_dict(resource, codes)) if kind == "Observation" else []
    for name, value in found or [(kind, None)]:
        yield reference, version, patient, name, value


def _facts_of_dict(resource: Any, codes: dict[tuple[str, str], Said]) -> Iterator[tuple[str, float | None]]:
    if resource["status"] not in _COUNTS or "dataAbsentReason" in resource:
        return
    body = resource["bodySite"].get("coding", []) if "bodySite" in resource else []
    around = [codes.get((each["system"], each["code"])) for each in body]
    modes = [each["valueCode"] for each in resource.get("extension", []) if each["url"] == _MODE]
    for part in [resource, *resource.get("component", [])]:
        codings = [(each.get("system", ""), each["code"]) for each in part["code"].get("coding", [])]
        quantity = part.get("valueQuantity")
        number = quantity["value"] if quantity else part.get("valueInteger")
        unit = quantity.get("code") if quantity else None
        fact = _fact(codings, (number, unit), [*(codes.get(each) for each in codings), *around], modes)
        if fact:
            yield fact


def rows_of_object(resource: Any, codes: dict[tuple[str, str], Said], *, kind: str) -> Iterator[Row]:
    """Understand a resource that is an object with FHIR's names as attributes."""
    reference, version = f"{kind}/{resource.id}", resource.meta.versionId
    patient = reference if kind == "Patient" else resource.subject.reference
    found = list(_facts_of_object(resource, codes)) if kind == "Observation" else []
    for name, value in found or [(kind, None)]:
        yield reference, version, patient, name, value


def _facts_of_object(resource: Any, codes: dict[tuple[str, str], Said]) -> Iterator[tuple[str, float | None]]:
    if resource.status not in _COUNTS or resource.dataAbsentReason is not None:
        return
    body = (resource.bodySite.coding or []) if resource.bodySite is not None else []
    around = [codes.get((each.system, each.code)) for each in body]
    modes = [each.valueCode for each in resource.extension or [] if each.url == _MODE]
    for part in [resource, *(resource.component or [])]:
        codings = [(each.system or "", each.code) for each in part.code.coding or []]
        quantity = part.valueQuantity
        number = quantity.value if quantity is not None else part.valueInteger
        unit = quantity.code if quantity is not None else None
        fact = _fact(codings, (number, unit), [*(codes.get(each) for each in codings), *around], modes)
        if fact:
            yield fact


def _fact(
    codings: list[tuple[str, str]], value: tuple[Any, str | None], says: list[Said | None], modes: list[str]
) -> tuple[str, float | None] | None:
    number, unit = value
    if number is None:
        return None
    joint, side, motion, mode = _together(says)
    if any(coding in _PAIN for coding in codings):
        return f"pain {side} {joint}", float(number)
    if _PHOSPHATASE in codings:
        return "alkaline phosphatase", float(number)
    if joint and side and motion and unit == "deg":
        return f"reading {side} {joint} {motion} {mode or (modes or ['unknown'])[0]}", float(number)
    return None


def _together(says: list[Said | None]) -> list[str | None]:
    parts: list[str | None] = [None, None, None, None]
    for said in says:
        if said:
            parts = [old or new for old, new in zip(parts, said, strict=True)]
    return parts
