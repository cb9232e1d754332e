"""Answers that hold several resources: search results and histories, page by page behind opaque next links.

A search is carried out once; its pages show the resources as they are when the page is read, as on HAPI. The oldest
results are forgotten first; a forgotten page is gone (410), and the client starts again.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from msgspec import Raw

from horehab.sandbox.instants import FOREVER, span, written
from horehab.sandbox.interactions import known_type
from horehab.sandbox.refusals import Refusal
from horehab.sandbox.search import DEFAULT_COUNT, Query, page_size
from horehab.sandbox.shelf import Shelf, Version
from horehab.sandbox.store import SandboxStore

PAGES = "_getpages"
_REMEMBERED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The result of one search or history: the numbers of all hits, how they are shown, and its self link."""

    numbers: tuple[int, ...]
    bundle_type: str
    count: int
    self_link: str


class Pages:
    """The results that can still be paged through, by a name that tells nothing."""

    def __init__(self) -> None:
        self._results: OrderedDict[str, Found] = OrderedDict()
        self._lock = threading.Lock()
        self._made = 0

    def keep(self, found: Found) -> str:
        """Remember a result; gives its name."""
        with self._lock:
            self._made += 1
            name = f"p{self._made:08x}"
            self._results[name] = found
            while len(self._results) > _REMEMBERED:
                self._results.popitem(last=False)
        return name

    def result(self, name: str) -> Found:
        """Find a result again; Refusal 410 when it is forgotten."""
        with self._lock:
            found = self._results.get(name)
            if found is None:
                raise Refusal(410, f"Search {name!r} does not exist or has expired: search again.")
            self._results.move_to_end(name)
            return found


def _stored(version: Version) -> Raw:
    assert version.body is not None
    return Raw(version.body)


def _search_entries(versions: tuple[Version, ...], base: str) -> Iterator[dict[str, Any]]:
    for version in versions:
        yield {"fullUrl": f"{base}/{version.reference}", "resource": _stored(version), "search": {"mode": "match"}}


def _history_entries(versions: tuple[Version, ...], base: str) -> Iterator[dict[str, Any]]:
    for version in versions:
        entry: dict[str, Any] = {"fullUrl": f"{base}/{version.reference}"}
        if version.body is not None:
            entry["resource"] = _stored(version)
        entry["request"] = {"method": version.method, "url": f"{version.reference}/_history/{version.number}"}
        status = "201 Created" if version.number == 1 else "200 OK"
        entry["response"] = {
            "status": status,
            "etag": f'W/"{version.number}"',
            "lastModified": written(version.updated),
        }
        yield entry


def _page_link(base: str, name: str | None, offset: int) -> str:
    return f"{base}?{urlencode({PAGES: name or '', '_getpagesoffset': offset})}"


def _page(shelf: Shelf, found: Found, *, base: str, name: str | None, offset: int) -> dict[str, Any]:
    shown = found.numbers[offset : offset + found.count]
    fetch = shelf.by_keys if found.bundle_type == "searchset" else shelf.by_sequence
    entries = _search_entries if found.bundle_type == "searchset" else _history_entries
    links = [{"relation": "self", "url": _page_link(base, name, offset) if offset else found.self_link}]
    if name is not None and offset + found.count < len(found.numbers):
        links.append({"relation": "next", "url": _page_link(base, name, offset + found.count)})
    bundle: dict[str, Any] = {
        "resourceType": "Bundle",
        "type": found.bundle_type,
        "total": len(found.numbers),
        "link": links,
    }
    if listed := list(entries(fetch(shown), base)):
        bundle["entry"] = listed
    return bundle


def _first_page(shelf: Shelf, pages: Pages, found: Found, base: str) -> dict[str, Any]:
    name = pages.keep(found) if len(found.numbers) > found.count else None
    return _page(shelf, found, base=base, name=name, offset=0)


def search(store: SandboxStore, pages: Pages, kind: str, query: Query, *, base: str) -> dict[str, Any]:
    """Carry out an understood search and give its first page."""
    self_link = f"{base}/{kind}" + (f"?{urlencode(query.used)}" if query.used else "")
    keys = store.shelf.keys(query.condition, query.values, query.order)
    found = Found(numbers=keys, bundle_type="searchset", count=query.count, self_link=self_link)
    if query.only_total:
        links = [{"relation": "self", "url": self_link}]
        return {"resourceType": "Bundle", "type": "searchset", "total": len(keys), "link": links}
    return _first_page(store.shelf, pages, found, base)


def history(
    store: SandboxStore, pages: Pages, place: tuple[str, str | None], asked: Mapping[str, str], *, base: str
) -> dict[str, Any]:
    """List the versions of a resource, or of a type, newest first; understands _since and _count."""
    kind, identity = place
    if identity is not None and not store.shelf.has_id(known_type(kind), identity):
        raise Refusal(404, f"Resource {kind}/{identity} is not known.")
    since = span(asked["_since"])[0] if asked.get("_since") else FOREVER[0]
    numbers = store.shelf.history(known_type(kind), identity, since)
    used = {name: asked[name] for name in ("_since", "_count") if asked.get(name)}
    address = "/".join(part for part in (base, kind, identity, "_history") if part)
    found = Found(
        numbers=numbers,
        bundle_type="history",
        count=page_size(asked["_count"]) or DEFAULT_COUNT if asked.get("_count") else DEFAULT_COUNT,
        self_link=address + (f"?{urlencode(used)}" if used else ""),
    )
    return _first_page(store.shelf, pages, found, base)


def next_page(store: SandboxStore, pages: Pages, asked: Mapping[str, str], *, base: str) -> dict[str, Any]:
    """Give a further page of a search or history; Refusal 410 when it is forgotten."""
    offset = asked.get("_getpagesoffset", "0")
    if not offset.isdecimal():
        raise Refusal(400, f"Invalid _getpagesoffset: {offset!r}.")
    return _page(store.shelf, pages.result(asked[PAGES]), base=base, name=asked[PAGES], offset=int(offset))
