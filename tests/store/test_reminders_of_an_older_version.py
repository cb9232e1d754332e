"""Reminders that an older version of horehab made go on where they were: none is lost, none begins anew."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from alembic import command
from sqlalchemy import Connection, text

from horehab.domain.reminder import ReminderState
from horehab.store import open_logbook
from horehab.store.engine import make_engine, read_url, writing
from horehab.store.payloads import encode
from horehab.store.schema import config
from tests.store.making import reminder

_COLUMNS = "key, patient, due_day, due_time, zone, due, void_at, payload, state, detail, attempts"


def _made_by_the_older_version(url: str, *states: str, attempts: int) -> None:
    engine = make_engine(read_url(url))
    settings = config()
    with writing(engine) as connection:
        settings.attributes["connection"] = connection
        command.upgrade(settings, "0002")
        for number, state in enumerate(states):
            _put_down(connection, number, state, attempts)
        connection.execute(
            text("INSERT INTO horehab_installation VALUES ('x', NULL, NULL, :home, 0, 0)"),
            {"home": str(Path(str(engine.url.database)).resolve())},
        )
        connection.execute(
            text(
                "INSERT INTO horehab_patient (reference, key, survivor, is_listed, changes, tier, need, name, as_of)"
                " VALUES ('Patient/ana', 'k', 'Patient/ana', 1, 0, 'quiet', 1, '', '2026-01-02')"
            )
        )
    engine.dispose()


def _put_down(connection: Connection, number: int, state: str, attempts: int) -> None:
    made = reminder(window=f"slot-{number}", recipient="team", channel="email")
    values = {
        "key": made.key, "patient": made.patient, "due_day": made.due_day.isoformat(), "due_time": "08:00",
        "zone": made.zone, "due": "2026-03-10 08:00:00", "void_at": "2026-04-10 08:00:00", "payload": encode(made),
        "state": state, "detail": "", "attempts": attempts,
    }  # fmt: skip
    named = ", ".join(f":{name.strip()}" for name in _COLUMNS.split(","))
    connection.execute(text(f"INSERT INTO horehab_reminder ({_COLUMNS}) VALUES ({named})"), values)


def test_one_that_somebody_had_when_the_version_changed_counts_as_possibly_gone(url: str) -> None:
    _made_by_the_older_version(url, "claimed", "due", attempts=1)
    logbook = open_logbook(url, zone=ZoneInfo("Europe/Madrid"))
    with logbook._engine.connect() as connection:
        rows = connection.execute(
            text("SELECT state, is_leaving, rule, recipient, channel FROM horehab_reminder")
        ).all()
        since = connection.execute(text("SELECT patient, since FROM horehab_enrolment")).all()
    assert [tuple(row) for row in rows] == [
        ("claimed", 1, "measure-rom", "team", "email"),
        ("due", 0, "measure-rom", "team", "email"),
    ]
    assert [tuple(row) for row in since] == [("Patient/ana", "2026-01-02")]
    assert {row.state for row in logbook.reminders()} == {ReminderState.CLAIMED, ReminderState.DUE}
    logbook.close()


@pytest.mark.parametrize(("attempts", "is_live"), [(1, True), (0, False)])
def test_a_ward_that_was_reminded_before_need_not_be_released_again(url: str, attempts: int, is_live: bool) -> None:
    _made_by_the_older_version(url, "sent", attempts=attempts)
    logbook = open_logbook(url, zone=ZoneInfo("Europe/Madrid"))
    with logbook._engine.connect() as connection:
        released = connection.execute(text("SELECT released FROM horehab_installation")).scalar_one()
    logbook.close()
    assert (released is not None) is is_live
