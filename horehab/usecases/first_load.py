"""The first load: the EHR copies its whole chart as files, which are read one after the other, crash or no crash."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import Enum

from horehab.errors import CopyFailed, CopyLost, EhrUnavailable, InputError
from horehab.usecases.chart_copy import CopyOrder, CopyPart, CopyReady, FirstLoad, Place, Preparing
from horehab.usecases.exchange import Kept, PullReport
from horehab.usecases.ports import Ports

_LEASE = "first load"
_LEASE_SECONDS = 1_800.0
_RESTARTS = 3
_MISSES = 5
_MISS_SECONDS = 10.0
_LONGEST_SECONDS = 86_400.0
_MOST_PROBLEMS = 50


class Stage(Enum):
    """Where a first load is: it was ordered, the server prepares it, it is read, or it begins again."""

    ORDERED = "ordered"
    PREPARING = "preparing"
    READING = "reading"
    AGAIN = "again"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadProgress:
    """How far a first load is. `words` are the server's; `wait` the seconds until it is asked again."""

    stage: Stage
    words: str = ""
    wait: float = 0.0
    file: int = 0
    files: int = 0
    kind: str = ""
    lines: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """How a load waits, and whom it tells how far it is."""

    sleep: Callable[[float], None]
    tell: Callable[[LoadProgress], None]


def first_load(ports: Ports, order: CopyOrder | None, *, voice: Voice, is_resumed: bool = False) -> PullReport:
    """Load the chart from a copy that the EHR makes, going on with a load that stands, and tell what it brought.

    `order` None means whatever stands, else the whole chart. Marks move only for kinds that came completely and
    without problems, and only where none stood: to the earliest time of the server when the copy was ordered or
    made. Marks that arose later than that go back to it. `is_resumed` goes on with what stands, or raises
    InputError. Raises NoCopyOffered, CopyLost, CopyFailed, EhrUnavailable, EhrRefused and NotAFhirServer; what was
    read is kept, and the next call goes on from there.
    """
    with _alone(ports):
        run = _Run(ports=ports, voice=voice, load=_begun(ports, order, voice, is_resumed=is_resumed))
        _to_the_end(run)
        marks = _marks(run)
        ports.logbook.finish_pass(marks=marks, reviews=(), now=ports.clock.now(), problems=run.load.problems)
        ports.logbook.loads.forget(ports.chart.address)
        ports.chart.copies.drop(run.load.ticket)
    return PullReport(marks=marks, kept=run.kept, problems=run.load.problems)


def cancel_load(ports: Ports) -> FirstLoad | None:
    """Call a standing load off, at the EHR too; gives what stood, None when there was none. What was read is kept."""
    with _alone(ports):
        load = ports.logbook.loads.standing(ports.chart.address)
        if load is not None:
            ports.chart.copies.drop(load.ticket)
            ports.logbook.loads.forget(ports.chart.address)
    return load


@contextmanager
def _alone(ports: Ports) -> Iterator[None]:
    if not _hold(ports):
        raise InputError(
            "A first load is under way in another process.",
            field="load",
            remedy="Wait for it, or end that process and try again.",
        )
    try:
        yield
    finally:
        ports.logbook.release(_LEASE, owner=ports.owner)


def _hold(ports: Ports) -> bool:
    return ports.logbook.hold(_LEASE, owner=ports.owner, now=ports.clock.now(), seconds=_LEASE_SECONDS)


def _begun(ports: Ports, order: CopyOrder | None, voice: Voice, *, is_resumed: bool) -> FirstLoad:
    """Take up the load that stands, or order one."""
    standing = ports.logbook.loads.standing(ports.chart.address)
    if standing is None and is_resumed:
        raise InputError("There is no load to go on with.", field="--resume", remedy="Run `horehab load` without it.")
    if standing is None:
        return _ordered(ports, order or ports.chart.copies.usual(), voice)
    if order is not None and order != standing.order:
        raise InputError(
            f"A load of {standing.order.words} is under way already.",
            field="load",
            value=order.words,
            remedy="Go on with it by --resume, or call it off by --cancel.",
        )
    return standing


def _ordered(ports: Ports, order: CopyOrder, voice: Voice, *, before: FirstLoad | None = None) -> FirstLoad:
    """Order a copy, and note its ticket before anything is asked about it."""
    ticket = ports.chart.copies.order(order)
    load = FirstLoad(order=order, ticket=ticket, began=ticket.ordered)
    if before is not None:  # what came of the copy before is kept, and some of it may have been deleted since
        load = replace(load, began=_earliest(before.began, load.began), restarts=before.restarts + 1)
    ports.logbook.loads.note(ports.chart.address, load, now=ports.clock.now())
    voice.tell(LoadProgress(stage=Stage.ORDERED, words=order.words))
    return load


