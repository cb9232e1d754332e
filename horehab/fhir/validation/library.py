"""The definitions that we have: R4's own, our profiles and extensions, each read when it is first asked for."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from fhir_profiles import CANONICAL, load, names, r4_types
from horehab.fhir.validation import packages
from horehab.fhir.validation.schema import Definition, from_snapshot, from_table

_CORE = "http://hl7.org/fhir/StructureDefinition/"


def definition(name: str) -> Definition | None:
    """Find a definition by the name of its type ("Quantity") or its address; None when we do not have it."""
    address = name.partition("|")[0]
    further = packages.in_use()
    found = further.definitions.get(address) if further else None
    return found or _known(address)


@cache
def _known(address: str) -> Definition | None:
    if address.startswith(f"{CANONICAL}/StructureDefinition/"):
        return _ours(address)
    table = r4_types()
    short = address.removeprefix(_CORE)
    for key in (address, short):
        if key in table["types"]:
            return from_table(key, table["types"][key], table["constraints"])
    return None


def _ours(address: str) -> Definition | None:
    try:
        return from_snapshot(load(address))
    except LookupError:
        return None


def is_resource(kind: str) -> bool:
    """Say whether R4 has a resource of that name that can stand by itself."""
    tree: dict[str, Any] = r4_types()["types"].get(kind, {})
    return tree.get("kind") == "resource" and not tree.get("abstract") and "/" not in kind


def is_type(name: str) -> bool:
    """Say whether R4 has a data type of that name."""
    tree: dict[str, Any] = r4_types()["types"].get(name, {})
    return tree.get("kind") in ("complex-type", "primitive-type") and "/" not in name


@cache
def ancestors(kind: str) -> frozenset[str]:
    """List what a type is besides itself, as the context of an extension may name it."""
    if is_resource(kind):
        bare = kind in ("Bundle", "Binary", "Parameters")
        return frozenset({kind, "Resource", "Element"} | (set() if bare else {"DomainResource"}))
    return frozenset({kind, "Element"})


def our_profiles() -> Iterator[Definition]:
    """Give each profile of ours that is for a resource."""
    for name in names():
        found = definition(f"{CANONICAL}/StructureDefinition/{name}")
        if found is not None and found.type != "Extension":
            yield found


def is_ours(address: str) -> bool:
    """Say whether an address is one of those that we alone give."""
    return address.startswith(f"{CANONICAL}/")


def is_published_by_others(address: str) -> bool:
    """Say whether an extension is of somebody whose definitions we need not have: neither HL7's R4 nor ours."""
    return not is_ours(address) and not address.startswith(_CORE)
