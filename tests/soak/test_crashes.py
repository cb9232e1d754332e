"""Killed in the middle of anything, again and again, with a bad server before it: nothing lost, nothing doubled."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.soak.ablations import ABLATIONS
from tests.soak.crashes import soak

KILLS = 25
MOST_KILLS_TO_NOTICE = 100


def test_killed_again_and_again_before_a_bad_server_it_loses_and_doubles_nothing(tmp_path: Path) -> None:
    report = soak(kills=KILLS, seed=3, database=f"sqlite:///{tmp_path}/horehab.sqlite3")
    assert not report.losses, report.line()
    assert report.kills == KILLS
    assert report.living > 100
    assert report.suspicions > 0
    assert set(report.moments) > {"between requests"}, "it was killed while it read or wrote, too"


def test_on_postgresql_likewise(postgresql_url: str) -> None:
    report = soak(kills=10, seed=4, database=postgresql_url)
    assert not report.losses, report.line()
    assert report.suspicions > 0


@pytest.mark.parametrize("name", ["overlap", "search"])
def test_without_the_idea_behind_it_the_promise_breaks_and_that_is_noticed(name: str, tmp_path: Path) -> None:
    report = soak(kills=MOST_KILLS_TO_NOTICE, seed=5, database=f"sqlite:///{tmp_path}/horehab.sqlite3", ablation=name)
    assert any(getattr(report.losses, kind) for kind in ABLATIONS[name].shows), report.line()


def test_a_run_says_what_it_found_in_one_line_and_by_its_exit_code() -> None:
    command = [sys.executable, "-m", "tests.soak.crashes", "--kills", "40", "--ablation", "any-2xx"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 1, done.stderr
    first = done.stdout.splitlines()[0]
    assert " kills (" in first
    assert " missing" in first
