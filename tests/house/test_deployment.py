"""What the operator reads about the settings is what the settings are."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from horehab.settings import Settings, setting_names

ROOT = Path(__file__).parents[2]
WORDS = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
TABLE = [line for line in WORDS.splitlines() if line.startswith("| `HOREHAB_")]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "horehab").rglob("*.py"))]


@pytest.mark.parametrize("name", setting_names())
def test_a_setting_stands_in_the_table_by_its_full_name(name: str) -> None:
    assert any(f"`{name}`" in line.split("|")[1] for line in TABLE), f"docs/deployment.md does not explain {name}"


def test_the_document_names_no_setting_that_is_none() -> None:
    named = {name for line in TABLE for name in re.findall(r"HOREHAB_[A-Z_]+", line)}
    assert named == set(setting_names())


def test_each_default_of_a_single_setting_is_the_one_that_is_written() -> None:
    defaults = {name: field.default for name, field in zip(setting_names(), fields(Settings), strict=True)}
    rows = [re.split(r"(?<!\\)\|", line) for line in TABLE]
    checked = 0
    for _, names, default, *_rest in rows:
        told = re.fullmatch(r" `(HOREHAB_[A-Z_]+)` ", names)
        written = re.fullmatch(r" `([^`]+)` ", default)
        if told and written:
            value = defaults[told[1]]
            expected = str(value).lower() if isinstance(value, bool) else str(value)
            assert written[1].replace("\\|", "|") == expected, told[1]
            checked += 1
    assert checked > 5


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_postgresql_address_is_written_in_one_form(path: Path) -> None:
    assert "postgresql://" not in path.read_text(encoding="utf-8")
