"""`horehab reminders --calls` and `--letters`: whom to call or write to, as the pages list them, to be printed."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import update

from horehab.domain.recipient import ContactWay
from horehab.domain.record import Patient
from horehab.domain.reminder import Reminder, ReminderState
from horehab.settings import Settings
from horehab.store.engine import writing
from horehab.store.logbook import SqlLogbook
from horehab.store.opening import open_logbook
from horehab.store.tables import reminder as table
from horehab.usecases.exchange import ChartItem, ChartPage
from tests.cli.conftest import Desk, says_one_sentence
from tests.store.making import reminder

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
ANA = Patient(
    reference="Patient/ana",
    name="Ana [bold] Prueba",
    birth_date="1961-04-12",
    record_number="000-ana",
    ways=(
        ContactWay(system="phone", value="910 000 001"),
        ContactWay(system="phone", value="+34 600 000 001", rank=1),
    ),
)


def _listed(logbook: SqlLogbook, wanted: Reminder) -> None:
    """Let a reminder stand on its list, as if a scheduler had put it there."""
    logbook.log(patient=wanted.patient, entries=(), reminders=(wanted,), now=NOW)
    with writing(logbook._engine) as connection:
        sent = update(table).where(table.c.key == wanted.key).values(state=ReminderState.SENT.value)
        assert connection.execute(sent).rowcount == 1


@pytest.fixture
def lists(desk: Desk) -> Desk:
    """A ward with two calls to make, one of them to somebody who is gone, and one letter to write."""
    url = desk.settings["HOREHAB_DATABASE_URL"]
    logbook = open_logbook(url, zone=Settings(time_zone="Europe/Madrid").zone)
    try:
        item = ChartItem(reference=ANA.reference, version="1", patient=ANA.reference, source=b"", identity=ANA)
        logbook.keep(ChartPage(kind="Patient", items=(item,), mark=""), now=NOW)
        for wanted in (
            reminder(patient=ANA.reference, recipient="patient", channel="call"),
            reminder(patient=ANA.reference, recipient="patient", channel="letter"),
            reminder(patient="Patient/gone", recipient="patient", channel="call"),
        ):
            _listed(logbook, wanted)
        logbook.contacts.work_off(
            reminder(patient=ANA.reference, recipient="patient", channel="call").message_key,
            "not reached", who="Eva", now=NOW,
        )  # fmt: skip
    finally:
        logbook.close()
    return desk


def rows(desk: Desk, *words: str) -> list[dict[str, Any]]:
    told = desk.run("reminders", *words, "--json")
    assert told.exit_code == 0, told.output
    return [json.loads(line) for line in told.stdout.splitlines()]


def test_the_call_list_names_whom_to_call_at_which_numbers_and_why(lists: Desk) -> None:
    by_name = {row["patient"]: row for row in rows(lists, "--calls")}
    ana = by_name["Patient/ana"]
    assert (ana["name"], ana["born"], ana["record_number"]) == ("Ana [bold] Prueba", "1961-04-12", "000-ana")
    assert ana["telephone"] == ["+34600000001", "910 000 001"]
    assert ana["not_reached"] == NOW.isoformat()
    gone = by_name["Patient/gone"]
    assert (gone["name"], gone["telephone"], gone["not_reached"]) == ("no longer in the EHR", [], None)
    assert rows(lists, "--calls", "--patient", "Patient/gone") == [gone]


def test_a_printed_list_has_its_day_and_room_for_what_became_of_each_line(lists: Desk) -> None:
    printed = lists.run("reminders", "--calls").stdout
    assert printed.startswith("Call list, ")
    assert "+34600000001, 910 000 001" in printed
    assert "Ana [bold] Prueba" in printed
    assert printed.count("____________") == 2


def test_letters_have_a_list_of_their_own_without_numbers(lists: Desk) -> None:
    (row,) = rows(lists, "--letters")
    assert row["patient"] == "Patient/ana"
    assert "telephone" not in row
    assert lists.run("reminders", "--letters").stdout.startswith("Letter list, ")


def test_an_empty_list_says_so_and_a_list_knows_no_other_states(desk: Desk) -> None:
    assert "Nobody is on this list." in desk.run("reminders", "--letters").stdout
    says_one_sentence(desk.run("reminders", "--calls", "--failed"), 2, "--failed", "Leave one of the two out")
