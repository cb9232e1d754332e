"""`horehab demo`: the published patients and a synthetic ward on an embedded server, and the pages beside."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from socket import socket
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from horehab.cli.serving import charts_soon_ready, listening, make_app, pages_beside
from horehab.cli.speaking import guarded
from horehab.clock import SetClock, new_id
from horehab.demo import run_demo
from horehab.errors import HorehabError
from horehab.sandbox import create_sandbox
from horehab.sandbox.serving import serve
from horehab.sandbox.store import SandboxStore
from horehab.settings import Settings
from horehab.usecases.ports import Clock
from horehab.wiring import opened_ports

_FOLDER = Path("var/demo")
_ZONE = "Europe/Madrid"


@click.command()
@click.option(
    "--serve/--no-serve", "is_served", default=True, show_default=True, help="Leave the pages on afterwards."
)
@click.option("--port", type=click.IntRange(1, 65535), default=5000, show_default=True, help="Port of the pages.")
@guarded
def demo(is_served: bool, port: int) -> None:
    """Play the six published patients and a synthetic ward of 40 day by day, with the pages open from the start.

    All runs on this machine: an embedded FHIR server, a database in var/demo (made anew), no settings needed.
    What somebody enters on the pages while it plays is part of the story.
    The degrees and some sides are invented and marked so: it is no evidence of accuracy.

    \b
    Examples:
      horehab demo                  then open http://127.0.0.1:5000
      horehab demo --no-serve       for scripts: ends by itself
    """
    # The port is taken first: nobody shall wait for the ward and then read that it cannot be shown.
    door = listening("127.0.0.1", port) if is_served else None
    try:
        with (
            _server_of_its_own() as (store, clock, settings),
            opened_ports(settings, clock=clock) as ports,
            _pages(settings, clock, door) as until_interrupted,
        ):
            with _progress() as on_progress:
                result = run_demo(ports, store.put, on_progress=on_progress)
            click.echo(result.report())
            until_interrupted()
    finally:
        if door is not None:
            door.close()
    if not result.is_as_told:
        raise HorehabError(
            "The demo did not show what it should: see the table above.", remedy="Please report it.", code="HR-1002"
        )


@contextmanager
def _pages(settings: Settings, clock: Clock, door: socket | None) -> Iterator[Callable[[], None]]:
    """Open the pages while the ward fills, and give what leaves them open until Ctrl-C; without a door, nothing."""
    if door is None:
        yield lambda: None
        return
    address = f"http://127.0.0.1:{door.getsockname()[1]}"
    with pages_beside(make_app(settings, clock=clock), door) as thread, charts_soon_ready():
        click.echo(f"The pages are on {address} already; the ward fills day by day for a minute or two.", err=True)

        def until_interrupted() -> None:
            click.echo(f"\nThe pages are on {address} (Ctrl-C ends them).", err=True)
            with suppress(KeyboardInterrupt):
                thread.join()

        yield until_interrupted


@contextmanager
def _server_of_its_own() -> Iterator[tuple[SandboxStore, SetClock, Settings]]:
    """Run an embedded FHIR server on a free port, with a clock that the demo sets and a database made anew."""
    shutil.rmtree(_FOLDER, ignore_errors=True)
    _FOLDER.mkdir(parents=True)
    clock = SetClock(zone=ZoneInfo(_ZONE))
    store = SandboxStore(clock=clock)
    try:
        with serve(create_sandbox(store, clock=clock)) as server:
            yield (
                store,
                clock,
                Settings(
                    fhir_url=server.url,
                    database_url=f"sqlite:///{_FOLDER}/horehab.sqlite3",
                    time_zone=_ZONE,
                    secret_key=new_id(),
                    demo=True,
                ),
            )
    finally:
        store.close()


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """Show a bar on stderr, so that the report alone goes to stdout; without a terminal, nothing."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description:<28}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Loading", total=None)
        yield lambda words, done, total: bar.update(task, description=words, completed=done, total=total)
