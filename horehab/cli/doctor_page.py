"""The page of `horehab doctor`: findings by part, in columns on a terminal, one line each in a pipe."""

import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

import click

from horehab.usecases.exchange import Choice

MEMORY, MACHINE = "memory", "machine"
_HEADINGS = {
    "server": "FHIR server",
    "signing in": "Signing in",
    "reading": "Reading",
    "writing": "Writing",
    MEMORY: "Our memory",
    MACHINE: "This machine",
}
"""The parts in the order of the page; a finding of another part stands under the first."""

_LEAST, _MOST = 60, 100
_COLORS = {"ok": "green", "! ": "red", "i ": "yellow"}


def print_page(findings: Sequence[Choice]) -> None:
    """Print the findings: folded and in colour for a terminal, else one line for each, to be grepped and pasted."""
    is_terminal = sys.stdout.isatty()
    lines = folded(findings, width=shutil.get_terminal_size().columns) if is_terminal else flat(findings)
    for line in lines:
        mark = line[2:4]
        if is_terminal and line[:2] == "  " and mark in _COLORS:
            click.echo(f"  {click.style(mark, fg=_COLORS[mark], bold=True)}{line[4:]}")
        else:
            click.echo(click.style(line, bold=True) if is_terminal and line[:1].strip() else line)


def flat(findings: Iterable[Choice]) -> Iterator[str]:
    """Say each finding in one line, however long: "  ok subject: finding", with what to do behind it."""
    for heading, group in _grouped(findings):
        yield ""
        yield heading
        for found in group:
            yield f"  {_mark(found)} {found.subject}: {_sentence(found.finding)} {found.remedy}".rstrip()


def folded(findings: Iterable[Choice], *, width: int) -> Iterator[str]:
    """Say each finding in columns of mark, subject and words, within `width` columns (60 to 100)."""
    width = min(max(width, _LEAST), _MOST)
    for heading, group in _grouped(findings):
        column = max(len(found.subject) for found in group)
        indent = " " * (2 + 4 + column + 2)
        yield ""
        yield heading
        for found in group:
            head = f"  {_mark(found)}  {found.subject:{column}}  "
            yield from _wrapped(_sentence(found.finding), head, indent, width)
            if found.remedy:
                yield from _wrapped(found.remedy, f"{indent}-> ", f"{indent}   ", width)


def _grouped(findings: Iterable[Choice]) -> Iterator[tuple[str, list[Choice]]]:
    groups: dict[str, list[Choice]] = {part: [] for part in _HEADINGS}
    for found in findings:
        groups[found.part if found.part in groups else "server"].append(found)
    return ((_HEADINGS[part], group) for part, group in groups.items() if group)


def _mark(found: Choice) -> str:
    """Mark what is well, what is not, and what is well with a hint."""
    if not found.is_well:
        return "! "
    return "i " if found.remedy else "ok"


def _sentence(words: str) -> str:
    """Begin with a capital and end with a full stop, except behind an address, which is copied from here."""
    ends = words.endswith((".", "!", "?")) or "://" in words.rsplit(" ", 1)[-1]
    return f"{words[:1].upper()}{words[1:]}{'' if ends else '.'}"


def _wrapped(words: str, first: str, rest: str, width: int) -> list[str]:
    # an address is never broken: it is copied from here
    return wrap(
        words, width, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )
