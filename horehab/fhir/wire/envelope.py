"""One entry of a Bundle becomes one item, whatever it holds: what cannot be read is set aside, never lost."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from horehab.fhir.basis import verbatim
from horehab.fhir.wire.pages import Entry
from horehab.usecases.exchange import ChartItem, Item, Unreadable
from horehab.usecases.written import WrittenItem

Understand = Callable[[dict[str, Any], bytes], ChartItem]
"""Turns a resource and its verbatim text into an item, and never raises; by `horehab.fhir.reading`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """The tolerant translators, and beside them the quick readers of what is plain, by kind of resource.

    A quick reader understands an entry as `tolerant` would, or gives None where that has to be asked.
    """

    tolerant: Understand
    quick: Mapping[str, Callable[[bytes], WrittenItem | None]]

    def __call__(self, resource: dict[str, Any], source: bytes) -> ChartItem:
        """Understand a resource by the tolerant translators."""
        return self.tolerant(resource, source)


def items_of(kind: str, entries: Iterable[Entry], understand: Understand) -> tuple[Item, ...]:
    """Understand the entries of a search for a kind, in their order; never raises for what they hold."""
    quick = understand.quick.get(kind, _nothing) if isinstance(understand, Readers) else _nothing
    return tuple([quick(entry.source) or carefully(kind, entry, understand) for entry in entries])


def item_of(kind: str, entry: Entry, understand: Understand) -> Item:
    """Understand one entry of a search for a kind; never raises for what it holds."""
    return items_of(kind, (entry,), understand)[0]


def _nothing(_: bytes) -> None:
    """Read nothing quickly."""


def carefully(kind: str, entry: Entry, understand: Understand) -> ChartItem:
    """Understand one entry by the tolerant translators; never raises for what it holds."""
    try:
        resource = verbatim.read(entry.source)
    except verbatim.NotJson as error:
        return _aside(kind, entry, Unreadable(code="not-json", path=entry.path, detail=f"It is {error}."))
    if not isinstance(resource, dict):
        detail = "It is no FHIR resource, only a bare value."
        return _aside(kind, entry, Unreadable(code="not-a-resource", path=entry.path, detail=detail))
    if resource.get("resourceType") != kind and entry.mode != "include":
        detail = f"The server was asked for {kind} and sent something else."
        path = f"{entry.path}.resourceType"
        return _aside(kind, entry, Unreadable(code="wrong-kind", path=path, detail=detail))
    return understand(resource, entry.source)


def _aside(kind: str, entry: Entry, why: Unreadable) -> ChartItem:
    """Keep what cannot be read under a name of its own that stays the same from pass to pass."""
    digest = sha256(entry.source).hexdigest()[:16]
    return ChartItem(
        reference=f"{kind}/unreadable-{digest}",
        version=digest,
        patient=None,
        source=entry.source,
        unreadable=(why,),
    )
