"""Disk full, database locked, an old backup in its place: it says so, harms nothing, and goes on by itself."""

import resource
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from horehab.cli import main
from horehab.store import engine
from horehab.wiring import close_ports
from tests.e2e.said import House, open_house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path) as opened:
        yield opened


def _run(house: House, *words: str) -> Result:
    return CliRunner().invoke(main, list(words), env=house.settings)


def _file(tmp_path: Path) -> Path:
    return tmp_path / "horehab.sqlite3"


def _is_sound(tmp_path: Path) -> bool:
    with closing(sqlite3.connect(_file(tmp_path))) as connection:
        return bool(connection.execute("PRAGMA integrity_check").fetchone() == ("ok",))


@contextmanager
def _no_larger_files(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond a size, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_a_disk_that_takes_no_more_is_said_and_the_next_pass_goes_on(house: House, tmp_path: Path) -> None:
    patient = house.chart_a_fall()
    house.tick()
    second = house.chart_a_fall()
    size = max(file.stat().st_size for file in tmp_path.glob("horehab.sqlite3*"))
    with _no_larger_files(size):
        said = _fill_up(house)
    assert "The disk of the database" in said
    assert _is_sound(tmp_path)
    house.rest()
    house.rest()
    assert house.tick().is_done
    for name in (patient, second):
        assert house.held(name) == 12
        assert len(house.suspicions(name)) == 1


def _fill_up(house: House) -> str:
    """Chart and read until the disk is full; gives what is said then."""
    said = ""
    for _ in range(40):
        house.chart_a_fall()
        said = house.tick().log
        if "disk" in said:
            break
    health = house.pages.client.get("/horehab/health")
    assert health.status_code in (200, 503)
    return said


def test_a_locked_database_is_said_and_the_next_pass_goes_on(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = house.chart_a_fall()
    monkeypatch.setattr(engine, "_BUSY_SECONDS", 0)
    with closing(sqlite3.connect(_file(tmp_path), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        told = _run(house, "sync")
        other.execute("ROLLBACK")
    assert told.exit_code != 0
    assert "locked by another program" in told.output
    assert house.tick().is_done
    assert house.held(patient) == 12
    assert len(house.suspicions(patient)) == 1


def test_an_old_backup_in_its_place_writes_nothing_until_adopted_and_doubles_nothing(
    house: House, tmp_path: Path
) -> None:
    backup = tmp_path / "backup"
    assert _run(house, "db", "backup", str(backup)).exit_code == 0
    patient = house.chart_a_fall()
    house.tick()
    (before,) = house.suspicions(patient)
    close_ports(house.tower.ports)
    restored = _run(house, "db", "restore", str(backup), "--yes")
    assert restored.exit_code == 0, restored.output
    refused = _run(house, "review")
    assert refused.exit_code != 0
    assert "horehab adopt" in refused.output
    (finding,) = [each for each in house.ask_doctor() if each["subject"] == "binding"]
    assert not finding["is_well"]
    assert _run(house, "adopt", "--yes").exit_code == 0
    again = _run(house, "review", "--as-of", house.clock.today().isoformat())
    assert again.exit_code == 0, again.output
    (after,) = house.suspicions(patient)
    assert after["id"] == before["id"]
    assert after["meta"]["versionId"] == before["meta"]["versionId"]
