"""What a stored resource can be found by: one row per value of each search parameter, and per reference."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from horehab.sandbox.definitions import TYPES, Kind, Parameter, parameters
from horehab.sandbox.instants import FOREVER, Span, span
from horehab.sandbox.refusals import Refusal

REFERENCE_ROW = "*"
"""The name under which every reference to a resource of this server is indexed, whatever its element."""


class IndexRow(NamedTuple):
    """One value: token (system, code), reference (type, id) or date (first, last millisecond)."""

    name: str
    system: str
    code: str
    first: int | None = None
    last: int | None = None


def values_at(resource: Any, path: str) -> Iterator[Any]:
    """Walk a dotted path through objects and lists; what is missing yields nothing."""
    step, _, rest = path.partition(".")
    found = resource.get(step) if isinstance(resource, dict) else None
    for value in found if isinstance(found, list) else (found,):
        if value is None:
            continue
        if rest:
            yield from values_at(value, rest)
        else:
            yield value


def local_reference(text: object) -> tuple[str, str] | None:
    """Take "Type/id" (a version is dropped) of a type known here apart; anything else is None."""
    match text.split("/") if isinstance(text, str) else []:
        case [kind, name] | [kind, name, "_history", _] if kind in TYPES and name:
            return kind, name
    return None


def references(resource: Any) -> Iterator[str]:
    """Give the text of every reference in a resource, outside extensions and contained resources."""
    if isinstance(resource, list):
        for item in resource:
            yield from references(item)
    elif isinstance(resource, dict):
        reference = resource.get("reference")
        if isinstance(reference, str):
            yield reference
        for name, value in resource.items():
            if name not in ("extension", "modifierExtension", "contained", "text"):
                yield from references(value)


def _tokens(name: str, value: Any) -> Iterator[IndexRow]:
    if isinstance(value, bool):
        yield IndexRow(name, "", "true" if value else "false")
    elif isinstance(value, str):
        yield IndexRow(name, "", value)
    elif isinstance(value, dict):
        if isinstance(value.get("coding"), list):
            for coding in value["coding"]:
                yield from _tokens(name, coding)
        code = value.get("code", value.get("value"))
        if isinstance(code, str):
            yield IndexRow(name, str(value.get("system") or ""), code)


def _span_of(value: Any) -> Span:
    if isinstance(value, dict):
        first, last = value.get("start"), value.get("end")
        return (span(first)[0] if first else FOREVER[0]), (span(last)[1] if last else FOREVER[1])
    return span(value)


def _dates(name: str, value: Any) -> Iterator[IndexRow]:
    try:
        first, last = _span_of(value)
    except (Refusal, TypeError):
        return  # a broken date loaded on purpose is kept, but cannot be found by date
    yield IndexRow(name, "", "", first, last)


def _rows(name: str, parameter: Parameter, value: Any) -> Iterator[IndexRow]:
    if parameter.kind is Kind.DATE:
        yield from _dates(name, value)
    elif parameter.kind is Kind.REFERENCE:
        target = local_reference(value.get("reference")) if isinstance(value, dict) else None
        if target and parameter.target in ("", target[0]):
            yield IndexRow(name, *target)
    else:
        yield from _tokens(name, value)


def index_rows(resource: dict[str, Any]) -> set[IndexRow]:
    """Make all rows of a resource of a known type; values of an unexpected shape are not indexed."""
    found = {
        row
        for name, parameter in parameters(resource["resourceType"]).items()
        for path in parameter.paths
        for value in values_at(resource, path)
        for row in _rows(name, parameter, value)
    }
    targets = {target for text in references(resource) if (target := local_reference(text))}
    return found | {IndexRow(REFERENCE_ROW, *target) for target in targets}
