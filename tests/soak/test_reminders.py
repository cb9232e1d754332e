"""Schedulers that are killed and stopped, before a bad gateway: each reminder is read once, or is listed."""

from pathlib import Path

import pytest

from tests.soak.reminder_ablations import ABLATIONS
from tests.soak.reminder_ward import to_be_told
from tests.soak.reminders import Report, soak

REMINDERS = 40
IN_PIECES = 160
"""Where they leave many at a time, 40 are over before anybody is killed."""


def run(folder: Path, *, drops_repeats: bool, ablation: str = "") -> Report:
    return soak(
        reminders=IN_PIECES if drops_repeats else REMINDERS,
        schedulers=2,
        database=f"sqlite:///{folder}/horehab.sqlite3",
        seed=7,
        drops_repeats=drops_repeats,
        ablation=ablation,
    )


def test_through_a_gateway_that_drops_repeats_each_is_read_once_and_none_is_unknown(tmp_path: Path) -> None:
    report = run(tmp_path, drops_repeats=True)
    assert not report.findings, report.findings
    assert (report.delivered, report.unknown) == (IN_PIECES, 0)
    assert report.events, "schedulers were killed or stopped"


def test_through_a_gateway_that_drops_none_nothing_is_read_twice_and_each_doubt_is_listed(tmp_path: Path) -> None:
    report = run(tmp_path, drops_repeats=False)
    assert not report.findings, report.findings
    assert REMINDERS - report.unknown <= report.delivered <= REMINDERS
    assert report.events, "schedulers were killed or stopped"


@pytest.mark.parametrize("name", ["window"])
def test_without_the_idea_behind_it_the_promise_breaks_and_that_is_noticed(name: str, tmp_path: Path) -> None:
    report = run(tmp_path, drops_repeats=False, ablation=name)
    assert any(getattr(report.findings, kind) for kind in ABLATIONS[name].shows), report.line()


def test_no_two_of_the_reminders_are_alike_on_a_telephone() -> None:
    assert len(to_be_told(8000)) == 8000
    assert len(set(to_be_told(8000).values())) == 8000
