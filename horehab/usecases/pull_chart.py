"""Pull what changed in the chart into our memory, page by page, each page in a short transaction."""

from collections.abc import Callable
from itertools import chain

from horehab.errors import EhrUnavailable
from horehab.usecases.exchange import ChartPage, Kept, PullReport
from horehab.usecases.ports import Ports


def pull_chart(ports: Ports, *, on_page: Callable[[ChartPage], None] | None = None) -> PullReport:
    """Read all that is new in the EHR since the last complete pass and keep it.

    The marks in the report are to be committed with the verdicts that rest on them (`finish_pass`); a kind
    with problems keeps its old mark, so that the next pass reads it again. A server that falls silent in
    mid-pass makes the pass incomplete; what was read is kept. EhrRefused and NotAFhirServer are raised.
    """
    marks: dict[str, str] = {}
    troubled: set[str] = set()
    problems: list[str] = []
    notes: dict[str, None] = {}
    kept = Kept()
    before = ports.logbook.marks()
    try:
        for page in chain(ports.chart.changes(before), ports.chart.vanished(before, ports.logbook.held)):
            kept = _sum(kept, ports.logbook.keep(page, now=ports.clock.now()))
            problems.extend(page.problems)
            notes |= dict.fromkeys(page.notes)
            if page.problems:
                troubled.add(page.kind)
            if page.is_last and page.mark and page.kind not in troubled:
                marks[page.kind] = page.mark
            if on_page is not None:
                on_page(page)
    except EhrUnavailable as error:
        problems.append(str(error))
    return PullReport(marks=marks, kept=kept, problems=tuple(problems), notes=tuple(notes))


def _sum(left: Kept, right: Kept) -> Kept:
    return Kept(
        changed=left.changed + right.changed,
        gone=left.gone + right.gone,
        unchanged=left.unchanged + right.unchanged,
        set_aside=left.set_aside + right.set_aside,
    )
