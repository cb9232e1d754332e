"""A first load is killed in its middle, again and again: what it holds in the end is what a sync holds."""

from pathlib import Path

from tests.soak.loads import killed_loads


def test_a_first_load_that_is_killed_again_and_again_holds_what_a_sync_holds(tmp_path: Path) -> None:
    report = killed_loads(4, seed=11, folder=tmp_path)
    assert report.wrong == 0, report.line()
    assert report.kills == 4
    assert report.resumed >= 2
