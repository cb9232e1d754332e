"""Whether a code is in the list that an element is bound to: ours and R4's own; of others it is not known."""

from functools import cache, reduce
from typing import Any

from fhir_profiles import CANONICAL, codes, load, names, r4_codes
from horehab.fhir.validation import packages
from horehab.fhir.validation.contents import ANY, Content, Membership, overlap, united, without


def content_of(value_set: str, seen: frozenset[str] = frozenset()) -> Content | None:
    """Give what is in a value set; None when we do not have it, cannot read it, or have `seen` it on the way."""
    address = value_set.partition("|")[0]
    further = packages.in_use()
    tree = further.sets.get(address) if further else None
    if tree is None:
        return _known(address)
    try:
        return None if address in seen else _composed(tree, seen | {address})
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        return None


@cache
def _known(address: str) -> Content | None:
    if address.startswith(f"{CANONICAL}/ValueSet/"):
        return _ours(address)
    pairs = r4_codes()["sets"].get(address)
    if pairs is None:
        return None
    return {ANY if "/ValueSet/" in system else system: _listed(system, codes) for system, codes in pairs.items()}


def _listed(system: str, listed: Any) -> frozenset[str] | None:
    if listed == "all":
        return codes_of(system)
    return None if listed is None else frozenset(listed)


def _ours(address: str) -> Content | None:
    return _composed(load(address, "ValueSet")) if address.rpartition("/")[2] in names("ValueSet") else None


def _composed(tree: dict[str, Any], seen: frozenset[str] = frozenset()) -> Content:
    """Put a value set together: what any of its parts includes, but for what any part excludes."""
    included, excluded = (
        united(_part(part, seen) for part in tree["compose"].get(name, ())) for name in ("include", "exclude")
    )
    return without(included, excluded)


def _part(part: dict[str, Any], seen: frozenset[str]) -> Content:
    """Give what one part names: codes of a system, where they are in each of the further value sets that it names."""
    known = [content_of(each, seen) for each in part.get("valueSet", ())]
    found: list[Content] = [{ANY: None} if each is None else each for each in known]
    if "system" in part:
        found.insert(0, {part["system"]: _of_system(part["system"], part)})
    return reduce(overlap, found) if found else {}


def _of_system(system: str, part: dict[str, Any]) -> frozenset[str] | None:
    if "concept" in part:
        return frozenset(each["code"] for each in part["concept"])
    return None if "filter" in part else codes_of(system)


def codes_of(system: str) -> frozenset[str] | None:
    """List the codes of a code system that we have whole; None for any other."""
    further = packages.in_use()
    if further and system in further.systems:
        return further.systems[system]
    return frozenset(_displays(system)) if system.startswith(f"{CANONICAL}/") and _displays(system) else _core(system)


def _core(system: str) -> frozenset[str] | None:
    listed = r4_codes()["systems"].get(system)
    return None if listed is None else frozenset(listed)


@cache
def _displays(system: str) -> dict[str, str]:
    """Give the codes of a code system of ours, each with its word."""
    if system.rpartition("/")[2] not in names("CodeSystem") or not system.startswith(f"{CANONICAL}/CodeSystem/"):
        return {}
    return {each["code"]: each.get("display", "") for each in load(system, "CodeSystem")["concept"]}


def word_for(system: str, code: str) -> str:
    """Give the word that a code system of ours has for a code; "" for any other."""
    return _displays(system).get(code, "")


def is_code_of(system: str, code: str) -> Membership:
    """Say whether a code system has a code."""
    known = codes_of(system)
    if known is not None:
        return Membership.IN if code in known else Membership.OUT
    if system.startswith(f"{CANONICAL}/CodeSystem/"):
        return Membership.OUT
    return Membership.IN if (system, code) in _sure() else Membership.UNKNOWN


@cache
def _sure() -> frozenset[tuple[str, str]]:
    """List the codes of systems that we do not have whole, of which we are sure: our table's, and R4's own lists'."""
    found = {(row.system, row.code) for row in codes() if row.is_sure}
    for content in r4_codes()["sets"].values():
        for system, listed in content.items():
            found |= {(system, code) for code in listed} if isinstance(listed, list) else set()
    return frozenset(found)
