"""`horehab sandbox`: an embedded FHIR server to try things on, for one machine and synthetic patients only."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from horehab.cli.serving import listening, serve_pages
from horehab.cli.speaking import guarded, settings_here
from horehab.clock import SystemClock
from horehab.errors import InputError
from horehab.sandbox import create_sandbox
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
        count = sum(1 for file in load for _ in map(store.put, resources_of(file)))
        click.echo(f"{count} resources loaded.", err=True)
        serve_pages(app, door, words=f"The sandbox is on http://127.0.0.1:{port}/fhir (Ctrl-C ends it).")


def resources_of(file: Path) -> Iterator[dict[str, Any]]:
    """Read the resources out of a Bundle, a single resource or NDJSON; InputError names file and line."""
    text = file.read_text(encoding="utf-8")
    try:
        trees = [json.loads(text)]
    except ValueError:
        trees = [_line(file, number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    for tree in trees:
        if not isinstance(tree, dict) or "resourceType" not in tree:
            raise _no_fhir(file, "holds something that is no FHIR resource")
        entries = tree.get("entry", []) if tree["resourceType"] == "Bundle" else [{"resource": tree}]
        yield from (entry["resource"] for entry in entries if "resource" in entry)


def _line(file: Path, number: int, line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError as error:
        raise _no_fhir(file, f"is no JSON, line {number}: {error}") from error


def _no_fhir(file: Path, what: str) -> InputError:
    return InputError(
        f"The file {str(file)!r} {what}.",
        field="--load",
        value=str(file),
        remedy="Give a FHIR Bundle, a resource, or NDJSON.",
    )
