"""Modules and functions stay small enough to be read in one sitting (house.md, "Size and style")."""

import ast
from pathlib import Path
from statistics import median, quantiles

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(
    path
    for package in ("horehab", "scheduler", "fhir_profiles")
    for path in (ROOT / package).rglob("*.py")
    if "migrations" not in path.parts
)
TESTS = sorted(path for folder in ("tests", "benchmarks", "examples") for path in (ROOT / folder).rglob("*.py"))
MOST_LINES, MOST_IN_FUNCTION, MOST_PARAMETERS = 300, 50, 5


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_module_is_read_in_one_sitting(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MOST_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= MOST_IN_FUNCTION, f"{node.name} has {length} lines"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_third_parameter_is_named(path: Path) -> None:
    if "cli" in path.parts:
        return  # a command has as many parameters as options, and click names them
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            positional = [a.arg for a in node.args.args if a.arg not in ("self", "cls")]
            assert len(positional) + len(node.args.kwonlyargs) <= MOST_PARAMETERS + 1, node.name


def test_a_file_of_tests_or_benchmarks_is_read_in_one_sitting_too() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in TESTS}
    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}


def test_a_file_of_tests_or_benchmarks_begins_with_what_it_is_about() -> None:
    trees = {str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8")) for path in TESTS}
    assert [name for name, tree in trees.items() if tree.body and not ast.get_docstring(tree)] == []


def test_most_modules_are_short() -> None:
    lengths = [len(p.read_text(encoding="utf-8").splitlines()) for p in MODULES if p.name != "__init__.py"]
    assert median(lengths) <= 150
    assert quantiles(lengths, n=10)[-1] <= 270
