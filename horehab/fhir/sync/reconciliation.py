"""What was deleted where the server tells of no deletions: ids are listed, and each missing one is read directly."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus

import msgspec

from horehab.errors import NotAFhirServer
from horehab.fhir.sync.deletions import is_surely_gone, read_directly, tombstone
from horehab.fhir.sync.whose import NotTogether, Whose
from horehab.fhir.wire.client import Client
from horehab.fhir.wire.pages import Entry, PageExpired, SearchRefused, walk
from horehab.usecases.exchange import ChartItem, ChartPage

READ_AT_ONCE = 1_000
"""So many missing ones of a kind are read directly in one pass at the most; the next pass goes on after them."""

_PER_PAGE = 100
_RESTARTS = 2
_SET_ASIDE = "/unreadable-"


class _Named(msgspec.Struct, rename="camel"):
    resource_type: str = ""
    id: str = ""


_NAMED = msgspec.json.Decoder(_Named)


@dataclass(slots=True, kw_only=True)
class Listing:
    """What the server lists of a kind; `doubt` when the list is not whole: then nothing is believed."""

    references: set[str] = field(default_factory=set)
    doubt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """One comparison: the kind, the name of its mark, the ward day, and where an earlier pass left off."""

    kind: str
    name: str
    day: str
    after: str = ""


def night_of(kind: str, name: str, mark: str | None, day: str) -> Night | None:
    """Tell what is to be compared on a ward day; None when that was done. The mark is the day, or day and place."""
    done, _, after = (mark or "").partition(" ")
    if done != day:
        return Night(kind=kind, name=name, day=day)
    return Night(kind=kind, name=name, day=day, after=after) if after else None


def compared(
    client: Client, night: Night, held: Iterable[str], whoses: Iterable[Whose] | None
) -> Iterator[ChartPage]:
    """Compare what we hold with what the server lists, of everybody (None) or of some patients.

    Its last page carries the mark. EhrUnavailable and a refusal of who we are (401) are raised.
    """
    listing = listed(client, night.kind, whoses)
    if listing.doubt:
        words = f"{night.name}: {listing.doubt}; nothing was taken for deleted"
        yield ChartPage(kind=night.name, items=(), problems=(words,), is_last=True)
        return
    left = [each for each in not_among(held, listing.references) if each > night.after]
    yield from _read_directly(client, night, left)


def _read_directly(client: Client, night: Night, missing: list[str]) -> Iterator[ChartPage]:
    now = missing[:READ_AT_ONCE]
    yield from examined(client, night.name, now)
    mark = f"{night.day} {now[-1]}" if len(missing) > len(now) else night.day
    yield ChartPage(kind=night.name, items=(), mark=mark, is_last=True)


def examined(client: Client, name: str, missing: Sequence[str]) -> Iterator[ChartPage]:
    """Read each missing resource directly, and tell which are gone; what is still there is kept and said."""
    still_there = 0
    for start in range(0, len(missing), _PER_PAGE):
        items: list[ChartItem] = []
        for reference in missing[start : start + _PER_PAGE]:
            answer = read_directly(client, reference)
            if answer is None or not is_surely_gone(answer):
                still_there += 1
            else:
                items.append(tombstone(reference, answer))
        yield ChartPage(kind=name, items=tuple(items))
    if still_there:
        words = f"{name}: {still_there} are no longer listed, and not gone either; they are kept"
        yield ChartPage(kind=name, items=(), notes=(words,))


def not_among(held: Iterable[str], references: Collection[str]) -> list[str]:
    """List in order what is held and is not among these; what was set aside under a name of ours is left out."""
    return sorted({each for each in held if each not in references and _SET_ASIDE not in each})


def listed(client: Client, kind: str, whoses: Iterable[Whose] | None) -> Listing:
    """List the ids of a kind, whole or with a doubt; patients one by one where they cannot be asked for together."""
    listing = Listing()
    if whoses is None:
        _add(client, kind, {}, listing)
        return listing
    for whose in whoses:
        try:
            _add(client, kind, whose.params, listing, whose=whose)
        except NotTogether:
            for reference in whose.references:
                alone = replace(whose, references=(reference,))
                _add(client, kind, alone.params, listing, whose=alone)
        if listing.doubt:
            break
    return listing


def _add(
    client: Client, kind: str, params: Mapping[str, str], listing: Listing, *, whose: Whose | None = None
) -> None:
    for attempt in range(_RESTARTS + 1):
        try:
            _add_once(client, kind, params, listing, whose=whose)
        except PageExpired:
            listing.doubt = "the server forgot its own pages" if attempt == _RESTARTS else ""
        except SearchRefused as refusal:
            if whose and len(whose.references) > 1:
                raise NotTogether from refusal
            listing.doubt = f"the server refused the list ({refusal})"
            return
        except NotAFhirServer as error:
            listing.doubt = str(error)
            return
        else:
            return


def _add_once(client: Client, kind: str, params: Mapping[str, str], listing: Listing, *, whose: Whose | None) -> None:
    """Ask for the ids alone, and where the server cannot, for the resources themselves."""
    plain = {**params, "_count": str(client.connection.page_size)}
    try:
        _walk(client, kind, {**plain, "_elements": "id"}, listing, whose=whose)
    except SearchRefused as refusal:
        if refusal.status != HTTPStatus.BAD_REQUEST:
            raise
        _walk(client, kind, plain, listing, whose=whose)


def _walk(client: Client, kind: str, params: Mapping[str, str], listing: Listing, *, whose: Whose | None) -> None:
    seen: set[str] = set()
    total: int | None = None
    for number, page in enumerate(walk(client, kind, params)):
        total = total if page.total is None else page.total
        if page.problems:
            listing.doubt = page.problems[0]
            return
        if number == 0 and whose and not whose.check(page):
            listing.doubt = f"the server ignored {whose.parameter}"
            return
        seen |= {_name(kind, entry, number) for entry in page.entries}
        if page.is_last and total is not None and len(seen) < total:
            listing.doubt = f"{len(seen)} ids came of {total} that the server counts"
            return
    listing.references |= seen


def _name(kind: str, entry: Entry, number: int) -> str:
    """Name what an entry holds; one that cannot be read bears its address, or the place where it stands."""
    try:
        named = _NAMED.decode(entry.source)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        named = _Named()
    if named.id:
        return f"{named.resource_type or kind}/{named.id}"
    return "/".join(entry.full_url.split("/")[-2:]) or f"page {number} {entry.path}"
