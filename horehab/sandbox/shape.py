"""The base shape of a resource as FHIR R4 has it: required elements, types, status codes, a few invariants.

fhir.resources.R4B does the checking and nothing else: what is kept is the text that was sent.
"""

import json
from collections.abc import Iterator
from functools import cache
from types import MappingProxyType
from typing import Any

from fhir.resources.R4B import get_fhir_model_class
from pydantic import BaseModel, ValidationError

from horehab.sandbox.refusals import Refusal
from horehab.sandbox.wording import write_json

_OVER = frozenset({"inactive", "resolved", "remission"})
_CLINICAL = _OVER | {"active", "recurrence", "relapse"}
_VERIFICATION = frozenset({"unconfirmed", "provisional", "differential", "confirmed", "refuted", "entered-in-error"})
_OBSERVED = ("registered", "preliminary", "final", "amended", "corrected", "cancelled", "entered-in-error", "unknown")
_ABRIDGED = MappingProxyType({"Observation.status": _OBSERVED})
"""Lists that fhir.resources abridges with a plus sign, in full (https://hl7.org/fhir/R4/valueset-observation-status.html)."""


@cache
def _model(kind: str) -> type[BaseModel]:
    model = get_fhir_model_class(kind)
    assert issubclass(model, BaseModel)
    return model


@cache
def _choices(kind: str) -> dict[str, tuple[str, ...]]:
    """List the elements of a type that take their value from a fixed list of codes, such as status."""
    found = {}
    for name, field in _model(kind).model_fields.items():
        extra = field.json_schema_extra
        values = extra.get("enum_values") if isinstance(extra, dict) else None
        if isinstance(values, list):
            codes = tuple(str(value) for value in values)
            found[field.alias or name] = _ABRIDGED.get(f"{kind}.{name}", codes)
    return {name: codes for name, codes in found.items() if "+" not in codes}


def _codes(concept: object) -> set[str]:
    codings = concept.get("coding", ()) if isinstance(concept, dict) else ()
    return {str(coding.get("code")) for coding in codings if isinstance(coding, dict)}


def _condition_problems(resource: dict[str, Any]) -> Iterator[str]:
    clinical, verification = _codes(resource.get("clinicalStatus")), _codes(resource.get("verificationStatus"))
    for name, codes, allowed in (
        ("clinicalStatus", clinical, _CLINICAL),
        ("verificationStatus", verification, _VERIFICATION),
    ):
        if unknown := codes - allowed:
            yield f"Condition.{name}: {', '.join(sorted(unknown))} is not one of {', '.join(sorted(allowed))}"
    is_wrong = "entered-in-error" in verification
    if is_wrong and resource.get("clinicalStatus"):
        yield "con-5: Condition.clinicalStatus shall not be present if verificationStatus is entered-in-error"
    is_abated = any(name.startswith("abatement") for name in resource)
    if is_abated and not clinical & _OVER:
        yield "con-4: if a condition is abated, then clinicalStatus must be inactive, resolved, or remission"


def _observation_problems(resource: dict[str, Any]) -> Iterator[str]:
    has_value = any(name.startswith("value") for name in resource)
    if has_value and resource.get("dataAbsentReason"):
        yield "obs-6: dataAbsentReason shall only be present if Observation.value[x] is not present"


def _problems(resource: dict[str, Any]) -> Iterator[str]:
    kind = resource["resourceType"]
    for name, allowed in _choices(kind).items():
        if (value := resource.get(name)) is not None and value not in allowed:
            yield f"{kind}.{name}: {value!r} is not one of {', '.join(allowed)}"
    if kind == "Condition":
        yield from _condition_problems(resource)
    elif kind == "Observation":
        yield from _observation_problems(resource)


def check_shape(resource: dict[str, Any]) -> None:
    """Pass a resource that R4 would accept; Refusal 422 names what is wrong."""
    kind = resource["resourceType"]
    try:
        _model(kind).model_validate(json.loads(write_json(resource)))
    except ValidationError as error:
        said = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()[:5])
        raise Refusal(422, f"{kind} is not valid: {said}.") from error
    if problems := tuple(_problems(resource)):
        raise Refusal(422, f"{kind} is not valid: {'; '.join(problems)}.")
