"""What a logbook promises of the house around: who signs in, who did what, how it stands, to whom it belongs."""

import threading
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from horehab.errors import InputError, StoreMismatch, StoreTooNew
from horehab.store import SqlLogbook, adopt, backup, open_logbook, restore, upgrade
from horehab.store.engine import read_url
from horehab.usecases.exchange import User
from tests.contracts.conftest import MADRID
from tests.store.making import ANA, NOW, broken, logged, page, person, reminder, review, suspicion

MARTA = User(name="marta", display="Marta", role="physiotherapist", password_hash="scrypt:x")


def change(database_url: str, statement: str) -> None:
    engine = create_engine(read_url(database_url))
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_who_may_sign_in_is_found_and_replaced(logbook: SqlLogbook) -> None:
    assert logbook.user("marta") is None
    logbook.add_user(MARTA)
    logbook.add_user(replace(MARTA, role="physician", practitioner="Practitioner/3", is_active=False))
    assert logbook.user("marta") == replace(MARTA, role="physician", practitioner="Practitioner/3", is_active=False)


@pytest.mark.parametrize(("part", "value"), [("role", "boss"), ("name", " ")])
def test_a_role_or_a_name_that_is_none_is_refused(logbook: SqlLogbook, part: str, value: str) -> None:
    changed: dict[str, Any] = {part: value}
    with pytest.raises(InputError) as caught:
        logbook.add_user(replace(MARTA, **changed))
    assert caught.value.field == part


def test_who_did_what_is_chained_and_an_altered_note_is_found(logbook: SqlLogbook, database_url: str) -> None:
    for number in range(5):
        logbook.audit(who="marta", what=f"opened {number}", patient=ANA if number % 2 else None, now=NOW)
    assert logbook.broken_audit() is None
    change(database_url, "UPDATE horehab_audit SET who = 'nobody' WHERE row = 3")
    assert logbook.broken_audit() == 3


@pytest.mark.parametrize("row", [1, 3])
def test_a_note_that_was_taken_out_is_found(logbook: SqlLogbook, database_url: str, row: int) -> None:
    for number in range(5):
        logbook.audit(who="marta", what=f"opened {number}", patient=None, now=NOW)
    change(database_url, f"DELETE FROM horehab_audit WHERE row = {row}")
    assert logbook.broken_audit() == row


