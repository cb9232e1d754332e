"""One entry of a Bundle becomes one item, whatever it holds: what cannot be read is set aside, never lost."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from horehab.fhir import verbatim
from horehab.fhir.pages import Entry
from horehab.usecases.exchange import ChartItem, Unreadable

Understand = Callable[[dict[str, Any], bytes], ChartItem]
"""Turns a resource and its verbatim text into an item; by `horehab.fhir.reading`."""


def item_of(kind: str, entry: Entry, understand: Understand) -> ChartItem:
    """Understand one entry of a search for a kind; never raises for what it holds."""
    try:
        resource = verbatim.read(entry.source)
    except verbatim.NotJson as error:
        return _aside(kind, entry, code="not-json", detail=f"It is {error}.")
    if not isinstance(resource, dict):
        return _aside(kind, entry, code="not-a-resource", detail="It is no FHIR resource, only a bare value.")
    found = resource.get("resourceType")
    if found != kind and entry.mode != "include":
        detail = f"The server was asked for {kind} and sent something else."
        return _aside(kind, entry, code="wrong-kind", detail=detail, path=f"{entry.path}.resourceType")
    return understood(resource, entry.source, understand, path=entry.path)


def understood(resource: dict[str, Any], source: bytes, understand: Understand, *, path: str) -> ChartItem:
    """Understand a resource; one that the translators fail on is set aside instead of stopping the others."""
    try:
        return understand(resource, source)
    except Exception as error:  # noqa: BLE001  # one broken resource must never stop the other n-1
        kind = str(resource.get("resourceType"))[:40]
        entry = Entry(path=path, source=source)
        detail = f"It could not be read for a reason that nobody foresaw ({type(error).__name__}); please report it."
        return _aside(kind, entry, code="unexpected", detail=detail, reference=_reference(resource))


def _aside(
    kind: str, entry: Entry, *, code: str, detail: str, path: str | None = None, reference: str | None = None
) -> ChartItem:
    """Keep what cannot be read under a name of its own that stays the same from pass to pass."""
    print_ = sha256(entry.source).hexdigest()[:16]
    return ChartItem(
        reference=reference or f"{kind}/unreadable-{print_}",
        version=print_,
        patient=None,
        source=entry.source,
        unreadable=(Unreadable(code=code, path=path or entry.path, detail=detail),),
    )


def _reference(resource: dict[str, Any]) -> str | None:
    identity = resource.get("id")
    return f"{resource.get('resourceType')}/{identity}" if isinstance(identity, str) else None
