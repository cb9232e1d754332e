"""Pull what changed in the chart into our memory, a few pages at a time, each time in a short transaction."""

from collections.abc import Callable
from itertools import chain

from horehab.errors import EhrRefused, EhrUnavailable, NotAFhirServer
from horehab.usecases.exchange import ChartPage, Kept, PullReport
from horehab.usecases.gather import gathered
from horehab.usecases.leave_alone import note_answer, note_silence
from horehab.usecases.ports import Ports
from horehab.usecases.read_again import catch_up


def pull_chart(ports: Ports, *, on_page: Callable[[ChartPage], None] | None = None) -> PullReport:
    """Read all that is new in the EHR since the last complete pass and keep it.

    The marks in the report are to be committed with the verdicts that rest on them (`finish_pass`); a kind
    with problems keeps its old mark, so that the next pass reads it again. A server that falls silent in
    mid-pass makes the pass incomplete; what was read is kept. EhrRefused and NotAFhirServer are noted and raised.
    Whether it answered is noted for all processes (leave_alone): one that fails at one kind still answers.
    What is stored is read again first if it may be understood better, after an upgrade or since a code was mapped.
    """
    try:
        return _pulled(ports, on_page)
    except (EhrRefused, NotAFhirServer) as error:
        if isinstance(error, EhrRefused):
            note_answer(ports)
        ports.logbook.finish_pass(marks={}, reviews=(), now=ports.clock.now(), problems=(str(error),))
        raise


def _pulled(ports: Ports, on_page: Callable[[ChartPage], None] | None) -> PullReport:
    marks: dict[str, str] = {}
    troubled: set[str] = set()
    problems: list[str] = []
    notes: dict[str, None] = {}
    kept, has_answered, is_silent = Kept(), False, False
    understood = ports.chart.understanding()
    read_anew = catch_up(ports, on_page=on_page)
    since = understood if read_anew.is_whole else None
    before = ports.logbook.marks()
    try:
        changed = gathered(ports.chart.changes(before))
        for page in chain(changed, gathered(ports.chart.vanished(before, ports.logbook.held))):
            kept, has_answered = kept + ports.logbook.keep(page, now=ports.clock.now()), True
            problems.extend(page.problems)
            notes |= dict.fromkeys(page.notes)
            if page.problems:
                troubled.add(page.kind)
            if page.is_last and page.mark and page.kind not in troubled:
                marks[page.kind] = page.mark
            if on_page is not None:
                on_page(page)
    except (EhrRefused, NotAFhirServer):
        catch_up(ports, since=since, on_page=on_page)
        raise
    except EhrUnavailable as error:
        problems.append(str(error))
        is_silent = not has_answered
        _note(ports, error, is_silent=is_silent)
    else:
        note_answer(ports)
    read_anew += catch_up(ports, since=since, on_page=on_page)  # a code may have been mapped meanwhile
    return PullReport(
        marks=marks,
        kept=kept,
        problems=tuple(problems),
        notes=tuple(notes),
        is_silent=is_silent,
        understood_now=read_anew.understood,
    )


def _note(ports: Ports, error: EhrUnavailable, *, is_silent: bool) -> None:
    """Note for all processes whether a server that broke a pass off still answers."""
    if error.is_passing or is_silent:
        note_silence(ports, error)
    else:
        note_answer(ports)
