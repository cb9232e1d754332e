"""`horehab reminders --calls` and `--letters`: whom to call or write to, as the pages list them, to be printed."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import update

from horehab.domain.postal import PostalAddress
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
    addresses=(PostalAddress(lines=("Calle Mayor 1, 3 B", "28001 Madrid"), use="home"),),
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
    assert row["address"] == ["Calle Mayor 1, 3 B", "28001 Madrid"]
    assert lists.run("reminders", "--letters").stdout.startswith("Letter list, ")


def test_an_empty_list_says_so_and_a_list_knows_no_other_states(desk: Desk) -> None:
    assert "Nobody is on this list." in desk.run("reminders", "--letters").stdout
    says_one_sentence(desk.run("reminders", "--calls", "--failed"), 2, "--failed", "Leave one of the two out")


def _notes(desk: Desk) -> list[tuple[str, str, str | None]]:
    told = desk.run("audit", "list", "--json")
    notes = [json.loads(line) for line in told.stdout.splitlines()]
    return [(note["who"], note["what"], note["patient"]) for note in notes]


def test_that_a_list_was_read_is_noted_as_where_a_page_shows_it(lists: Desk) -> None:
    rows(lists, "--calls")
    rows(lists, "--letters", "--patient", "Patient/ana")
    read = [(what, patient) for _, what, patient in _notes(lists) if what.startswith("read ")]
    assert read == [("read letter list", "Patient/ana"), ("read call list", "")]


def test_who_was_reached_leaves_the_list_and_who_was_not_stays_on_it(lists: Desk) -> None:
    (ana,) = rows(lists, "--calls", "--patient", "Patient/ana")
    number = str(ana["row"])
    told = lists.run("reminders", "done", number, "not reached", "--who", "Eva")
    assert (told.exit_code, "stays on the call list" in told.stdout) == (0, True)
    assert rows(lists, "--calls", "--patient", "Patient/ana")[0]["not_reached"] != NOW.isoformat()
    assert lists.run("reminders", "done", number, "reached", "--who", "Eva").exit_code == 0
    assert rows(lists, "--calls", "--patient", "Patient/ana") == []
    assert ("Eva", f"call list: reminder {number}: reached", "Patient/ana") in _notes(lists)


def test_a_letter_that_was_posted_is_noted_and_a_word_that_fits_no_letter_is_refused(lists: Desk) -> None:
    (letter,) = rows(lists, "--letters")
    number = str(letter["row"])
    says_one_sentence(lists.run("reminders", "done", number, "reached"), 2, "'reached'", "Choose one of: posted")
    assert len(rows(lists, "--letters")) == 1
    assert lists.run("reminders", "done", number, "posted").exit_code == 0
    assert rows(lists, "--letters") == []
    says_one_sentence(lists.run("reminders", "done", number, "posted"), 2, number, "look again")