def test_two_who_write_notes_at_once_make_one_chain(logbook: SqlLogbook) -> None:
    def write(name: str) -> None:
        for number in range(20):
            logbook.audit(who=name, what=str(number), patient=None, now=NOW)

    threads = [threading.Thread(target=write, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert logbook.broken_audit() is None


def test_health_tells_the_last_pass_tick_and_what_waits(logbook: SqlLogbook) -> None:
    fresh = logbook.health(now=NOW)
    assert (fresh.last_pass, fresh.last_tick, fresh.waiting, fresh.problems) == (None, None, 0, ())
    logbook.keep(page(person(), broken()), now=NOW)
    wanted = review(entries=(suspicion(),), reminders=(reminder(),))
    logbook.finish_pass(marks={}, reviews=[wanted], now=NOW, problems=("Observation: no answer",))
    logbook.tick(name="step", now=NOW)
    logbook.tick(name="step", now=NOW + timedelta(seconds=30))
    health = logbook.health(now=NOW)
    assert (health.last_pass, health.last_tick) == (NOW, NOW + timedelta(seconds=30))
    assert (health.waiting, health.conflicts, health.set_aside) == (1, 0, 1)
    assert health.problems == ("Observation: no answer",)
    assert health.details["reminders due"] == "1"


def test_a_piece_of_work_is_held_by_one_at_a_time(logbook: SqlLogbook) -> None:
    later = NOW + timedelta(seconds=61)
    assert logbook.hold("sync", owner="a", now=NOW, seconds=60)
    assert not logbook.hold("sync", owner="b", now=NOW, seconds=60)
    assert logbook.hold("sync", owner="a", now=NOW, seconds=60)
    assert logbook.hold("sync", owner="b", now=later, seconds=60)
    logbook.release("sync", owner="a")
    assert not logbook.hold("sync", owner="a", now=later, seconds=60)
    logbook.release("sync", owner="b")
    assert logbook.hold("sync", owner="a", now=later, seconds=60)


def test_a_store_belongs_to_one_server(logbook: SqlLogbook, database_url: str) -> None:
    logbook.check_binding(address="https://ehr.example/fhir")
    logbook.check_binding(address="https://ehr.example/fhir/")
    with pytest.raises(StoreMismatch, match="belongs to the FHIR server"):
        logbook.check_binding(address="https://other.example/fhir")
    adopt(database_url, "https://other.example/fhir", now=NOW)
    logbook.check_binding(address="https://other.example/fhir")


def test_a_database_of_a_newer_version_is_left_alone(logbook: SqlLogbook, database_url: str) -> None:
    logbook.close()
    change(database_url, "UPDATE horehab_schema_version SET version_num = '9999'")
    for use in (upgrade, lambda url: open_logbook(url, zone=MADRID)):
        with pytest.raises(StoreTooNew, match="made by a newer version of horehab"):
            use(database_url)


def test_our_tables_live_in_a_hosts_database_beside_its_own(database_url: str) -> None:
    change(database_url, "CREATE TABLE patient (name TEXT)")
    change(database_url, "CREATE TABLE alembic_version (version_num TEXT)")
    change(database_url, "INSERT INTO alembic_version VALUES ('the host')")
    logbook = open_logbook(database_url, zone=MADRID)
    logbook.keep(page(person()), now=NOW)
    logbook.rebuild()
    logbook.close()
    engine = create_engine(read_url(database_url))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "the host"
    engine.dispose()


def test_a_restored_backup_holds_the_ledger_and_sends_nothing_until_adopted(
    logbook: SqlLogbook, database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "monday.backup"
    logbook.keep(page(person()), now=NOW)
    logbook.check_binding(address="https://ehr.example/fhir")
    logbook.log(patient=ANA, entries=[logged()], reminders=[reminder()], now=NOW)
    logbook.audit(who="marta", what="logged", patient=ANA, now=NOW)
    backup(database_url, file)
    logbook.log(patient=ANA, entries=[logged("s2")], reminders=[reminder(window="W12")], now=NOW)
    logbook.due_reminders(owner="a", now=NOW, limit=10)
    logbook.close()
    restore(database_url, file)
    restored = open_logbook(database_url, zone=MADRID)
    try:
        assert [row.key for row in restored.outbox()] == ["session:s1"]
        for use in (restored.claim_entries, restored.due_reminders):
            with pytest.raises(StoreMismatch, match="restored from a backup"):
                use(owner="a", now=NOW, limit=10)
        with pytest.raises(StoreMismatch):
            restored.check_binding(address="https://ehr.example/fhir")
        assert "restored" in restored.health(now=NOW).problems[0]
        adopt(database_url, "https://ehr.example/fhir", now=NOW)
        restored.check_binding(address="https://ehr.example/fhir")
        assert [row.state.value for row in restored.reminders()] == ["unknown"]
        restored.log(patient=ANA, entries=[logged("s2")], reminders=[], now=NOW)
        restored.audit(who="marta", what="adopted", patient=None, now=NOW)
        assert [row.key for row in restored.outbox()] == ["session:s1", "session:s2"]
        assert restored.broken_audit() is None
    finally:
        restored.close()


def test_adopting_leaves_reminders_of_later_days_alone(logbook: SqlLogbook, database_url: str) -> None:
    far = date(2190, 1, 1)
    logbook.log(patient=ANA, entries=[], reminders=[reminder(), reminder(window="far", due_day=far)], now=NOW)
    adopt(database_url, "https://ehr.example/fhir")
    assert [row.state.value for row in logbook.reminders()][-1] == "due"