@dataclass(slots=True, kw_only=True)
class _Run:
    """A load while this process works on it: how far it is, and what was kept since this process began."""

    ports: Ports
    voice: Voice
    load: FirstLoad
    kept: Kept = field(default_factory=Kept)

    def note(self, load: FirstLoad) -> None:
        """Note how far it is, so that a crash costs no more than the last part."""
        self.load = load
        self.ports.logbook.loads.note(self.ports.chart.address, load, now=self.ports.clock.now())
        _hold(self.ports)


def _to_the_end(run: _Run) -> None:
    """Wait for the copy and read it; a copy that the server forgot is ordered again, a few times."""
    while True:
        try:
            _wait_for_files(run)
            _read_files(run)
        except CopyFailed:
            run.ports.logbook.loads.forget(run.ports.chart.address)
            raise
        except CopyLost as lost:
            if run.load.restarts == _RESTARTS:
                run.ports.logbook.loads.forget(run.ports.chart.address)
                raise
            run.voice.tell(LoadProgress(stage=Stage.AGAIN, words=lost.message))
            run.load = _ordered(run.ports, run.load.order, run.voice, before=run.load)
        else:
            return


def _wait_for_files(run: _Run) -> None:
    """Ask until the copy is ready, as often as the server wants to be asked; EhrUnavailable after a whole day."""
    misses, waited = 0, 0.0
    while run.load.files is None:
        try:
            found = run.ports.chart.copies.look(run.load.ticket, run.load.order)
            misses = 0
        except (CopyLost, CopyFailed):
            raise
        except EhrUnavailable as error:
            misses += 1
            if misses > _MISSES or not error.is_passing:
                raise
            wait = _MISS_SECONDS if error.retry_after is None else error.retry_after
            found = Preparing(words=error.message, wait=max(wait, 1.0))
        if isinstance(found, CopyReady):
            run.note(_taken(run.load, found))
        else:
            waited += _waited(run, found, waited)


def _waited(run: _Run, found: Preparing, before: float) -> float:
    if before > _LONGEST_SECONDS:
        raise EhrUnavailable(
            "The copy of the chart was not ready after a whole day.",
            remedy="`horehab load --resume` goes on waiting, `horehab load --cancel` calls it off.",
        )
    run.voice.tell(LoadProgress(stage=Stage.PREPARING, words=found.words, wait=found.wait))
    _hold(run.ports)
    run.voice.sleep(found.wait)
    return found.wait


def _taken(load: FirstLoad, ready: CopyReady) -> FirstLoad:
    """Take the list of files up; the earliest time of the server counts, since some name the end of the copying."""
    began = _earliest(load.began, ready.made)
    problems = ready.problems if began else (*ready.problems, "the server gave the copy no time")
    return replace(load, files=ready.files, whole=ready.whole, began=began, problems=problems)


def _read_files(run: _Run) -> None:
    """Read file after file on from where the load is; each part is kept, then noted, in short transactions."""
    files = run.load.files or ()
    while run.load.file < len(files):
        file = files[run.load.file]
        name = f"file {run.load.file + 1} of {len(files)} ({file.kind})"
        for part in run.ports.chart.copies.read(file, run.load.place, name=name):
            run.kept = run.kept + run.ports.logbook.keep(part.page, now=run.ports.clock.now())
            run.note(_further(run.load, part))
            run.voice.tell(
                LoadProgress(
                    stage=Stage.READING,
                    file=run.load.file + 1,
                    files=len(files),
                    kind=file.kind,
                    lines=run.load.lines,
                )
            )
        run.note(replace(run.load, file=run.load.file + 1, place=Place()))


def _further(load: FirstLoad, part: CopyPart) -> FirstLoad:
    problems = tuple(dict.fromkeys((*load.problems, *part.page.problems)))[:_MOST_PROBLEMS]
    marks = tuple(dict.fromkeys((*load.marks, *part.marks)))
    lines = load.lines + part.place.lines - load.place.lines
    return replace(load, place=part.place, problems=problems, marks=marks, lines=lines)


def _marks(run: _Run) -> dict[str, str]:
    """Choose the marks that the load leaves: a mark that stood also guards what was deleted since, and stays.

    One that arose after the copy was ordered does not, and goes back, even if the copy was not whole: it may have
    brought back what was deleted before that mark.
    Marks of time are written by the server's clock in one form, so that their order is that of their texts.
    """
    load, standing = run.load, run.ports.logbook.marks()
    if load.began is None:
        return {}
    came = {*load.whole, *(file.kind for file in load.files or ())}
    back = {name: load.began for name in came if standing.get(name, "") > load.began}
    if load.problems or not load.whole:
        return back
    found = dict.fromkeys(load.whole, load.began) | dict(load.marks)
    return back | {name: mark for name, mark in found.items() if name not in standing}


def _earliest(*times: str | None) -> str | None:
    return min((time for time in times if time), default=None)
