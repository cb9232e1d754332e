"""Parts of a raw resource, taken without trusting that they have the shape that FHIR asks for."""

from collections.abc import Mapping
from decimal import Decimal
from math import isfinite
from typing import Any

from horehab.fhir.basis.quarantine import CannotRead

Tree = Mapping[str, Any]
"""A JSON object as it came."""


def numbered(node: Tree, name: str) -> list[tuple[int, Tree]]:
    """List the objects under a name with their places in the list; a single object counts as the first."""
    value = node.get(name)
    if isinstance(value, list):
        return [(place, part) for place, part in enumerate(value) if isinstance(part, dict)]
    return [(0, value)] if isinstance(value, dict) else []


def children(node: Tree, name: str) -> list[Tree]:
    """List the objects under a name; a single object counts as a list of one, anything else is left out."""
    value = node.get(name)
    if isinstance(value, list):
        return [part for part in value if isinstance(part, dict)]
    return [value] if isinstance(value, dict) else []


def child(node: Tree, name: str) -> Tree:
    """Take the first object under a name, or an empty one."""
    value = node.get(name)
    if isinstance(value, dict):
        return value
    return next((part for part in value if isinstance(part, dict)), {}) if isinstance(value, list) else {}


def word(node: Tree, name: str) -> str | None:
    """Take the text under a name, without blanks around it; None when there is none."""
    value = node.get(name)
    return value.strip() or None if isinstance(value, str) else None


def number(node: Tree, name: str) -> float | None:
    """Take the finite number under a name; None for anything else, for true and for "12" too."""
    value = node.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    try:
        taken = float(value)
    except OverflowError:
        return None
    return taken if isfinite(taken) else None


def value_given(node: Tree) -> str | None:
    """Name the form in which a value is given ("valueString"), or None when there is no value at all."""
    return next((name for name, value in node.items() if name.startswith("value") and value is not None), None)


def said(concept: Tree) -> str | None:
    """Say a coded concept in the chart's own words: its text, else the first display."""
    displays = (word(coding, "display") for coding in children(concept, "coding"))
    return word(concept, "text") or next((display for display in displays if display), None)


def extensions(node: Tree, url: str) -> list[Tree]:
    """List the extensions of a node that bear that URL."""
    return [extension for extension in children(node, "extension") if extension.get("url") == url]


def own_reference(resource: Tree) -> str:
    """Name a resource: "Observation/7"; the type alone, or "?", where it does not say."""
    kind, name = word(resource, "resourceType") or "?", word(resource, "id")
    return f"{kind}/{name}" if name else kind


def refuse_modifiers(node: Tree, path: str = "") -> None:
    """Refuse what carries a modifier that we do not know: FHIR forbids to read on; CannotRead."""
    for name in ("modifierExtension", "implicitRules"):
        if node.get(name):
            raise CannotRead("modifier", f"{path}.{name}" if path else name)
