"""The quiet core imports no third party, and nothing that reads clocks, dice, files or networks."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "horehab"
CORE = ("domain", "detection", "usecases", "errors.py")
FORBIDDEN = {
    "importlib.resources", "os", "io", "pathlib", "socket", "sqlite3", "logging", "time", "random", "uuid",
}  # fmt: skip
ALLOWED_THIRD_PARTY = {"detection": {"numpy"}}


def _files() -> Iterator[Path]:
    for name in CORE:
        place = ROOT / name
        yield from [place] if place.is_file() else sorted(place.rglob("*.py"))


def imported_modules(source: str) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names if node.module == "importlib"}
    return found


def violations(source: str, *, third_party: set[str]) -> set[str]:
    bad = set()
    for module in imported_modules(source):
        top = module.partition(".")[0]
        is_foreign = top not in sys.stdlib_module_names and top != "horehab" and top not in third_party
        if is_foreign or module in FORBIDDEN or top in FORBIDDEN:
            bad.add(module)
    return bad


@pytest.mark.parametrize("path", list(_files()), ids=lambda p: str(p.relative_to(ROOT)))
def test_a_file_of_the_core_only_thinks(path: Path) -> None:
    allowed = ALLOWED_THIRD_PARTY.get(path.relative_to(ROOT).parts[0], set())
    assert violations(path.read_text(encoding="utf-8"), third_party=allowed) == set()


@pytest.mark.parametrize("line", ["import random", "from os import path", "import requests", "import numpy"])
def test_a_planted_import_is_seen(line: str) -> None:
    assert violations(line, third_party=set())


def test_the_core_is_not_empty() -> None:
    assert len(list(_files())) > 20


def test_the_room_that_only_thinks_says_why_in_six_lines() -> None:
    assert len((ROOT / "domain" / "README").read_text(encoding="utf-8").splitlines()) == 6
