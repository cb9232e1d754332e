"""How every command begins and ends: settings in, one clear sentence and an exit code out, never a traceback."""

import getpass
import json
import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import wraps
from typing import Any, ParamSpec

import click
from flask import current_app, has_app_context
from rich.console import Console
from rich.table import Table

from horehab.errors import HorehabError, InputError
from horehab.settings import Settings, read_settings, unknown_settings

DONE, INCOMPLETE = 0, 1

_P = ParamSpec("_P")
_NO_LIMIT = 1_000_000  # columns of a table that no terminal shows: it is grepped and copied, never looked at


def settings_here() -> Settings:
    """Read the settings: the host's Flask config under `flask horehab`, the environment otherwise."""
    return read_settings(_source())


def unknown_here() -> tuple[str, ...]:
    """Name what looks like a setting of ours, where the settings come from, and is none."""
    return unknown_settings(_source())


def who_is_here() -> str:
    """Name who uses this machine, for the audit trail; a container may run as a user without a name."""
    try:
        return f"command line: {getpass.getuser()}"
    except (KeyError, OSError, ImportError):
        return "command line"


def _source() -> Mapping[str, Any]:
    return current_app.config if has_app_context() else os.environ


def guarded(command: Callable[_P, None]) -> Callable[_P, None]:
    """Turn whatever goes wrong in a command into one sentence on stderr and its exit code."""

    @wraps(command)
    def run(*args: _P.args, **kwargs: _P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except HorehabError as error:
            click.echo(f"{' '.join(str(error).split())} ({error.code})", err=True)
            sys.exit(error.exit_code)
        except (click.exceptions.Exit, click.ClickException, click.Abort, BrokenPipeError):
            raise
        except Exception as error:  # noqa: BLE001  # the last door: nobody shall see a traceback
            click.echo(_kept_for_developers(error), err=True)
            sys.exit(INCOMPLETE)

    return run


def _kept_for_developers(error: Exception) -> str:
    """Put the traceback into a file that only this user can read, since it may quote patient data."""
    with tempfile.NamedTemporaryFile("w", prefix="horehab-", suffix=".txt", delete=False, encoding="utf-8") as file:
        file.write("".join(traceback.format_exception(error)))
    return (
        f"Something unforeseen happened ({type(error).__name__}), nothing that was kept is lost; the details are in "
        f"{file.name} (they may quote patient data): please report it, and try again. (HR-1001)"
    )


def day_of(text: str | None, *, field: str) -> date | None:
    """Read a day written as 2026-03-31; InputError names the option, the value and the remedy."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        remedy = "Write a day of the calendar as YYYY-MM-DD, such as 2026-03-31."
        raise InputError(f"{field} {text!r} is no date.", field=field, value=text, remedy=remedy) from error


def print_lines(rows: Iterable[Mapping[str, Any]]) -> None:
    """Print one JSON object a line (NDJSON), for programs."""
    for row in rows:
        click.echo(json.dumps(row, ensure_ascii=False))


def print_table(heads: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
    """Print a table for people, or the one sentence that says that there is nothing to show.

    Nothing is ever cut: a terminal folds long cells, a pipe gets one line a row, however long.
    """
    console = Console(markup=False, highlight=False)
    is_piped = not console.is_terminal
    table = Table(header_style="bold", box=None, pad_edge=False)
    for head in heads:
        table.add_column(head, overflow="fold", no_wrap=is_piped)
    for row in rows:
        cells = ("" if cell is None else str(cell) for cell in row)
        table.add_row(*(" ".join(cell.split()) if is_piped else cell for cell in cells))
    if not table.rows:
        click.echo(empty)
        return
    if not is_piped:
        console.print(table)
        return
    console = Console(markup=False, highlight=False, width=_NO_LIMIT)
    with console.capture() as said:
        console.print(table)
    for line in said.get().splitlines():
        click.echo(line.rstrip())
