"""A database that cannot be used is named in one sentence with its remedy, and nothing is lost."""

import builtins
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from horehab.errors import ConfigurationError, HorehabError, StoreMismatch, StoreUnavailable
from horehab.store import SqlLogbook, adopt, backup, engine, open_logbook, restore
from tests.store.making import ANA, NOW, item, page, person, reminder

MADRID = ZoneInfo("Europe/Madrid")


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("nonsense", "is not a database URL"),
        ("mysql://host/x", "names 'mysql'"),
        ("sqlite://", "names no file"),
        ("sqlite:////no/such/folder/x.sqlite3", "cannot be opened"),
        ("sqlite:////dev/null/x.sqlite3", "cannot be opened"),
        ("postgresql://nobody@127.0.0.1:1/none", "does not answer"),
    ],
)
def test_a_url_that_leads_nowhere_is_said_in_a_sentence(url: str, says: str) -> None:
    with pytest.raises(HorehabError, match=says) as caught:
        open_logbook(url, zone=MADRID)
    assert caught.value.remedy


def test_a_password_in_the_url_is_never_repeated() -> None:
    for url in ("postgresql://me:canary@127.0.0.1:1/none", "mysql://me:canary@host/x", "x://:canary@/[/"):
        with pytest.raises(HorehabError) as caught:
            open_logbook(url, zone=MADRID)
        assert "canary" not in str(caught.value)


def test_a_database_that_is_not_there_is_named(postgresql_url: str) -> None:
    with pytest.raises(ConfigurationError, match="refuses the database 'none'"):
        open_logbook(postgresql_url.rpartition("/")[0] + "/none", zone=MADRID)


def test_a_missing_driver_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real: Any = builtins.__import__

    def without_psycopg(name: str, *rest: Any) -> Any:
        if name == "psycopg":
            raise ModuleNotFoundError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without_psycopg)
    with pytest.raises(ConfigurationError) as caught:
        open_logbook("postgresql://127.0.0.1/x", zone=MADRID)
    assert caught.value.remedy == 'Run: pip install "horehab[postgresql]"'


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("these are my notes, and they are long enough to be read as a page\n" * 20)
    with pytest.raises(ConfigurationError, match="is damaged or is no SQLite database"):
        open_logbook(f"sqlite:///{file}", zone=MADRID)
    assert file.read_text().startswith("these are my notes")


def test_a_locked_database_changes_nothing_and_resumes_by_itself(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_BUSY_SECONDS", 0)
    logbook = open_logbook(url, zone=MADRID)
    with closing(sqlite3.connect(tmp_path / "horehab.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="locked by another program"):
            logbook.keep(page(item()), now=NOW)
        assert logbook.patients() == ()
        other.execute("ROLLBACK")
    assert logbook.keep(page(item()), now=NOW).changed == 1
    logbook.close()


def test_a_full_disk_changes_nothing_and_resumes_by_itself(logbook: SqlLogbook) -> None:
    logbook.keep(page(person()), now=NOW)
    with logbook._engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    many = page(*(item(f"Observation/{n}") for n in range(500)))
    with pytest.raises(StoreUnavailable, match="disk of the database is full"):
        logbook.keep(many, now=NOW)
    assert logbook.record(ANA).readings == ()
    with logbook._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1000000")
    assert logbook.keep(many, now=NOW).changed == 500


def test_a_copy_of_a_store_neither_writes_nor_sends(logbook: SqlLogbook, url: str, tmp_path: Path) -> None:
    logbook.log(patient=ANA, entries=[], reminders=[reminder()], now=NOW)
    copy = tmp_path / "elsewhere.sqlite3"
    backup(url, copy)
    copied = open_logbook(f"sqlite:///{copy}", zone=MADRID)
    with pytest.raises(StoreMismatch, match="copy of another installation"):
        copied.due_reminders(owner="a", now=NOW, limit=1)
    copied.finish_pass(marks={}, reviews=[], now=NOW, problems=())
    copied.close()
    again = open_logbook(f"sqlite:///{copy}", zone=MADRID)
    with pytest.raises(StoreMismatch):
        again.claim_entries(owner="a", now=NOW, limit=1)
    again.close()
    assert len(logbook.due_reminders(owner="a", now=NOW, limit=1)) == 1


def test_an_old_copy_put_in_the_place_of_the_store_is_found_out(url: str, tmp_path: Path) -> None:
    file, kept = tmp_path / "horehab.sqlite3", tmp_path / "kept"
    logbook = open_logbook(url, zone=MADRID)
    logbook.log(patient=ANA, entries=[], reminders=[reminder()], now=NOW)
    backup(url, kept)
    logbook.due_reminders(owner="a", now=NOW, limit=1)
    logbook.close()
    for name in ("horehab.sqlite3-wal", "horehab.sqlite3-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    shutil.copy(kept, file)
    old = open_logbook(url, zone=MADRID)
    with pytest.raises(StoreMismatch, match="old copy"):
        old.due_reminders(owner="a", now=NOW, limit=1)
    adopt(url, "https://ehr.example/fhir", now=NOW)
    old.check_binding(address="https://ehr.example/fhir")
    assert old.due_reminders(owner="a", now=NOW, limit=1) == ()
    old.close()


def test_a_backup_is_one_private_file_and_overwrites_nothing_by_half(
    logbook: SqlLogbook, url: str, tmp_path: Path
) -> None:
    logbook.keep(page(person()), now=NOW)
    backup(url, tmp_path / "b")
    assert [path.name for path in tmp_path.glob("b*")] == ["b"]
    assert (tmp_path / "b").stat().st_mode & 0o077 == 0
    with pytest.raises(ConfigurationError, match="cannot be written"):
        backup(url, tmp_path / "no" / "such" / "folder")


@pytest.mark.parametrize("content", [None, b"", b"nonsense" * 1000])
def test_what_is_no_backup_is_not_restored(
    logbook: SqlLogbook, url: str, tmp_path: Path, content: bytes | None
) -> None:
    logbook.keep(page(person()), now=NOW)
    file = tmp_path / "b"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigurationError, match="is no backup of horehab"):
        restore(url, file)
    assert logbook.patients() == (ANA,)
