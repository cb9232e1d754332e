"""What changed in one kind of resource since its mark: read whole, in order, and with every doubt said aloud."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from http import HTTPStatus

from horehab.errors import NotAFhirServer
from horehab.fhir.basis.kinds import NARROWED
from horehab.fhir.basis.marks import instant, later, latest_update, next_mark, since
from horehab.fhir.sync.whose import NotTogether, Whose
from horehab.fhir.wire.client import Client
from horehab.fhir.wire.envelope import Understand, items_of
from horehab.fhir.wire.pages import Page, PageExpired, SearchRefused, walk
from horehab.usecases.exchange import ChartPage, Item

_RESTARTS = 2
_CIRCLES = 3
_NARROWING = frozenset(name for params in NARROWED.values() for name in params)


@dataclass(slots=True, kw_only=True)
class _Pass:
    """What one pass over a kind has seen so far."""

    seen: set[str] = field(default_factory=set)
    stale_pages: int = 0
    total: int | None = None
    served: str | None = None
    date: str | None = None
    newest: datetime | None = None
    has_problem: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """What is asked: a kind, since when, and of whom."""

    kind: str
    mark: str | None
    whose: Whose | None

    @property
    def demanded(self) -> dict[str, str]:
        """The parameters without which the answer would be about too much, or about others."""
        return {**NARROWED.get(self.kind, {}), **(self.whose.params if self.whose else {})}


def changes_of(
    client: Client, kind: str, mark: str | None, understand: Understand, *, whose: Whose | None = None
) -> Iterator[ChartPage]:
    """Read what changed in a kind since its mark; the last page carries the next mark, if the pass was whole.

    `whose` asks of some patients alone. A page that expired restarts the pass, at most twice. EhrUnavailable and
    EhrRefused are raised; NotTogether, before the first page, when several patients cannot be asked for at once.
    """
    for attempt in range(_RESTARTS + 1):
        try:
            yield from _one_pass(client, _Question(kind=kind, mark=mark, whose=whose), understand)
        except PageExpired:
            if attempt == _RESTARTS:
                yield _failed(kind, "the server forgot its own pages in three passes; set HOREHAB_PAGE_SIZE higher")
        except SearchRefused as refusal:
            if whose and len(whose.references) > 1:
                raise NotTogether from refusal
            yield _failed(kind, f"the server refused the search ({refusal})")
            return
        except NotAFhirServer as error:
            yield _failed(kind, str(error))
            return
        else:
            return


def _one_pass(client: Client, question: _Question, understand: Understand) -> Iterator[ChartPage]:
    kind, whose = question.kind, question.whose
    state = _Pass(newest=whose.seen_before if whose else None)
    for page in _search(client, question):
        items, others = _ours(items_of(kind, page.entries, understand), whose)
        state.served = state.served or page.served
        state.date = state.date or page.date
        state.newest = later([state.newest, _newest(items)])
        circles = _goes_in_circles(state, items)
        doubts = (*page.problems, *others, *circles, *(() if others else _missing(state, page)))
        problems = tuple(f"{kind}: {doubt}" for doubt in doubts)
        state.has_problem = state.has_problem or bool(problems)
        is_last = page.is_last or bool(circles)
        may_move = is_last and not state.has_problem
        yield ChartPage(
            kind=kind,
            items=items,
            mark=_following(state, question) if may_move else None,
            total=page.total,
            problems=problems,
            notes=tuple(f"{kind}: {note}" for note in page.notes),
            is_last=is_last,
        )
        if is_last:
            return


def _following(state: _Pass, question: _Question) -> str | None:
    return next_mark(served=state.served, date=state.date, newest=state.newest, before=question.mark)


def _newest(items: tuple[Item, ...]) -> datetime | None:
    """Tell when the server last touched one of these; instants that are written alike are in order as texts."""
    texts = [item.updated or "" for item in items]
    if len(set(map(len, texts))) == 1 and all(text.endswith("Z") for text in texts):
        found = instant(max(texts))
        if found is not None:
            return found
    return later(map(_updated, items))


def _updated(item: Item) -> datetime | None:
    """Tell when the server last touched a resource; of one that cannot be read, as far as its text says."""
    return instant(item.updated) if item.updated else latest_update(item.source)


def _ours(items: tuple[Item, ...], whose: Whose | None) -> tuple[tuple[Item, ...], tuple[str, ...]]:
    """Discard a page that holds a resource of somebody who was not asked for."""
    if whose and any(whose.is_foreign(item) for item in items):
        return (), ("the server sent resources of another patient than was asked for; the page was discarded",)
    return items, ()


def _goes_in_circles(state: _Pass, items: tuple[Item, ...]) -> tuple[str, ...]:
    """Note what was seen; page after page with nothing new means that the server never ends."""
    before = len(state.seen)
    state.seen.update(map(_name, items))
    if items:
        state.stale_pages = 0 if len(state.seen) > before else state.stale_pages + 1
    return ("the server's pages go in circles",) if state.stale_pages >= _CIRCLES else ()


def _name(item: Item) -> str:
    """Name a version of a resource; what bears no name is told apart by its text."""
    reference, version = item.reference, item.version
    if version and "/" in reference:
        return f"{reference}/{version}"
    return sha256(item.source).hexdigest()


def _missing(state: _Pass, page: Page) -> tuple[str, ...]:
    state.total = state.total if page.total is None else page.total
    if not page.is_last or state.total is None or len(state.seen) >= state.total:
        return ()
    return (f"{len(state.seen)} came of {state.total} that the server counts",)


def _search(client: Client, question: _Question) -> Iterator[Page]:
    """Ask in the best way that the server takes: sorted, unsorted, and at the worst for everything."""
    plain = {**question.demanded, "_count": str(client.connection.page_size)}
    mark = question.mark
    recent = {"_lastUpdated": f"ge{since(mark, client.connection.safe_overlap)}"} if mark else {}
    ways = [{**recent, "_sort": "_lastUpdated", **plain}, {**recent, **plain}, plain]
    for number, params in enumerate(ways):
        try:
            yield from _obeyed(walk(client, question.kind, params), params, question.whose)
        except SearchRefused as refusal:
            if refusal.status != HTTPStatus.BAD_REQUEST or number == len(ways) - 1:
                raise
        else:
            return


def _obeyed(pages: Iterator[Page], params: Mapping[str, str], whose: Whose | None) -> Iterator[Page]:
    """Pass pages on, unless the server says by its self link that it ignored what it was asked for."""
    for number, page in enumerate(pages):
        ignored = _ignored(page, params, whose) if number == 0 else ""
        if ignored:
            yield Page(problems=(f"the server ignored {ignored}; its answer was discarded",), is_last=True)
            return
        yield page


def _ignored(page: Page, params: Mapping[str, str], whose: Whose | None) -> str:
    if page.problems and page.obeyed is None and not page.entries:
        return ""  # no page at all: its own problem says so
    if whose and not whose.check(page):
        return whose.parameter
    demanded = [name for name in ("_lastUpdated", *_NARROWING) if name in params]
    return next((name for name in demanded if page.obeyed is not None and name not in page.obeyed), "")


def _failed(kind: str, problem: str) -> ChartPage:
    return ChartPage(kind=kind, items=(), problems=(f"{kind}: {problem}",), is_last=True)
