"""A Bundle parted into its entries: in one go where all of them are plain, else each by itself."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec

from horehab.fhir.basis import verbatim
from horehab.fhir.wire.outcomes import Heard, heard
from horehab.fhir.wire.rescue import cut_entries


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One entry of a Bundle: `source` is its resource verbatim, empty when it has none."""

    path: str
    source: bytes = b""
    mode: str = "match"
    full_url: str = ""
    method: str = ""
    request_url: str = ""
    tag: str = ""
    modified: str = ""


class _Bundle(msgspec.Struct, rename="camel"):
    resource_type: Any = None
    entry: msgspec.Raw = msgspec.Raw(b"")
    link: Any = None
    meta: Any = None
    total: Any = None


class _Entry(msgspec.Struct, rename="camel"):
    resource: msgspec.Raw = msgspec.Raw(b"")
    search: Any = None
    full_url: Any = None
    request: Any = None
    response: Any = None


class _Search(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    mode: str = "match"
    score: float = 0.0


class _PlainEntry(msgspec.Struct, rename="camel", forbid_unknown_fields=True, gc=False):
    """An entry as nearly all of a search are: a resource, its address, and why it is there."""

    resource: msgspec.Raw
    full_url: str = ""
    search: _Search | None = None


class _PlainBundle(msgspec.Struct, rename="camel"):
    """A Bundle in which every entry is plain."""

    entry: list[_PlainEntry]
    resource_type: Any = None
    link: Any = None
    meta: Any = None
    total: Any = None


_PLAIN = msgspec.json.Decoder(_PlainBundle)
_BUNDLE = msgspec.json.Decoder(_Bundle)
_LIST = msgspec.json.Decoder(list[msgspec.Raw])
_ENTRY = msgspec.json.Decoder(_Entry)

Opened = tuple[_Bundle | _PlainBundle, tuple[Entry, ...], tuple[Heard, ...]]
"""A Bundle, its entries, and what the server says in others of the search itself."""


def open_plain(body: bytes) -> Opened | None:
    """Part a Bundle in which every entry is plain and none speaks of the search itself; None for any other."""
    if b'"OperationOutcome"' in body:
        return None
    try:
        bundle = _PLAIN.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None  # one entry that is not as entries of a search are: each is looked at by itself
    modes = [entry.search.mode if entry.search else "match" for entry in bundle.entry]
    if "outcome" in modes:
        return None
    sources = [bytes(entry.resource) for entry in bundle.entry]
    addresses = [entry.full_url for entry in bundle.entry]
    return bundle, tuple(map(Entry, _places(len(modes)), sources, modes, addresses)), ()


def open_any(body: bytes) -> Opened | None:
    """Part a Bundle, whatever its entries are; None when it cannot be read."""
    try:
        bundle = _BUNDLE.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        rescued = cut_entries(body)
        return _reopen(*rescued) if rescued else None
    if bytes(bundle.entry) in (b"", b"null"):
        return bundle, (), ()
    try:
        return bundle, *_entries([bytes(piece) for piece in _LIST.decode(bundle.entry)])
    except msgspec.MsgspecError:
        return bundle, (), (Heard(problem="its entries are no list"),)


def _reopen(frame: bytes, slices: list[bytes]) -> Opened | None:
    try:
        return _BUNDLE.decode(frame), *_entries(slices)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _entries(slices: Sequence[bytes]) -> tuple[tuple[Entry, ...], tuple[Heard, ...]]:
    entries: list[Entry] = []
    said: list[Heard] = []
    for index, piece in enumerate(slices):
        entry = _entry(piece, f"Bundle.entry[{index}]")
        outcome = _outcome(entry)
        if outcome is None:
            entries.append(entry)
        else:
            said.append(heard(outcome))
    return tuple(entries), tuple(said)


@lru_cache(maxsize=8)
def _places(count: int) -> tuple[str, ...]:
    return tuple(f"Bundle.entry[{index}].resource" for index in range(count))


def _entry(piece: bytes, path: str) -> Entry:
    try:
        entry = _ENTRY.decode(piece)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return Entry(path=path, source=piece)
    request = entry.request if isinstance(entry.request, dict) else {}
    response = entry.response if isinstance(entry.response, dict) else {}
    search = entry.search if isinstance(entry.search, dict) else {}
    return Entry(
        path=f"{path}.resource",
        source=bytes(entry.resource),
        mode=str(search.get("mode", "match")),
        full_url=str(entry.full_url or ""),
        method=str(request.get("method", "")),
        request_url=str(request.get("url", "")),
        tag=str(response.get("etag", "")),
        modified=str(response.get("lastModified", "")),
    )


def _outcome(entry: Entry) -> dict[str, Any] | None:
    """Read an entry in which the server speaks of the search itself; None for any other."""
    if entry.mode != "outcome" and b'"OperationOutcome"' not in entry.source:
        return None
    try:
        resource = verbatim.read(entry.source)
    except verbatim.NotJson:
        return None
    is_one = isinstance(resource, dict) and resource.get("resourceType") == "OperationOutcome"
    return resource if is_one else None
