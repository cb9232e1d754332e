"""Whether a code is in the list that an element is bound to: ours and R4's own; of others it is not known."""

from enum import Enum
from functools import cache
from typing import Any

from fhir_profiles import CANONICAL, codes, load, names, r4_codes
from horehab.fhir.validation import packages

Content = dict[str, frozenset[str] | None]
"""Code system -> its codes in a value set; None where nobody of ours lists them."""


class Membership(Enum):
    """Whether something is in a list."""

    IN = "in"
    OUT = "out"
    UNKNOWN = "unknown"


def content_of(value_set: str) -> Content | None:
    """Give what is in a value set; None when we do not have it."""
    address = value_set.partition("|")[0]
    further = packages.in_use()
    tree = further.sets.get(address) if further else None
    return _composed(tree) if tree else _known(address)


@cache
def _known(address: str) -> Content | None:
    if address.startswith(f"{CANONICAL}/ValueSet/"):
        return _ours(address)
    pairs = r4_codes()["sets"].get(address)
    return None if pairs is None else {system: _listed(system, codes) for system, codes in pairs.items()}


def _listed(system: str, listed: Any) -> frozenset[str] | None:
    if listed == "all":
        return codes_of(system)
    return None if listed is None else frozenset(listed)


def _ours(address: str) -> Content | None:
    return _composed(load(address, "ValueSet")) if address.rpartition("/")[2] in names("ValueSet") else None


def _composed(tree: dict[str, Any]) -> Content:
    found: Content = {}
    for include in tree["compose"].get("include", ()):
        for other in include.get("valueSet", ()):
            found |= content_of(other) or {other: None}
        if "system" not in include:
            continue
        system = include["system"]
        if "concept" in include:
            listed: frozenset[str] | None = frozenset(each["code"] for each in include["concept"])
        else:
            listed = None if "filter" in include else codes_of(system)
        held = found.get(system, frozenset())
        found[system] = None if listed is None or held is None else held | listed
    return found


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


def holds(content: Content, system: str | None, code: str | None) -> Membership:
    """Say whether a value set holds a code; without its system it does when any system of the set has it."""
    if code is None:
        return Membership.OUT
    if system is not None:
        if system not in content:
            return Membership.UNKNOWN if any("/ValueSet/" in each for each in content) else Membership.OUT
        return _among(content[system], code)
    found = {_among(listed, code) for listed in content.values()}
    return next((each for each in (Membership.IN, Membership.UNKNOWN) if each in found), Membership.OUT)


def _among(listed: frozenset[str] | None, code: str) -> Membership:
    if listed is None:
        return Membership.UNKNOWN
    return Membership.IN if code in listed else Membership.OUT
