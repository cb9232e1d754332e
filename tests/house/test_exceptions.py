"""Whoever is let off a check is let off that one alone, and beside it stands why."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted(
    path
    for folder in ("horehab", "scheduler", "fhir_profiles", "tests", "benchmarks", "examples")
    for path in (ROOT / folder).rglob("*.py")
    if path != Path(__file__)
)
LET_OFF = re.compile(r"#\s*(noqa|type:\s*ignore|ruff:|flake8:|mypy:|pylint:|isort:|pragma:)", re.IGNORECASE)
WITH_REASON = re.compile(r"  # (noqa: [A-Z]+\d+(, [A-Z]+\d+)*|type: ignore\[[a-z-]+(, [a-z-]+)*\])  # \w")
LEFT_UNDONE = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError)\b")


def without_reason(text: str) -> list[str]:
    """List the lines that let something off without naming what, or without a word why."""
    return [line.strip() for line in text.splitlines() if LET_OFF.search(line) and not WITH_REASON.search(line)]


def test_every_exception_names_its_check_and_its_reason() -> None:
    found = {str(path.relative_to(ROOT)): without_reason(path.read_text(encoding="utf-8")) for path in FILES}
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_nothing_is_left_for_later() -> None:
    found = [str(path.relative_to(ROOT)) for path in FILES if LEFT_UNDONE.search(path.read_text(encoding="utf-8"))]
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        "x = 1  # noqa",
        "x = 1  # noqa: S101",
        "x = 1  # noqa: S101 - a dash is easily overread",
        "x = 1  # type: ignore",
        "x = 1  # type: ignore[misc]",
        "x = 1  # type: ignore  # but which?",
        "# ruff: noqa",
        "# mypy: ignore-errors",
        "if x:  # pragma: no cover",
    ],
)
def test_an_exception_without_check_or_reason_is_found(line: str) -> None:
    assert without_reason(line) == [line]


@pytest.mark.parametrize(
    "line", ["x = 1  # noqa: S101, B009  # said twice", "x = 1  # type: ignore[attr-defined]  # as it came", "x = 1"]
)
def test_an_exception_with_check_and_reason_is_let_be(line: str) -> None:
    assert without_reason(line) == []
