"""Puts a resource into a server that gives its own ids: once, by our identifier, whatever its headers are worth."""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from horehab.domain.entries import Delivery, Outcome
from horehab.fhir.basis import verbatim
from horehab.fhir.wire.answers import version_of
from horehab.fhir.wire.client import Client
from horehab.fhir.wire.pages import SearchRefused, walk
from horehab.fhir.writing.comparison import carries
from horehab.fhir.writing.placing import CLASHES, Decide, revise
from horehab.fhir.writing.rights import is_the_same_thing, is_untouched
from horehab.fhir.writing.standing import Settled, Standing

Resource = Mapping[str, Any]

_VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"


def place_by_identifier(client: Client, wanted: Resource, decide: Decide) -> Delivery:
    """Make the chart say what is wanted, under an id that the server gives.

    Looks by our identifier first; creates with If-None-Exist; looks again, because that header is not to be
    trusted; of doubles the one that a person worked on is ours from then on, else the oldest: the others are
    ended after the deliveries (doubles.py). Raises Settled and the client's errors.
    """
    found = _standing(client, wanted)
    if not found:
        body = {name: value for name, value in wanted.items() if name != "id"}
        answer = client.send("POST", wanted["resourceType"], body, headers=_if_none_exist(wanted))
        if not answer.is_success and answer.status not in CLASHES:
            raise Settled(Outcome.REFUSED, f"The server does not take it ({answer.reason()}).")
        found = _standing(client, wanted)
    if not found:
        return Delivery(outcome=Outcome.LATER, detail="The server took it, and does not show it yet.")
    return revise(client, _chosen(client, wanted, found).reference, decide)


def is_there(client: Client, wanted: Resource) -> bool:
    """Tell whether what is wanted stands there already, under whatever id."""
    return bool(_standing(client, wanted))


def find_ours(client: Client, kind: str, system: str, value: str) -> str | None:
    """Find the reference of what bears our identifier; of several the oldest that stands; None when none does."""
    wanted = {"resourceType": kind, "identifier": [{"system": system, "value": value}]}
    found = _standing(client, wanted)
    return found[0].reference if found else None


def _standing(client: Client, wanted: Resource) -> list[Standing]:
    """List what stands there already as the thing that is wanted, oldest first, without what was ended."""
    mine = [each for each in search(client, wanted["resourceType"], _query(wanted)) if _is_it(wanted, each.resource)]
    return oldest_first(each for each in mine if not is_error(each.resource)) or oldest_first(mine)


def search(client: Client, kind: str, query: Mapping[str, str]) -> list[Standing]:
    """List what a search finds, all pages of it; Settled when it cannot be asked or is not complete."""
    found: list[Standing] = []
    try:
        for page in walk(client, kind, dict(query)):
            if page.problems:
                raise Settled(Outcome.LATER, f"The search for it was not complete ({page.problems[0]}).")
            resources = [verbatim.keep(entry.source) for entry in page.entries if entry.source]
            found += [_as_standing(r) for r in resources if isinstance(r, dict) and r.get("resourceType") == kind]
    except SearchRefused as refusal:
        raise Settled(Outcome.REFUSED, f"The server cannot be asked whether it is there ({refusal}).") from refusal
    return found


def oldest_first(found: Iterable[Standing]) -> list[Standing]:
    """Order by when the server last stored it, then by its id."""
    return sorted(found, key=lambda each: (str(each.resource.get("meta", {}).get("lastUpdated")), each.reference))


def _chosen(client: Client, wanted: Resource, found: list[Standing]) -> Standing:
    """Choose one of several: the one that a person worked on, else the oldest; Settled when it was several."""
    if len(found) == 1 or "target" in wanted:
        return found[0]
    touched = [each for each in found if not is_untouched(client, each, wanted, frozenset())]
    if len(touched) > 1:
        raise Settled(Outcome.CONFLICT, f"It stands in the chart {len(found)} times, and people worked on them.")
    return touched[0] if touched else found[0]


def as_error(resource: Resource) -> Resource:
    """Give a resource as one that was entered in error."""
    if resource["resourceType"] != "Condition":
        return {**resource, "status": "entered-in-error"}
    state = {"coding": [{"system": _VERIFICATION, "code": "entered-in-error"}]}
    kept = {name: value for name, value in resource.items() if name != "clinicalStatus"}
    return {**kept, "verificationStatus": state}


def is_error(resource: Resource) -> bool:
    """Tell whether a resource stands as entered in error."""
    state = as_error(resource)
    return carries(state, resource) and "clinicalStatus" not in resource


def _is_it(wanted: Resource, found: Resource) -> bool:
    return is_the_same_thing(wanted, found) if wanted.get("identifier") else carries(wanted, found)


def _query(wanted: Resource) -> dict[str, str]:
    """Ask by our identifier; a Provenance has none, and is asked for by what it is about."""
    if wanted.get("identifier"):
        return {"identifier": token_of(wanted)}
    return {"target": wanted["target"][0].get("reference", "")}


def token_of(wanted: Resource) -> str:
    """Write our identifier of a resource as a search wants it."""
    identifier = wanted["identifier"]
    first = identifier[0] if isinstance(identifier, list) else identifier
    return f"{first['system']}|{_escaped(first['value'])}"


def _escaped(value: str) -> str:
    """Write a value for a token search, in which bars, commas and dollars have a meaning of their own."""
    return re.sub(r"([\\|,$])", r"\\\1", value)


def _if_none_exist(wanted: Resource) -> dict[str, str]:
    return {"If-None-Exist": urlencode(_query(wanted))} if wanted.get("identifier") else {}


def _as_standing(resource: dict[str, Any]) -> Standing:
    reference = f"{resource['resourceType']}/{resource.get('id')}"
    return Standing(reference=reference, version=version_of(resource) or "", resource=resource)
