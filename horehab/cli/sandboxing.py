"""`horehab sandbox`: an embedded FHIR server to try things on, for one machine and synthetic patients only."""

from contextlib import closing
from pathlib import Path

import click

from horehab.cli.serving import listening, serve_pages
from horehab.cli.speaking import guarded, settings_here
from horehab.clock import SystemClock
from horehab.sandbox import create_sandbox
from horehab.sandbox import load as load_file
from horehab.sandbox.store import SandboxStore

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8765, show_default=True, help="Port on 127.0.0.1.")
@click.option("--load", multiple=True, type=_FILE, help="A Bundle, a resource or NDJSON to begin with; repeatable.")
@click.option("--data", type=click.Path(dir_okay=False, path_type=Path), help="Keep the resources in this file.")
@guarded
def sandbox(port: int, load: tuple[Path, ...], data: Path | None) -> None:
    """Run an embedded FHIR R4 server on 127.0.0.1, limited to what horehab uses; no sign-in, no real patients.

    \b
    Examples:
      horehab sandbox                                   empty, in memory
      horehab sandbox --load bundle.json --data var/sandbox.sqlite3
      HOREHAB_FHIR_URL=http://127.0.0.1:8765/fhir horehab review
    """
    clock = SystemClock(zone=settings_here().zone)
    with closing(SandboxStore(data)) as store, listening("127.0.0.1", port) as door:
        app = create_sandbox(store, clock=clock)
        with store.shelf.unit():  # a bad file leaves nothing of the others behind
            count = sum(load_file(store, file) for file in load)
        click.echo(f"{count} resources loaded.", err=True)
        serve_pages(app, door, words=f"The sandbox is on http://127.0.0.1:{port}/fhir (Ctrl-C ends it).")
