"""What changed in one kind of resource since its mark: read whole, in order, and with every doubt said aloud."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from horehab.errors import NotAFhirServer
from horehab.fhir.client import Client
from horehab.fhir.envelope import Understand, item_of
from horehab.fhir.marks import later, latest_update, next_mark, since
from horehab.fhir.pages import Page, PageExpired, SearchRefused, walk
from horehab.usecases.exchange import ChartItem, ChartPage

_RESTARTS = 2
_CIRCLES = 3
_BAD_REQUEST = 400


@dataclass(slots=True, kw_only=True)
class _Pass:
    """What one pass over a kind has seen so far."""

    seen: set[str] = field(default_factory=set)
    stale_pages: int = 0
    served: str | None = None
    date: str | None = None
    newest: datetime | None = None
    has_problem: bool = False


def changes_of(client: Client, kind: str, mark: str | None, understand: Understand) -> Iterator[ChartPage]:
    """Read what changed in a kind since its mark; the last page carries the next mark, if the pass was whole.

    A page that expired restarts the pass, at most twice. EhrUnavailable and EhrRefused are raised.
    """
    for attempt in range(_RESTARTS + 1):
        try:
            yield from _one_pass(client, kind, mark, understand)
        except PageExpired:
            if attempt == _RESTARTS:
                yield _failed(kind, "the server forgot its own pages in three passes; set HOREHAB_PAGE_SIZE higher")
        except SearchRefused as refusal:
            yield _failed(kind, f"the server refused the search ({refusal})")
            return
        except NotAFhirServer as error:
            yield _failed(kind, str(error))
            return
        else:
            return


def _one_pass(client: Client, kind: str, mark: str | None, understand: Understand) -> Iterator[ChartPage]:
    state = _Pass()
    for page in _search(client, kind, mark):
        items = tuple(item_of(kind, entry, understand) for entry in page.entries)
        state.served = state.served or page.served
        state.date = state.date or page.date
        state.newest = later([state.newest, *(latest_update(item.source) for item in items)])
        circles = _goes_in_circles(state, items)
        doubts = (*page.problems, *circles, *_missing(state, page))
        problems = tuple(f"{kind}: {doubt}" for doubt in doubts)
        state.has_problem = state.has_problem or bool(problems)
        is_last = page.is_last or bool(circles)
        may_move = is_last and not state.has_problem
        following = next_mark(served=state.served, date=state.date, newest=state.newest, before=mark)
        yield ChartPage(
            kind=kind,
            items=items,
            mark=following if may_move else None,
            total=page.total,
            problems=problems,
            is_last=is_last,
        )
        if is_last:
            return


def _goes_in_circles(state: _Pass, items: tuple[ChartItem, ...]) -> tuple[str, ...]:
    """Note what was seen; page after page with nothing new means that the server never ends."""
    names = {_name(item) for item in items}
    if names:
        state.stale_pages = 0 if names - state.seen else state.stale_pages + 1
    state.seen |= names
    return ("the server's pages go in circles",) if state.stale_pages >= _CIRCLES else ()


def _name(item: ChartItem) -> str:
    """Name a version of a resource; what bears no name is told apart by its text."""
    if "/" in item.reference and item.version:
        return f"{item.reference}/{item.version}"
    return sha256(item.source).hexdigest()


def _missing(state: _Pass, page: Page) -> tuple[str, ...]:
    if not page.is_last or page.total is None or len(state.seen) >= page.total:
        return ()
    return (f"{len(state.seen)} came of {page.total} that the server counts",)


def _search(client: Client, kind: str, mark: str | None) -> Iterator[Page]:
    """Ask in the best way that the server takes: sorted, unsorted, and at the worst for everything."""
    plain = {"_count": str(client.connection.page_size)}
    recent = {"_lastUpdated": f"ge{since(mark, client.connection.safe_overlap)}"} if mark else {}
    ways = [{**recent, "_sort": "_lastUpdated", **plain}, {**recent, **plain}, plain]
    for number, params in enumerate(ways):
        try:
            yield from _obeyed(walk(client, kind, params), "_lastUpdated" if "_lastUpdated" in params else None)
        except SearchRefused as refusal:
            if refusal.status != _BAD_REQUEST or number == len(ways) - 1:
                raise
        else:
            return


def _obeyed(pages: Iterator[Page], parameter: str | None) -> Iterator[Page]:
    """Pass pages on, unless the server says by its self link that it ignored what it was asked for."""
    for number, page in enumerate(pages):
        if number == 0 and parameter and page.asked is not None and parameter not in page.asked:
            yield Page(problems=(f"the server ignored {parameter}; its answer was discarded",), is_last=True)
            return
        yield page


def _failed(kind: str, problem: str) -> ChartPage:
    return ChartPage(kind=kind, items=(), problems=(f"{kind}: {problem}",), is_last=True)
