"""Read stored entries again once they may be understood better: after an upgrade, or when a code was mapped."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from horehab.errors import EhrUnavailable
from horehab.usecases.exchange import ChartItem, ChartPage
from horehab.usecases.local_codes import ReadAnew, Understanding
from horehab.usecases.ports import Ports

_AT_ONCE = 200


def catch_up(
    ports: Ports, *, since: Understanding | None = None, on_page: Callable[[ChartPage], None] | None = None
) -> ReadAnew:
    """Read again what is understood otherwise than when it was last read, and tell what came of it.

    After an upgrade or a change of the settings that is what was set aside; after a code was mapped or forgotten,
    each entry that bears it, back to the first one ever seen. Nothing is asked of the EHR. `since` is how this
    process understood entries when it read the last ones, in place of what our memory notes. Each few are kept in
    a short transaction of their own and noted at the end, so that a crash repeats the work and loses nothing.
    What cannot be understood before the chart was looked at stays as it is: nothing is noted, and it is done later.
    """
    now = ports.chart.understanding()
    before = since or ports.logbook.codes.understanding()
    if before == now:
        return ReadAnew()
    done = ReadAnew()
    if before is None or before.reader != now.reader:
        done += _read(ports, ports.logbook.sources_set_aside(), on_page)
    codes = now.codes_changed_since(before)
    if codes:
        done += _read(ports, ports.logbook.codes.sources_with(codes), on_page)
    if done.is_whole:
        ports.logbook.codes.note_understanding(now)
    return done


def _read(
    ports: Ports, sources: Iterable[tuple[str, bytes]], on_page: Callable[[ChartPage], None] | None
) -> ReadAnew:
    done = ReadAnew()
    for few in _few(_again(ports, reference, source) for reference, source in sources):
        items = tuple(item for item in few if item is not None)
        done += ports.logbook.codes.keep_again(items, now=ports.clock.now())
        if len(items) < len(few):
            done = replace(done, is_whole=False)
        if on_page is not None:
            on_page(ChartPage(kind="read again", items=items))
    return done


def _again(ports: Ports, reference: str, source: bytes) -> ChartItem | None:
    try:
        return ports.chart.read_again(reference, source)
    except EhrUnavailable:
        return None


def _few(items: Iterable[ChartItem | None]) -> Iterator[tuple[ChartItem | None, ...]]:
    few: list[ChartItem | None] = []
    for item in items:
        few.append(item)
        if len(few) == _AT_ONCE:
            yield tuple(few)
            few = []
    if few:
        yield tuple(few)
