"""A server that cannot be had fails its tests in CI, and is said by everybody else's summary."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WITH_OUR_WAY = "from tests.conftest import pytest_runtest_call, pytest_runtest_setup, pytest_terminal_summary\n"
TESTS_THAT_NEED_ONE = """
import pytest
from tests.servers.cannot_be_had import CannotBeHad

@pytest.fixture(scope="session")
def server():
    raise CannotBeHad("there is no such server (apt-get install server)")

def test_one(server): pass
def test_another(server): pass
def test_that_starts_it_itself(): raise CannotBeHad("there is no such server (apt-get install server)")
"""


def run(folder: Path, ci: str) -> tuple[int, str]:
    """Run three tests that need a server which is not there; give how that ended, and what was said."""
    (folder / "conftest.py").write_text(WITH_OUR_WAY)
    (folder / "test_it.py").write_text(TESTS_THAT_NEED_ONE)
    words = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--rootdir", ".", "-c", os.devnull, "."]
    environment = {**os.environ, "CI": ci, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(words, env=environment, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout


@pytest.mark.parametrize("ci", ["true", "1"])
def test_in_ci_no_test_is_passed_over(tmp_path: Path, ci: str) -> None:
    code, said = run(tmp_path, ci)
    assert code == pytest.ExitCode.TESTS_FAILED, said
    assert said.count("\nIn CI every server must be had: there is no such server (apt-get install server)") == 3
    assert "skipped" not in said


def test_elsewhere_the_summary_says_what_was_not_run_and_why(tmp_path: Path) -> None:
    code, said = run(tmp_path, "")
    assert code == pytest.ExitCode.OK, said
    assert "3 tests not run, because there is no such server (apt-get install server)" in said


def test_the_script_of_ci_says_that_it_is_ci() -> None:
    assert 'export CI="${CI:-true}"' in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
