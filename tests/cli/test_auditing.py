"""The audit trail before a terminal: its notes, whether the chain is whole, and whether its end was cut off."""

import json
import re
import sqlite3
from contextlib import closing

from tests.cli.conftest import Desk


def add_users(desk: Desk, *names: str) -> None:
    for name in names:
        words = ("user", "add", name, "--role", "physiotherapist", "--password-stdin")
        assert desk.run(*words, typed="a long sentence\n").exit_code == 0


def test_notes_are_listed_the_newest_first(desk: Desk) -> None:
    add_users(desk, "ana", "ben")
    lines = [json.loads(line) for line in desk.run("audit", "list", "--json").stdout.splitlines()]
    assert [line["what"] for line in lines] == ["user added: ben", "user added: ana"]
    assert {line["who"] for line in lines} == {"command line"}
    assert "user added: ana" in desk.run("audit", "list", "--most", "5").stdout
    for words in (("--who", "nobody"), ("--patient", "Patient/1"), ("--refused",)):
        assert "No such note" in desk.run("audit", "list", *words).stdout


def test_a_whole_chain_is_said_to_be_whole_with_its_last_seal(desk: Desk) -> None:
    assert "Whole: 0 notes" in desk.run("audit", "verify").stdout
    add_users(desk, "ana")
    result = desk.run("audit", "verify")
    assert (result.exit_code, "Whole: 1 note," in result.stdout) == (0, True)
    seal = re.search(r"its seal ([0-9a-f]{64})", result.stdout)
    assert seal
    assert desk.run("audit", "verify", "--holds", seal[1]).exit_code == 0


def test_an_altered_note_and_a_cut_end_are_found(desk: Desk) -> None:
    add_users(desk, "ana", "ben", "eva")
    seal = re.search(r"its seal ([0-9a-f]{64})", desk.run("audit", "verify").stdout)
    assert seal
    with closing(sqlite3.connect(desk.database)) as database, database:
        database.execute("DELETE FROM horehab_audit WHERE row = 3")
    assert desk.run("audit", "verify").exit_code == 0
    cut = desk.run("audit", "verify", "--holds", seal[1])
    assert (cut.exit_code, "was cut off" in cut.stdout) == (1, True)
    with closing(sqlite3.connect(desk.database)) as database, database:
        database.execute("UPDATE horehab_audit SET what = 'user added: x' WHERE row = 1")
    altered = desk.run("audit", "verify")
    assert (altered.exit_code, "at note 1 of 2" in altered.stdout) == (1, True)
    assert desk.run("audit", "verify", "--holds", "short").exit_code == 2
