"""`horehab bounces`: who was not reached by mail is known as such, once; any other mail changes nothing."""

import mailbox
from datetime import UTC, date, datetime, time
from pathlib import Path
from shutil import copy
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from horehab.cli import main
from horehab.domain.recipient import Medium
from horehab.domain.reminder import Reminder, ReminderRule, ReminderState
from horehab.store import SqlLogbook, open_logbook
from tests.cli.conftest import Desk, says_one_sentence
from tests.cli.returned_mails import NAME, RECIPIENT, from_exchange, from_postfix, our_mail, outcome

NOW = datetime(2026, 3, 30, 9, tzinfo=UTC)
REMINDER = Reminder(
    patient="Patient/7", rule=ReminderRule.FOLLOW_UP_VISIT, place=None, recipient="patient", channel="message",
    window="2026-W14", due_day=date(2026, 3, 30), due_time=time(8), zone="Europe/Madrid",
    void_after=date(2026, 4, 6), reason="a visit is due",
)  # fmt: skip
BACK = from_postfix()
CAME_BACK = "A mail came back (5.1.1): its reminder did not arrive (horehab reminders --failed).\n"


@pytest.fixture
def mailed(desk: Desk, tables: Path) -> Desk:
    """A command line over a database in which one reminder was sent by mail."""
    copy(tables, desk.database)
    logbook = _opened(desk)
    logbook.log(patient="Patient/7", entries=(), reminders=[REMINDER], now=NOW)
    (row,) = logbook.due_reminders(owner="a", now=NOW, limit=10)
    logbook.contacts.hand_over(NAME, key=REMINDER.key, medium=Medium.EMAIL, now=NOW)
    logbook.settle_reminder(row, ReminderState.SENT, detail="taken", now=NOW)
    logbook.close()
    return desk


def _opened(desk: Desk) -> SqlLogbook:
    return open_logbook(desk.settings["HOREHAB_DATABASE_URL"], zone=ZoneInfo("Europe/Madrid"))


def _stands(desk: Desk) -> tuple[ReminderState, str]:
    logbook = _opened(desk)
    (row,) = logbook.reminders()
    logbook.close()
    return row.state, row.detail


def _piped(desk: Desk, mail: bytes, *words: str) -> str:
    told = CliRunner().invoke(main, ["bounces", *words], input=mail, env=desk.settings)
    assert (told.exit_code, told.stderr) == (0, "")
    return told.stdout


@pytest.mark.parametrize("words", [(), ("-",)])
@pytest.mark.parametrize("envelope", [b"", b"From MAILER-DAEMON  Mon Mar 30 10:00:00 2026\n"])
def test_a_mail_that_came_back_through_a_pipe_fails_its_reminder_with_the_words_of_the_server(
    mailed: Desk, words: tuple[str, ...], envelope: bytes
) -> None:
    assert _piped(mailed, envelope + BACK, *words) == CAME_BACK
    why = "the mail came back (5.1.1): 550 5.1.1 ... Recipient address rejected: User ... ... unknown"
    assert _stands(mailed) == (ReminderState.FAILED, why)


def test_a_server_that_says_no_more_than_that_it_failed_is_believed(mailed: Desk) -> None:
    assert "came back:" in _piped(mailed, from_postfix(outcome(status="", said="")))
    assert _stands(mailed) == (ReminderState.FAILED, "the mail came back")


def test_a_repeat_changes_nothing_and_is_said(mailed: Desk) -> None:
    _piped(mailed, BACK)
    before = _stands(mailed)
    assert "known already" in _piped(mailed, from_exchange(original=our_mail()))
    assert _stands(mailed) == before


@pytest.mark.parametrize(
    ("mail", "said"),
    [
        (b"", "no notification"),
        (our_mail().as_bytes(), "no notification"),
        (from_postfix(outcome("delayed", "4.4.1")), "gives up no mail"),
        (from_postfix(original=our_mail("0" * 40)), "none of our mails"),
        (from_postfix(original=our_mail("theirs")), "none of our mails"),
    ],
)
def test_anything_else_changes_nothing_and_is_said_in_one_sentence(mailed: Desk, mail: bytes, said: str) -> None:
    told = _piped(mailed, mail)
    assert (said in told, told.count("\n"), RECIPIENT in told) == (True, 1, False)
    assert _stands(mailed) == (ReminderState.SENT, "taken")


@pytest.mark.parametrize("kind", [mailbox.Maildir, mailbox.mbox])
def test_a_folder_of_mails_is_gone_through_and_stays_as_it_is(
    mailed: Desk, tmp_path: Path, kind: type[mailbox.Maildir | mailbox.mbox]
) -> None:
    box = kind(tmp_path / "mails")
    for mail in (our_mail().as_bytes(), BACK, BACK):
        box.add(mail)
    box.close()
    before = {path: path.read_bytes() for path in (tmp_path / "mails").rglob("*") if path.is_file()}
    told = mailed.run("bounces", str(tmp_path / "mails"))
    assert (told.exit_code, sorted(line[:6] for line in told.stdout.splitlines())) == (
        0,
        ["A mail", "Of thi", "This m"],
    )
    assert {path: path.read_bytes() for path in (tmp_path / "mails").rglob("*") if path.is_file()} == before
    assert _stands(mailed)[0] is ReminderState.FAILED


def test_a_file_of_one_mail_is_read_and_several_may_be_named(mailed: Desk, tmp_path: Path) -> None:
    (tmp_path / "back.eml").write_bytes(BACK)
    told = mailed.run("bounces", str(tmp_path / "back.eml"), str(tmp_path / "back.eml"))
    assert told.stdout == CAME_BACK + "Of this mail it was known already that it came back: nothing changes.\n"


@pytest.mark.parametrize("name", ["none.eml", "."])
def test_a_file_that_is_not_there_and_a_folder_that_is_no_maildir_are_said(
    mailed: Desk, tmp_path: Path, name: str
) -> None:
    says_one_sentence(mailed.run("bounces", str(tmp_path / name)), 2, "cannot be read", "Maildir")
