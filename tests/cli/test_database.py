"""`horehab db`, `adopt`, `user`: the care of our own memory, and who may sign in."""

import os
import sqlite3
from pathlib import Path

import pytest

from horehab.demo.story import Story
from horehab.settings import read_settings
from horehab.wiring import opened_ports
from tests.cli.conftest import Desk, says_one_sentence


def test_upgrade_makes_the_tables_and_may_be_repeated(desk: Desk) -> None:
    for _ in range(2):
        result = desk.run("db", "upgrade")
        assert result.exit_code == 0, result.output
        assert "up to date" in result.stdout


def test_a_backup_is_restored_and_then_adopted(ward: Desk, story: Story, tmp_path: Path) -> None:
    file = tmp_path / "monday.backup"
    assert ward.run("review", "--as-of", story.expected[0].last.isoformat()).exit_code == 0
    before = ward.run("outbox", "--all", "--json").stdout
    backed = ward.run("db", "backup", str(file))
    assert backed.exit_code == 0, backed.output
    says_one_sentence(ward.run("db", "backup", str(file)), 2, str(file), "overwrites nothing")
    restored = ward.run("db", "restore", "--yes", str(file))
    assert restored.exit_code == 0, restored.output
    says_one_sentence(ward.run("review"), 3, "restored from a backup", "horehab adopt")
    assert ward.run("adopt", "--yes").exit_code == 0
    assert ward.run("outbox", "--all", "--json").stdout == before


def test_a_person_who_says_no_leaves_everything_as_it_is(desk: Desk) -> None:
    assert desk.run("adopt", typed="n\n").exit_code == 1
    assert not desk.database.exists()


def test_a_user_is_added_with_a_password_that_nobody_can_read(desk: Desk) -> None:
    words = ("user", "add", "ana", "--role", "physiotherapist", "--display", "Ana Ruiz")
    asked = desk.run(*words, typed="four words of hers\nfour words of hers\n")
    assert asked.exit_code == 0, asked.output
    assert "four words" not in asked.output
    assert "names them in words only" in asked.stderr
    assert "--practitioner Practitioner/<id>" in asked.stderr
    piped = desk.run("user", "add", "ben", "--role", "physician", "--password-stdin", typed="a longer sentence\n")
    assert piped.exit_code == 0, piped.output
    connection = sqlite3.connect(desk.database)
    rows = dict(connection.execute("SELECT name, password_hash FROM horehab_user").fetchall())
    connection.close()
    assert set(rows) == {"ana", "ben"}
    assert all(row.startswith(("scrypt:", "pbkdf2:")) for row in rows.values())


@pytest.mark.parametrize("mask", [0o022, 0o000])
def test_the_database_is_for_its_owner_alone(desk: Desk, tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        with opened_ports(read_settings(desk.settings)) as ports:
            ports.logbook.tick(name="scheduler", now=ports.clock.now())
            _is_for_its_owner_alone(desk.database, 3)
        assert desk.run("db", "backup", str(tmp_path / "monday.backup")).exit_code == 0
        for file in tmp_path.glob("horehab.sqlite3*"):
            file.unlink()
        assert desk.run("db", "restore", "--yes", str(tmp_path / "monday.backup")).exit_code == 0
        _is_for_its_owner_alone(desk.database, 1)
    finally:
        os.umask(before)


def _is_for_its_owner_alone(database: Path, count: int) -> None:
    files = [file for file in database.parent.glob("horehab.sqlite3*") if not file.name.endswith(".installation")]
    assert len(files) >= count, files
    assert not [file for file in files if file.stat().st_mode & 0o077]


@pytest.mark.parametrize("reference", ["7", "Patient/7", "Practitioner/", "Practitioner/a b", ""])
def test_a_practitioner_is_a_reference_to_a_person_of_the_ehr(desk: Desk, reference: str) -> None:
    words = ("user", "add", "ana", "--role", "physician", "--practitioner", reference, "--password-stdin")
    says_one_sentence(desk.run(*words, typed="a longer sentence\n"), 2, "--practitioner", "PractitionerRole/<id>")
    assert not desk.database.exists()


def test_a_practitioner_who_is_one_is_taken(desk: Desk) -> None:
    words = (
        "user",
        "add",
        "ana",
        "--role",
        "physician",
        "--practitioner",
        "PractitionerRole/a.7",
        "--password-stdin",
    )
    result = desk.run(*words, "--password-stdin", typed="a longer sentence\n")
    assert (result.exit_code, result.stderr) == (0, "")


def test_who_only_looks_after_the_way_to_the_ehr_signs_nothing_there(desk: Desk) -> None:
    words = ("user", "add", "tec", "--role", "integrator", "--password-stdin")
    assert desk.run(*words, typed="a longer sentence\n").stderr == ""


@pytest.mark.parametrize(
    ("words", "typed", "said"),
    [
        (("ana", "--role", "physician"), "short\n", "too short"),
        (("an a", "--role", "physician"), "a longer sentence\n", "'an a'"),
    ],
)
def test_a_user_that_cannot_be_is_one_sentence(desk: Desk, words: tuple[str, ...], typed: str, said: str) -> None:
    says_one_sentence(desk.run("user", "add", *words, "--password-stdin", typed=typed), 2, said)


def test_a_role_that_is_none_is_a_matter_of_usage(desk: Desk) -> None:
    result = desk.run("user", "add", "ana", "--role", "king", "--password-stdin", typed="a longer sentence\n")
    assert result.exit_code == 2
    assert "physiotherapist" in result.stderr
