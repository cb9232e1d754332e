"""References between resources, and our own identifiers: who is meant, and which entry of ours it carries."""

import re
from collections.abc import Mapping
from typing import Any

from fhir_profiles import CANONICAL
from horehab.fhir.basis import ours
from horehab.fhir.basis.elements import Tree, child, children, extensions, word
from horehab.fhir.basis.site import Site

IDENTIFIERS = f"{CANONICAL}/id/"
"""Our identifier systems begin so; session, measurement, task, suspicion and reasons follow."""

_RELATIVE = re.compile(r"([A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64})(/_history/[A-Za-z0-9\-.]{1,64})?")
_SUSPICION_ID = re.compile(r"hr-[0-9a-f]{32}")
_REASONS_ID = re.compile(r"hr-[0-9a-f]{32}-[0-9a-f]{16}")


def target_of(reference: Tree, site: Site) -> str | None:
    """Say what a reference points to: "Patient/7", or "urn:uuid:..." for an entry of ours cited by identifier.

    An absolute address counts when it lies on this site's server; one elsewhere, a contained one and one
    that cannot be followed give None.
    """
    text = word(reference, "reference") or ""
    if site.base and text.startswith(site.base.rstrip("/") + "/"):
        text = text[len(site.base.rstrip("/")) + 1 :]
    match = _RELATIVE.fullmatch(text)
    if match:
        return match[1]
    identifier = child(reference, "identifier")
    value = word(identifier, "value")
    if value and (word(identifier, "system") or "").startswith(IDENTIFIERS):
        return f"urn:uuid:{value}"
    return None


def called(reference: Tree, site: Site) -> str | None:
    """Name whom a reference means: what it points to, else how it is displayed."""
    return target_of(reference, site) or word(reference, "reference") or word(reference, "display")


def patient_of(resource: Tree, site: Site) -> str | None:
    """Say whose a resource is: "Patient/7"; None when it does not say or points elsewhere."""
    for name in ("subject", "patient", "for"):
        target = target_of(child(resource, name), site)
        if target and target.startswith("Patient/"):
            return target
    actors = (target_of(child(each, "actor"), site) for each in children(resource, "participant"))
    return next((actor for actor in actors if actor and actor.startswith("Patient/")), None)


def own_key(resource: Tree) -> str | None:
    """Name the entry of ours that a resource carries, as `entry_key` does ("session:4f2e"); None for others'."""
    beside = [
        each for part in extensions(resource, ours.OWN_IDENTIFIER) for each in children(part, "valueIdentifier")
    ]
    for identifier in [*children(resource, "identifier"), *beside]:
        system, value = word(identifier, "system") or "", word(identifier, "value")
        if value and system.startswith(IDENTIFIERS):
            return f"{system[len(IDENTIFIERS) :]}:{value}"
    name = word(resource, "id") or ""
    kind = resource.get("resourceType")
    if kind == "Condition" and _SUSPICION_ID.fullmatch(name):
        return f"suspicion:{name}"
    return f"reasons:{name}" if kind == "Provenance" and _REASONS_ID.fullmatch(name) else None


def pointing_to(reference: str, cited: Mapping[str, str], *, kind: str = "measurement") -> dict[str, Any]:
    """Write a reference to something in the chart, or to an entry of ours that may not be there yet.

    The part of a component ("#component[2]") is left out. "urn:uuid:<id>" becomes the reference that `cited`
    gives for "<kind>:<id>", else our identifier.
    """
    whole = reference.split("#", 1)[0]
    if not whole.startswith("urn:uuid:"):
        return {"reference": whole} if _RELATIVE.fullmatch(whole) else {"display": whole}
    name = whole.removeprefix("urn:uuid:")
    if f"{kind}:{name}" in cited:
        return {"reference": cited[f"{kind}:{name}"]}
    return {"identifier": {"system": IDENTIFIERS + kind, "value": name}}


def person(name: str) -> dict[str, Any]:
    """Write who did something: a reference where it is one, else the name as it is to be shown."""
    return {"reference": name} if _RELATIVE.fullmatch(name) else {"display": name}
