"""By which definitions a resource is checked: the one asked for, those that it names itself, else its base type."""

from collections.abc import Mapping
from typing import Any

from horehab.fhir.validation.issues import Issue, Severity, shown
from horehab.fhir.validation.library import definition, is_ours
from horehab.fhir.validation.schema import Definition

Tree = Mapping[str, Any]


def definitions_for(tree: Tree, kind: str, path: str, profile: str | None) -> tuple[list[Definition], list[Issue]]:
    """Give the definitions to check by, at least the base type, and what is wrong with those that are named."""
    found: list[Definition] = []
    problems: list[Issue] = []
    for address in dict.fromkeys([*([profile] if profile else []), *_named(tree)]):
        each = definition(address)
        if each is None:
            problems.append(_unknown(address, path))
        elif each.type != kind:
            problems.append(_for_another(address, each.type, path))
        else:
            found.append(each)
    base = definition(kind)
    assert base is not None
    return found or [base], problems


def _named(tree: Tree) -> list[str]:
    meta = tree.get("meta")
    named = meta.get("profile") if isinstance(meta, dict) else None
    return [each for each in named if isinstance(each, str)] if isinstance(named, list) else []


def _unknown(address: str, path: str) -> Issue:
    if not is_ours(address):
        return Issue(
            severity=Severity.NOT_CHECKED,
            path=f"{path}.meta.profile",
            rule="profile",
            words="we do not have this profile, so nothing was checked by it",
            remedy="Ask a validator that has it.",
            value=shown(address),
        )
    return Issue(
        severity=Severity.ERROR,
        path=f"{path}.meta.profile",
        rule="profile",
        words="there is no such profile",
        remedy="Correct the address; docs/integration.md lists ours.",
        value=shown(address),
    )


def _for_another(address: str, kind: str, path: str) -> Issue:
    return Issue(
        severity=Severity.ERROR,
        path=f"{path}.meta.profile",
        rule="profile",
        words=f"this profile is for {kind}",
        remedy="Name a profile of this type of resource.",
        value=shown(address),
    )
