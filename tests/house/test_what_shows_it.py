"""What docs/reminders.md names as showing a promise is there to be run."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reminders.md").read_text(encoding="utf-8")
SHOWN = PAGE.partition("## What shows it")[2].partition("## Watching over it")[0]
TESTS = sorted(set(re.findall(r"tests/\w+/\w+\.py", SHOWN)))


def test_many_tests_are_named() -> None:
    assert len(TESTS) > 30


@pytest.mark.parametrize("name", TESTS)
def test_a_test_that_is_named_stands_there(name: str) -> None:
    assert (ROOT / name).is_file()


def test_a_module_and_a_make_target_that_are_named_stand_there() -> None:
    for module in re.findall(r"python -m ([\w.]+)", SHOWN):
        assert (ROOT / f"{module.replace('.', '/')}.py").is_file(), module
    targets = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"`make ([\w-]+)`", SHOWN):
        assert re.search(rf"^{target}:", targets, re.MULTILINE), target
