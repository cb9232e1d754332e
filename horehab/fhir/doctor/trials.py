"""The searches that every pass makes, tried once: which way of asking works, and how long a page really is."""

from collections.abc import Iterator, Sequence
from http import HTTPStatus

from horehab.errors import HorehabError
from horehab.fhir.basis.findings import Part, ill, well, worth_knowing
from horehab.fhir.wire.capability import Capability
from horehab.fhir.wire.client import Client
from horehab.fhir.wire.pages import Page, SearchRefused, walk
from horehab.usecases.exchange import Choice

_SINCE = {"_lastUpdated": "ge2000-01-01T00:00:00.000Z"}
_WAYS: tuple[tuple[dict[str, str], str], ...] = (
    ({**_SINCE, "_sort": "_lastUpdated"}, "by _lastUpdated, in order"),
    (_SINCE, "by _lastUpdated, in any order, because _sort is refused"),
    ({}, "whole in each pass, because _lastUpdated is refused"),
)


def search_choices(
    client: Client, capability: Capability, *, kinds: Sequence[str], essential: Sequence[str]
) -> Iterator[Choice]:
    """Try the search of each kind that is offered; the essential ones with whole pages, the others with one entry."""
    for kind in essential:
        yield _tried(client, kind, client.connection.page_size, Part.READING)
    others = [kind for kind in kinds if kind not in essential and capability.offers_reading(kind)]
    found = [(kind, _tried(client, kind, 1, Part.READING)) for kind in others]
    yield from (choice for _, choice in found if not choice.is_well or choice.remedy)
    smooth = [kind for kind, choice in found if choice.is_well and not choice.remedy]
    if smooth:
        yield well(Part.READING, "search of the others", f"{', '.join(smooth)}: by _lastUpdated, in order")
    yield from _listed(capability, kinds)


def _tried(client: Client, kind: str, size: int, part: Part) -> Choice:
    subject = f"search {kind}"
    for asked, words in _WAYS:
        try:
            page = next(walk(client, kind, {**asked, "_count": str(size)}), Page())
        except HorehabError as error:
            return ill(part, subject, error.message, error.remedy)
        except SearchRefused as refusal:
            if refusal.status == HTTPStatus.BAD_REQUEST and asked:
                continue
            return ill(part, subject, f"refused ({refusal})", "Ask who runs the server; nothing of it is read.")
        return _judged(subject, page, asked, words, size)
    raise AssertionError("the last way returns")


def _judged(subject: str, page: Page, asked: dict[str, str], words: str, size: int) -> Choice:
    if page.problems:
        return ill(Part.READING, subject, page.problems[0], "Ask who runs the server.")
    if page.asked is not None and "_lastUpdated" in asked and "_lastUpdated" not in page.asked:
        remedy = "Ask who runs it: changes cannot be told apart."
        return ill(Part.READING, subject, "the server ignores _lastUpdated", remedy)
    finding = words + _page_size(page, size)
    if "_sort" not in asked:
        advice = "That costs time alone. " + ("" if asked else "Ask who runs it for _lastUpdated.")
        return worth_knowing(Part.READING, subject, finding, advice.strip())
    return well(Part.READING, subject, finding, {"on a page": str(len(page.entries)), "asked for": str(size)})


def _page_size(page: Page, size: int) -> str:
    """Say how many entries a page really has; nothing where one entry alone was asked for."""
    got = len(page.entries)
    if size == 1:
        return ""
    if page.is_last:
        return f"; {got} in all, on one page"
    return f"; {size} a page" if got >= size else f"; it gives {got} a page where {size} were asked for"


def _listed(capability: Capability, kinds: Sequence[str]) -> Iterator[Choice]:
    """Name what the CapabilityStatement does not list of what we search by; a server may take it all the same."""
    absent = []
    for kind in kinds:
        listed = capability.of(kind).searches
        needed = ("_lastUpdated",) if kind == "Patient" else ("_lastUpdated", "patient")
        lacks = [name for name in needed if name not in listed] if listed else []
        if lacks:
            absent.append(f"{kind} ({', '.join(lacks)})")
    if absent:
        advice = "What was tried above counts; without patient one patient alone cannot be asked for."
        yield worth_knowing(
            Part.READING, "search parameters", f"the server does not list {'; '.join(absent)}", advice
        )
