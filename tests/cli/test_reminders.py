"""`horehab reminders`: how they stand and why; one is stopped, moved and sent again, and what cannot be is said."""

import json
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from horehab.clock import SystemClock
from horehab.demo.story import Story
from tests.cli.conftest import Desk, says_one_sentence


@pytest.fixture
def reviewed(ward: Desk, story: Story) -> Desk:
    """A ward that was reviewed on the day of the suspicion."""
    assert ward.run("review", "--as-of", story.expected[0].last.isoformat()).exit_code == 0
    return ward


def listed(desk: Desk, *words: str) -> list[dict[str, Any]]:
    told = desk.run("reminders", *words, "--json")
    assert told.exit_code == 0, told.output
    return [json.loads(line) for line in told.stdout.splitlines()]


def test_reminders_are_listed_by_state_and_patient_with_the_reason(reviewed: Desk) -> None:
    rows = listed(reviewed)
    assert rows
    assert all(row["why"] for row in rows)
    assert listed(reviewed, "--due", "--expired") == [row for row in rows if row["state"] in ("due", "expired")]
    assert listed(reviewed, "--patient", rows[0]["patient"]) == rows
    assert listed(reviewed, "--patient", "Patient/nobody") == []
    assert rows[0]["why"] in reviewed.run("reminders").stdout
    assert "There are no such reminders." in reviewed.run("reminders", "--unknown").stdout


def test_one_is_moved_and_stopped_and_sent_again_by_name_and_reason(reviewed: Desk) -> None:
    row = next(row for row in listed(reviewed, "--due") if row["channel"] != "task")
    day, later = (
        str(SystemClock(zone=ZoneInfo("Europe/Madrid")).today() + timedelta(days=days)) for days in (30, 60)
    )
    for words in (
        ("move", "--day", day, "--at", "15:00"),
        ("stop",),
        ("again", "--day", later),
    ):
        done = reviewed.run("reminders", words[0], str(row["row"]), *words[1:], "--why", "asked for", "--who", "Eva")
        assert (done.exit_code, "Reminder" in done.stdout) == (0, True), done.output
    (now,) = (each for each in listed(reviewed) if each["row"] == row["row"])
    assert (now["state"], now["decided by"], now["due"]) == ("due", "Eva", f"{later} 15:00 Europe/Madrid")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("move", "1", "--why", "x"), "No new day"),
        (("move", "1", "--why", "x", "--at", "noon"), "--at"),
        (("move", "1", "--why", "x", "--day", "soon"), "--day"),
        (("stop", "999999", "--why", "x"), "no reminder"),
        (("stop", "1", "--why", " "), "a reason"),
    ],
)
def test_what_cannot_be_decided_is_said_in_one_sentence(ward: Desk, words: tuple[str, ...], said: str) -> None:
    says_one_sentence(ward.run("reminders", *words), 2, said)
