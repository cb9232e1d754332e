"""An old copy put in the place of a database elsewhere is found out where this machine knows how far it was."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from horehab.errors import StoreMismatch
from horehab.store import adopt, open_logbook
from horehab.store.engine import make_engine, read_url, writing
from tests.store.making import NOW, reminder, review

ADDRESS = "https://ehr.example/fhir"
MADRID = ZoneInfo("Europe/Madrid")


def _put_back(url: str, generation: int) -> None:
    """Let the database be as it was some steps ago, as the hospital's own restore leaves it."""
    engine = make_engine(read_url(url))
    with writing(engine) as connection:
        connection.execute(text("UPDATE horehab_installation SET generation = :g"), {"g": generation})
    engine.dispose()


def test_an_old_copy_of_the_database_sends_nothing_until_adopted(database_url: str, tmp_path: Path) -> None:
    logbook = open_logbook(database_url, zone=MADRID, state_folder=str(tmp_path))
    logbook.check_binding(address=ADDRESS)
    for _ in range(3):
        logbook.finish_pass(marks={}, reviews=[review(reminders=(reminder(),))], now=NOW, problems=())
    logbook.close()
    _put_back(database_url, 1)
    old = open_logbook(database_url, zone=MADRID, state_folder=str(tmp_path))
    try:
        with pytest.raises(StoreMismatch, match="an old copy"):
            old.due_reminders(owner="a", now=NOW, limit=1)
        adopt(database_url, ADDRESS, now=NOW, state_folder=str(tmp_path))
        _put_back(database_url, 9)
        old.check_binding(address=ADDRESS)
        assert old.due_reminders(owner="a", now=NOW, limit=1) == ()
        assert [row.state.value for row in old.reminders()] == ["unknown"]
    finally:
        old.close()


def test_a_machine_that_has_not_seen_the_database_yet_may_work_with_it(postgresql_url: str, tmp_path: Path) -> None:
    first = open_logbook(postgresql_url, zone=MADRID, state_folder=str(tmp_path / "absent"))
    first.check_binding(address=ADDRESS)
    first.finish_pass(marks={}, reviews=[review(reminders=(reminder(),))], now=NOW, problems=())
    other = open_logbook(postgresql_url, zone=MADRID)
    try:
        assert len(other.due_reminders(owner="a", now=NOW, limit=1)) == 1
    finally:
        first.close()
        other.close()
