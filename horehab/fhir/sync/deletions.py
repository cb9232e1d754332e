"""What was deleted in the chart: learned from its history, believed only after a direct read says so too."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from horehab.errors import EhrRefused, NotAFhirServer
from horehab.fhir.basis.marks import since
from horehab.fhir.wire.answers import Answer
from horehab.fhir.wire.client import FORBIDDEN, Client
from horehab.fhir.wire.pages import Entry, PageExpired, SearchRefused, walk
from horehab.usecases.exchange import ChartItem, ChartPage

_PLACE = re.compile(r"([A-Z][A-Za-z]+)/([A-Za-z0-9.\-]{1,64})(?:/_history/([A-Za-z0-9.\-]{1,64}))?/?$")
_WEB_PAGE = (b"<!doctype html", b"<html")
_TAG = re.compile(r'"([^"]+)"')


class Place(NamedTuple):
    """Where a resource stands: its kind, its id, and its version where the address names one."""

    kind: str
    identity: str
    version: str

    @property
    def reference(self) -> str:
        """The resource's name in our memory."""
        return f"{self.kind}/{self.identity}"


def place_in(*addresses: str) -> Place | None:
    """Read the first of these addresses that names a resource, relative or absolute; None when none does."""
    found = next((match for address in addresses if (match := _PLACE.search(address))), None)
    return found and Place(found.group(1), found.group(2), found.group(3) or "")


def deletions_of(client: Client, kind: str, mark: str) -> Iterator[ChartPage]:
    """Read what was deleted of a kind since its mark; none of these pages is the kind's last.

    Whatever hinders the reading is a problem of the kind. EhrUnavailable and EhrRefused are raised.
    """
    params = {"_since": since(mark, client.connection.safe_overlap), "_count": str(client.connection.page_size)}
    asked: set[str] = set()
    try:
        for page in walk(client, f"{kind}/_history", params):
            problems = tuple(f"{kind} history: {problem}" for problem in page.problems)
            gone = tuple(item for entry in page.entries for item in _gone(client, kind, entry, asked))
            if gone or problems:
                yield ChartPage(kind=kind, items=gone, problems=problems)
    except PageExpired:
        yield _failed(kind, "the server forgot its own pages; deletions are read again in the next pass")
    except SearchRefused as refusal:
        yield _failed(kind, f"the server refused it ({refusal})")
    except NotAFhirServer as error:
        yield _failed(kind, str(error))


def _gone(client: Client, kind: str, entry: Entry, asked: set[str]) -> Iterator[ChartItem]:
    if entry.method.upper() != "DELETE":
        return
    place = place_in(entry.request_url, entry.full_url)
    if place is None or place.kind != kind or place.reference in asked:
        return
    asked.add(place.reference)
    answer = read_directly(client, place.reference)
    if answer is not None and is_surely_gone(answer):
        tag = _TAG.search(entry.tag)
        version = place.version or (tag.group(1) if tag else "")
        yield tombstone(place.reference, answer, version=version, updated=entry.modified)


def read_directly(client: Client, reference: str) -> Answer | None:
    """Read one resource by its id; None when just this one is closed to us. EhrUnavailable and 401 are raised."""
    try:
        return client.get(reference)
    except EhrRefused as refusal:
        if refusal.code != FORBIDDEN:
            raise
        return None


def is_surely_gone(answer: Answer) -> bool:
    """Say whether a direct read proves that a resource was deleted: 404 or 410, and not from a proxy's web page."""
    return answer.is_gone and not answer.body[:200].lstrip().lower().startswith(_WEB_PAGE)


def tombstone(reference: str, answer: Answer, *, version: str = "", updated: str = "") -> ChartItem:
    """Note that a resource is gone, at which version as far as that is known."""
    return ChartItem(
        reference=reference,
        version=version or answer.version or "",
        patient=None,
        updated=updated or None,
        is_gone=True,
    )


def _failed(kind: str, problem: str) -> ChartPage:
    return ChartPage(kind=kind, items=(), problems=(f"{kind} history: {problem}",))
