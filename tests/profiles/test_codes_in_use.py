"""Every public code in use is sure or a setting replaces it, and stands in a table with its source, not in code."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fhir_profiles import CANONICAL, codes, uses
from horehab.fhir.basis.terminology import LOINC, SNOMED
from horehab.settings import Settings
from tests.profiles.every_form import BY_CONFIGURATION, every_form
from tests.profiles.test_package import _codings

HOUSE = Path(__file__).parents[2]
_CODE = re.compile(r"(?:.*\|)?(\d{6,18}|\d{3,5}-\d)")
_OF_SETTINGS = {"horehab/settings.py", "horehab/wiring.py", "horehab/fhir/basis/site.py"}
PLAYED = HOUSE / "horehab/demo"
"""The demo plays an EHR that is not ours; its codes are its data."""

ROWS = {(row.system, row.code): row for row in codes()}


def _typed(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            match = _CODE.fullmatch(node.value)
            if match:
                yield match[1]


def _found() -> dict[str, set[str]]:
    """Give the codes that are typed in Python, by file."""
    files = [path for room in ("horehab", "scheduler", "fhir_profiles") for path in (HOUSE / room).rglob("*.py")]
    found = {str(path.relative_to(HOUSE)): set(_typed(path)) for path in files}
    return {path: typed for path, typed in found.items() if typed}


def test_no_code_is_typed_in_python_but_in_the_default_of_a_setting() -> None:
    found = _found()
    assert found.keys() <= _OF_SETTINGS
    assert set().union(*found.values()) == {Settings().suspicion_code.rpartition("|")[2]} <= BY_CONFIGURATION


def test_what_the_played_ehr_codes_is_in_our_table() -> None:
    texts = [path.read_text(encoding="utf-8") for path in PLAYED.glob("*.toml")]
    played = {code for text in texts for code in re.findall(r'= "(\d{6,18}|\d{3,5}-\d)"', text)}
    assert len(played) > 40
    assert played <= {row.code for row in codes()}


def test_a_planted_code_is_seen(tmp_path: Path) -> None:
    file = tmp_path / "planted.py"
    file.write_text('HIP = ("http://snomed.info/sct", "287679003")\nPAIN = "http://loinc.org|72514-3"\n', "utf-8")
    assert set(_typed(file)) == {"287679003", "72514-3"}


@pytest.mark.parametrize(
    "use", ["range of motion", "body site", "joint", "side", "session written", "pain", "admission", "position"]
)
def test_every_code_in_use_is_sure(use: str) -> None:
    unsure = {code for _, (system, code) in uses(use) if not ROWS[system, code].is_sure}
    assert unsure <= BY_CONFIGURATION


def test_every_code_that_is_only_read_is_in_the_table() -> None:
    assert {coding for _, coding in uses("session")} <= ROWS.keys()


def test_a_use_that_there_is_not_is_said() -> None:
    with pytest.raises(LookupError, match="says of no code that it is used as 'weather'"):
        uses("weather")


def _is_public(coding: tuple[str, str]) -> bool:
    return coding[0] in (SNOMED, LOINC)


def test_every_public_code_that_we_write_is_sure_or_a_setting_replaces_it() -> None:
    written: set[tuple[str, str]] = set().union(*(set(_codings(form)) for form in every_form()))
    public = set(filter(_is_public, written))
    assert len(public) > 20
    assert {code for system, code in public if not ROWS[system, code].is_sure} <= BY_CONFIGURATION


def test_every_other_code_that_we_write_is_ours_or_one_of_hl7() -> None:
    def systems(tree: Any) -> set[str]:
        return {system for system, _ in _codings(tree)}

    written = set().union(*(systems(form) for form in every_form()))
    others = {each for each in written if each not in (SNOMED, LOINC) and not each.startswith(f"{CANONICAL}/")}
    assert {each.partition("/CodeSystem/")[0] for each in others} <= {
        "http://terminology.hl7.org",
        "http://unitsofmeasure.org",
    }
