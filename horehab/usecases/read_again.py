"""Read again what was set aside: a newer version of ours, or a code mapped since, may understand it now."""

from horehab.usecases.exchange import ChartItem, ChartPage
from horehab.usecases.ports import Ports

_AT_ONCE = 200


def read_set_aside_again(ports: Ports) -> int:
    """Read each resource that was set aside anew, without the network, and count those that are understood now.

    What is understood as before changes nothing; a patient of whom something new is known is reviewed again.
    Each few are kept in a short transaction of their own, so that a crash loses nothing.
    """
    changed, items = 0, []
    for reference, source in ports.logbook.sources_set_aside():
        items.append(ports.chart.read_again(reference, source))
        if len(items) == _AT_ONCE:
            changed += _kept(ports, items)
            items = []
    return changed + _kept(ports, items)


def _kept(ports: Ports, items: list[ChartItem]) -> int:
    if not items:
        return 0
    page = ChartPage(kind=items[0].reference.partition("/")[0], items=tuple(items))
    ports.logbook.keep(page, now=ports.clock.now())
    return sum(not item.unreadable for item in items)
