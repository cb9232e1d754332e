"""`horehab load`: the first load of a large chart, from a copy that the server makes ($export)."""

import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import click
from rich.console import Console
from rich.text import Text

from horehab.cli.speaking import DONE, INCOMPLETE, guarded, settings_here
from horehab.errors import InputError
from horehab.usecases.chart_copy import PATIENTS, WHOLE, CopyOrder
from horehab.usecases.exchange import PullReport
from horehab.usecases.first_load import LoadProgress, Stage, Voice, cancel_load, first_load
from horehab.usecases.ports import Ports
from horehab.wiring import opened_ports

_GROUP = re.compile(r"(?:Group/)?([A-Za-z0-9.\-]{1,64})")


@click.command()
@click.option("--system", is_flag=True, help="Copy the whole chart (what is done when nothing is said).")
@click.option("--patient", is_flag=True, help="Copy what belongs to patients.")
@click.option("--group", metavar="REF", help='Copy what belongs to the patients of a group ("Group/7").')
@click.option("--since", metavar="INSTANT", help="Copy only what changed since (2026-03-31T08:00:00Z).")
@click.option("--resume", is_flag=True, help="Go on with the load that stands, and start none.")
@click.option("--cancel", is_flag=True, help="Call the load that stands off, here and at the server.")
@guarded
def load(  # one parameter for each option
    *, system: bool, patient: bool, group: str | None, since: str | None, resume: bool, cancel: bool
) -> None:
    """Load a large chart for the first time: the server copies it into files ($export), which are read here.

    It may be stopped at any time (Ctrl-C, a crash): the next call goes on where it was. When all was read,
    `horehab sync` continues from the server's time of the copy. Nothing is decided or written.

    \b
    Examples:
      horehab load                     the whole chart
      horehab load --group Group/7     the patients of a group, as many hospitals offer it
      horehab load --resume            go on with what stands
      horehab load --cancel            give it up; what was read is kept

    \b
    Exit codes: 0 done, 1 incomplete or not ready (call again), 2 usage, 3 the server offers no such copy.
    """
    order = _order(system=system, patient=patient, group=group, since=since)
    if sum((resume, cancel, order is not None)) > 1:
        raise click.UsageError("--resume and --cancel stand alone: what was ordered is known.")
    with opened_ports(settings_here()) as ports:
        if cancel:
            _cancel(ports)
            return
        with _speaking() as voice:
            report = _loaded(ports, order, voice, is_resumed=resume)
    _say(report)
    sys.exit(INCOMPLETE if report.problems else DONE)


def _order(*, system: bool, patient: bool, group: str | None, since: str | None) -> CopyOrder | None:
    if sum((system, patient, group is not None)) > 1:
        raise click.UsageError("Only one of --system, --patient and --group can be copied at a time.")
    if not (system or patient or group is not None or since is not None):
        return None
    whose = PATIENTS if patient else WHOLE if group is None else _group(group)
    return CopyOrder(whose=whose, since="" if since is None else _instant(since))


def _group(text: str) -> str:
    found = _GROUP.fullmatch(text)
    if found is None:
        remedy = 'Write it as the server names it, such as "Group/7".'
        raise InputError(f"--group {text!r} is no group.", field="--group", value=text, remedy=remedy)
    return f"Group/{found.group(1)}"


def _instant(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        remedy = "Write a time with its zone, such as 2026-03-31T08:00:00Z."
        raise InputError(f"--since {text!r} is no instant.", field="--since", value=text, remedy=remedy)
    return moment.isoformat(timespec="milliseconds")


def _loaded(ports: Ports, order: CopyOrder | None, voice: Voice, *, is_resumed: bool) -> PullReport:
    try:
        return first_load(ports, order, voice=voice, is_resumed=is_resumed)
    except KeyboardInterrupt:
        click.echo("\nStopped; what was read is kept. `horehab load --resume` goes on from there.", err=True)
        sys.exit(INCOMPLETE)


@contextmanager
def _speaking() -> Iterator[Voice]:
    """Show how far the load is on stderr: one line that changes on a terminal, a line per step elsewhere."""
    console = Console(stderr=True)
    if not console.is_terminal:
        said: list[str] = []

        def tell(progress: LoadProgress) -> None:
            words = _words(progress)
            if progress.stage is not Stage.READING or not said or said[-1] != _file(progress):
                click.echo(words, err=True)
            said[:] = [_file(progress)]

        yield Voice(sleep=time.sleep, tell=tell)
        return
    with console.status("Asking the server ...") as line:
        yield Voice(sleep=time.sleep, tell=lambda progress: line.update(Text(_words(progress))))


def _file(progress: LoadProgress) -> str:
    return f"{progress.file} of {progress.files}"


def _words(progress: LoadProgress) -> str:
    match progress.stage:
        case Stage.ORDERED:
            return f"Ordered a copy of {progress.words}."
        case Stage.PREPARING:
            return f"The server prepares the copy ({progress.words}); asking again in {progress.wait:.0f} s."
        case Stage.AGAIN:
            return f"{progress.words} Another copy is ordered."
        case Stage.READING:
            return f"Reading file {_file(progress)} ({progress.kind}): {progress.lines} lines so far."


def _cancel(ports: Ports) -> None:
    stood = cancel_load(ports)
    if stood is None:
        click.echo("There was no load to call off.")
        return
    click.echo(
        f"The load of {stood.order.words} is called off. What was read is kept; `horehab sync` reads the rest."
    )


def _say(report: PullReport) -> None:
    kept = report.kept
    click.echo(
        f"Loaded: {kept.changed} new or changed, {kept.gone} gone, {kept.unchanged} as before, "
        f"{kept.set_aside} set aside (horehab quarantine)."
    )
    if report.marks:
        click.echo(f"`horehab sync` goes on from {min(report.marks.values())} for {', '.join(sorted(report.marks))}.")
    elif not report.problems:
        click.echo("`horehab sync` goes on from where it was: a part of the chart was copied, or it was read before.")
    for problem in report.problems:
        click.echo(f"Incomplete: {problem}.", err=True)
    if report.problems:
        click.echo(
            "`horehab sync` reads the whole chart page by page, since this load cannot stand for it.", err=True
        )
