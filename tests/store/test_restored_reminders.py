"""After an old backup was restored nothing is sent a second time: what may have left is listed for a person."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from horehab.domain.reminder import Reminder, ReminderState
from horehab.store import SqlLogbook, adopt, backup, open_logbook, restore
from tests.store.making import DAY, NOW, reminder, review

ADDRESS = "https://ehr.example/fhir"
RESTORED = NOW + timedelta(days=4)
EVENING = RESTORED + timedelta(hours=6)


def _ask(logbook: SqlLogbook, *wanted: Reminder) -> None:
    logbook.finish_pass(marks={}, reviews=[review(reminders=wanted)], now=NOW, problems=())


def _mail(name: str, days: int, **more: Any) -> Reminder:
    day = DAY + timedelta(days=days)
    return reminder(window=name, due_day=day, void_after=day + timedelta(days=30), **more)


@pytest.fixture
def restored(url: str, tmp_path: Path) -> Iterator[SqlLogbook]:
    """A store of Tuesday that was put back on Saturday; meanwhile the original had gone on."""
    file = tmp_path / "tuesday.backup"
    first = open_logbook(url, zone=ZoneInfo("Europe/Madrid"))
    first.check_binding(address=ADDRESS)
    _ask(first, _mail("wednesday", 1), _mail("monday", 6), _mail("in the chart", 1, channel="task"))
    backup(url, file)
    first.close()
    restore(url, file)
    adopt(url, ADDRESS, now=RESTORED)
    logbook = open_logbook(url, zone=ZoneInfo("Europe/Madrid"))
    logbook.check_binding(address=ADDRESS)
    yield logbook
    logbook.close()


def _states(logbook: SqlLogbook) -> dict[str, ReminderState]:
    return {row.reminder.window: row.state for row in logbook.reminders()}


def test_what_was_due_since_the_backup_is_unknown_and_what_is_due_later_still_goes(restored: SqlLogbook) -> None:
    assert _states(restored) == {
        "wednesday": ReminderState.UNKNOWN,
        "monday": ReminderState.DUE,
        "in the chart": ReminderState.DUE,
    }
    assert [row.reminder.window for row in restored.due_reminders(owner="a", now=EVENING, limit=9)] == [
        "in the chart"
    ]


def test_what_only_the_original_knew_is_not_sent_a_second_time(restored: SqlLogbook) -> None:
    # Asked for on Wednesday, due on Thursday, and asked for again today: better late than never, were it new.
    again = _mail("thursday", 4, earliest=DAY + timedelta(days=2))
    _ask(restored, again, _mail("sunday", 5), _mail("a task", 2, channel="task"))
    states = _states(restored)
    assert (states["thursday"], states["sunday"], states["a task"]) == (
        ReminderState.UNKNOWN, ReminderState.DUE, ReminderState.DUE
    )  # fmt: skip
    (unknown,) = (row for row in restored.reminders() if row.reminder.window == "thursday")
    assert "taken over on 2026-03-14" in unknown.detail
    taken = restored.due_reminders(owner="a", now=EVENING, limit=9)
    assert {row.reminder.channel for row in taken} == {"task"}


def test_a_store_that_was_never_restored_knows_nothing_of_it(url: str) -> None:
    logbook = open_logbook(url, zone=ZoneInfo("Europe/Madrid"))
    _ask(logbook, _mail("thursday", 4, earliest=DAY + timedelta(days=2)))
    assert _states(logbook) == {"thursday": ReminderState.DUE}
    logbook.close()
