"""Which of the named parts of a list a value is: told by what the definition says tells them apart."""

from collections.abc import Callable, Mapping
from typing import Any

from horehab.fhir.validation.schema import Definition, Element

IsValid = Callable[[Any, str], bool]
"""Says whether a value keeps a profile."""

Find = Callable[[str], Definition | None]


def agrees(pattern: Any, value: Any) -> bool:
    """Say whether a value has all that a pattern has."""
    if isinstance(pattern, Mapping):
        return isinstance(value, Mapping) and all(
            name in value and agrees(each, value[name]) for name, each in pattern.items()
        )
    if isinstance(pattern, list):
        return isinstance(value, list) and all(any(agrees(each, one) for one in value) for each in pattern)
    return bool(pattern == value and isinstance(pattern, bool) == isinstance(value, bool))


def is_slice(value: Any, kind: str, part: Element, by: Element, tools: tuple[Find, IsValid]) -> bool:
    """Say whether a value, of a type, is the part of the list `by`, by every discriminator of it."""
    assert by.slicing is not None
    return all(_tells(value, kind, part, pair, tools) for pair in by.slicing.discriminators)


def _tells(value: Any, kind: str, part: Element, pair: tuple[str, str], tools: tuple[Find, IsValid]) -> bool:
    how, path = pair
    find, is_valid = tools
    if how == "type" and path == "$this":
        return kind in {use.code for use in part.types}
    if how == "profile":
        wanted = [profile for use in _at(part, path, find).types for profile in (*use.profiles, *use.targets)]
        return any(is_valid(each, profile) for each in _values(value, path) for profile in wanted)
    element = _at(part, path, find)
    if how == "exists":
        return bool(_values(value, path)) == (element.most > 0)
    if how == "type":
        return any(_has_type(value, path, use.code) for use in element.types)
    return any(_is_value(each, element, part) for each in _values(value, path))


def _has_type(value: Any, path: str, code: str) -> bool:
    """Say whether the element at a path is there in a type: JSON has it in the name, a resource in itself."""
    if any(isinstance(each, dict) and each.get("resourceType") == code for each in _values(value, path)):
        return True
    return bool(_values(value, f"{path}{code[:1].upper()}{code[1:]}"))


def _is_value(value: Any, element: Element, part: Element) -> bool:
    """Say whether a value is what a slice fixes, has as its pattern, or names as its extension."""
    for fixed in (*element.fixed, *element.pattern):
        if not agrees(fixed, value):
            return False
    if not (element.fixed or element.pattern):
        if element.name == "url" and part.types and part.types[0].profiles:
            return value in part.types[0].profiles
        children = [child for child in element.children if child.fixed or child.pattern]
        return bool(children) and all(
            any(_is_value(each, child, part) for each in _values(value, child.name)) for child in children
        )
    return True


def _at(part: Element, path: str, find: Find) -> Element:
    """Go down a path of names in a definition, into the definitions of types where it has to."""
    element = part
    for name in _steps(path):
        below = element.by_name or _type_children(element, find)
        below = {key.removesuffix("[x]"): each for key, each in below.items()}
        if name not in below:
            return element
        element = below[name]
    return element


def _type_children(element: Element, find: Find) -> dict[str, Element]:
    use = element.types[0] if element.types else None
    definition = find(use.profiles[0] if use.profiles else use.code) if use else None
    return definition.root.by_name if definition else {}


def _steps(path: str) -> list[str]:
    return [] if path == "$this" else [name for name in path.removeprefix("$this.").split(".") if name != "resolve()"]


def _values(value: Any, path: str) -> list[Any]:
    """Give what stands at a path of names below a value."""
    found = [value]
    for name in _steps(path):
        below = [each[name] for each in found if isinstance(each, dict) and name in each]
        found = [one for each in below for one in (each if isinstance(each, list) else [each])]
    return found
