"""The arrows of the house hold, and a planted arrow of each forbidden kind is caught."""

import configparser
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("horehab", "scheduler", "fhir_profiles")


def _lint(tree: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"]
    return subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tree = tmp_path_factory.mktemp("house")
    for package in PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__", "node_modules", "templates", "static")
        shutil.copytree(ROOT / package, tree / package, ignore=ignored)
    shutil.copy(ROOT / "setup.cfg", tree / "setup.cfg")
    return tree


def test_the_house_as_it_stands_keeps_its_arrows() -> None:
    result = _lint(ROOT)
    assert result.returncode == 0, result.stdout


PLANTED = {
    "the core must not know a room": ("horehab/domain/joints.py", "import horehab.store"),
    "detection is above the domain": ("horehab/domain/joints.py", "import horehab.detection.verdicts"),
    "rooms do not see each other": ("horehab/web/__init__.py", "import horehab.sandbox.store"),
    "the web never parses FHIR": ("horehab/web/__init__.py", "import horehab.fhir.reading"),
    "only wiring opens the store": ("horehab/cli/__init__.py", "import horehab.store"),
    "horehab never imports the scheduler": ("horehab/usecases/keep_step.py", "import scheduler.ticks"),
    "FHIR words stay in the fhir room": ("horehab/usecases/keep_step.py", "import fhir_profiles"),
    "only the fhir room and the scheduler speak HTTP": ("horehab/demo/__init__.py", "import requests"),
    "only the doors see Flask": ("horehab/usecases/keep_step.py", "import flask"),
    "only the scheduler knows APScheduler": ("horehab/store/__init__.py", "import apscheduler"),
}


@pytest.mark.parametrize(("file", "line"), PLANTED.values(), ids=PLANTED.keys())
def test_a_planted_arrow_is_caught(house: Path, file: str, line: str) -> None:
    target = house / file
    before = target.read_text(encoding="utf-8")
    target.write_text(f"{before}\n{line}\n", encoding="utf-8")
    try:
        result = _lint(house)
    finally:
        target.write_text(before, encoding="utf-8")
    assert result.returncode == 1, result.stdout
    assert "BROKEN" in result.stdout


def test_the_contracts_name_each_package_of_the_house() -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    roots = set(config["importlinter"]["root_packages"].split())
    assert roots == set(PACKAGES)
