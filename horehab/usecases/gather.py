"""Pages of the chart gathered into larger ones, so that many small pages do not cost as many transactions."""

from collections.abc import Iterable, Iterator
from itertools import chain

from horehab.usecases.exchange import ChartPage

AT_ONCE = 2000
"""Items that are kept in one short transaction; a few pages of any server."""


def gathered(pages: Iterable[ChartPage]) -> Iterator[ChartPage]:
    """Join pages of one kind that follow each other, up to about 2000 items; nothing is held back for longer.

    A page that is its kind's last, or has a problem, is passed on at once with those before it. When the reading
    breaks off, what was read before is passed on first, and then the error is raised.
    """
    held: list[ChartPage] = []
    try:
        for page in pages:
            if held and (held[0].kind != page.kind or _size(held) + len(page.items) > AT_ONCE):
                yield _joined(held)
                held = []
            held.append(page)
            if page.is_last or page.problems or _size(held) >= AT_ONCE:
                yield _joined(held)
                held = []
    except Exception:
        if held:
            yield _joined(held)
        raise
    if held:
        yield _joined(held)


def _size(pages: list[ChartPage]) -> int:
    return sum(len(page.items) for page in pages)


def _joined(pages: list[ChartPage]) -> ChartPage:
    last = pages[-1]
    return ChartPage(
        kind=last.kind,
        items=tuple(chain.from_iterable([page.items for page in pages])),
        mark=last.mark,
        total=last.total,
        problems=tuple(problem for page in pages for problem in page.problems),
        notes=tuple(note for page in pages for note in page.notes),
        is_last=last.is_last,
    )
