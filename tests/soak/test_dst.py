"""At any local time, in any zone, each day has its one reminder; a cron of local times does not manage that."""

from zoneinfo import ZoneInfo

import pytest

from horehab.store.local_time import due_instant
from tests.soak import dst


def test_seventy_zones_at_every_change_of_their_clocks_have_no_day_without_and_none_with_two() -> None:
    assert len(dst.ZONES) >= 60
    report = dst.ours(is_sample=True)
    assert report.asked > 100_000
    assert report.is_right, report


def test_a_cron_of_local_times_misses_days_and_doubles_days_in_the_same_years() -> None:
    report = dst.cron(("Europe/Madrid", "America/Santiago", "Australia/Lord_Howe"), years=2)
    assert report.without > 0
    assert report.two > 0


@pytest.mark.parametrize("drift", [-1, 1])
def test_the_oracle_notices_an_instant_that_is_off_by_an_hour(drift: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dst, "due_instant", lambda day, at, zone: due_instant(day, at, zone) + drift * dst._HOUR)
    report = dst.ours(("Europe/Madrid",), is_sample=True)
    assert len(report.others) == report.asked


def test_the_oracle_knows_the_changes_of_a_clock() -> None:
    found = dst.changes(ZoneInfo("Europe/Madrid"))
    assert len(found) == 20
    assert str(found[0].at) == "2025-03-30 01:00:00+00:00"
