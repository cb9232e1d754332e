"""What an integrator would pick instead of horehab: other ways to bring the same pages into a SQLite file.

Each is written as well as its library allows: one session, page after page, many rows in each statement. Each keeps
the text of a resource beside its facts, as horehab does, but for the one whose name says otherwise.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

import requests

from benchmarks.sync_interpret import Said, rows_of_dict, rows_of_object, table
from benchmarks.sync_keep import Keep, Kept, by_sqlalchemy, by_sqlite3
from benchmarks.sync_pages import ENTRIES_PER_PAGE, KINDS

Codes = dict[tuple[str, str], Said]
Read = Callable[[str, Codes], Iterator[list[Kept]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A way to read the pages, and a way to keep them."""

    title: str
    read: Read
    keeping: Callable[[str], AbstractContextManager[Keep]]


@contextmanager
def opened(peer: Peer, base: str, path: str) -> Iterator[Callable[[], int]]:
    """Open the file, and give what reads all pages into it and counts the entries."""
    codes = table()
    with peer.keeping(path) as keep:
        yield lambda: _run(peer.read(base, codes), keep)


def _run(pages: Iterator[list[Kept]], keep: Keep) -> int:
    entries = 0
    for page in pages:
        keep(page)
        entries += len(page)
    return entries


def _bundles(base: str, get: Callable[[str], Any]) -> Iterator[Any]:
    for kind in KINDS:
        url = f"{base}/{kind}?_count={ENTRIES_PER_PAGE}"
        while url:
            bundle = get(url)
            yield bundle
            url = next((link["url"] for link in bundle["link"] if link["relation"] == "next"), "")


def _kept(resource: Any, codes: Codes, text: str) -> Kept:
    name = f"{resource['resourceType']}/{resource['id']}"
    return name, resource["meta"]["lastUpdated"], text, list(rows_of_dict(resource, codes))


def _json(base: str, codes: Codes) -> Iterator[list[Kept]]:
    with requests.Session() as session:
        for bundle in _bundles(base, lambda url: session.get(url, timeout=30).json()):
            found = (entry["resource"] for entry in bundle.get("entry", []))
            yield [_kept(each, codes, json.dumps(each, separators=(",", ":"))) for each in found]


def _json_without_text(base: str, codes: Codes) -> Iterator[list[Kept]]:
    with requests.Session() as session:
        for bundle in _bundles(base, lambda url: session.get(url, timeout=30).json()):
            yield [_kept(entry["resource"], codes, "") for entry in bundle.get("entry", [])]


def _fhir_resources(base: str, codes: Codes) -> Iterator[list[Kept]]:
    from fhir.resources.R4B.bundle import Bundle

    with requests.Session() as session:
        for tree in _bundles(base, lambda url: session.get(url, timeout=30).json()):
            yield [_modelled(raw["resource"], entry.resource, codes) for raw, entry in _both(tree, Bundle)]


def _both(tree: Any, bundle: Any) -> Iterator[tuple[Any, Any]]:
    yield from zip(tree.get("entry", []), bundle.model_validate(tree).entry or [], strict=True)


def _modelled(raw: Any, resource: Any, codes: Codes) -> Kept:
    rows = list(rows_of_object(resource, codes, kind=raw["resourceType"]))
    return rows[0][0], raw["meta"]["lastUpdated"], json.dumps(raw, separators=(",", ":")), rows


def _fhirclient(base: str, codes: Codes) -> Iterator[list[Kept]]:
    from fhirclient.models.bundle import Bundle
    from fhirclient.server import FHIRServer

    server = FHIRServer(None, base_uri=base)
    for tree in _bundles(base, server.request_json):
        entries = Bundle(tree).entry or []
        pairs = zip(tree.get("entry", []), entries, strict=True)
        yield [_modelled(raw["resource"], entry.resource, codes) for raw, entry in pairs]
    server.session.close()


def _fhirpy(base: str, codes: Codes) -> Iterator[list[Kept]]:
    from fhirpy import SyncFHIRClient

    client: Any = SyncFHIRClient(base)
    for kind in KINDS:
        resources: Iterator[Any] = iter(client.resources(kind).limit(ENTRIES_PER_PAGE))
        page: list[Any] = []
        while page := list(islice(resources, ENTRIES_PER_PAGE)):
            yield [_kept(each, codes, json.dumps(each.serialize(), separators=(",", ":"))) for each in page]


PEERS = {
    "fhir.resources": Peer(
        title="requests.json + fhir.resources + SQLAlchemy", read=_fhir_resources, keeping=by_sqlalchemy
    ),
    "fhirclient": Peer(title="fhirclient + sqlite3", read=_fhirclient, keeping=by_sqlite3),
    "fhirpy": Peer(title="fhirpy + sqlite3", read=_fhirpy, keeping=by_sqlite3),
    "dicts": Peer(title="requests.json + dicts + sqlite3", read=_json, keeping=by_sqlite3),
    "dicts-bare": Peer(
        title="the same, without keeping the resource's text", read=_json_without_text, keeping=by_sqlite3
    ),
}
"""Name -> contender, the most usual first."""
