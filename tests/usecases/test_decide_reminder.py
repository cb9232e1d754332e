"""A person stops a reminder, moves it, or has it sent again; who and why is on record, and it stays so."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from horehab.domain.reminder import ReminderState
from horehab.errors import InputError
from horehab.usecases.decide_reminder import Decided, ReminderDecision, decide_reminder, release_reminders
from horehab.usecases.exchange import ReminderRow
from horehab.usecases.keep_step import keep_step
from horehab.usecases.send_reminders import send_reminders
from tests.usecases.conftest import PATIENT, Ward, falling
from tests.usecases.posting import PaperPostbox


@pytest.fixture
def mail(ward: Ward) -> ReminderRow:
    """The first mail of a ward whose reminders were let go, on the day on which it is due."""
    falling(ward)
    keep_step(ward.ports)
    release_reminders(ward.ports, who="coordinator")
    (row, *_) = (row for row in ward.ports.logbook.reminders() if row.reminder.channel == "email")
    ward.on(row.reminder.due_day)
    return row


def decide(ward: Ward, row: ReminderRow, what: Decided, day: date | None = None) -> ReminderRow:
    return decide_reminder(ward.ports, decision(row, what, day))


def decision(row: ReminderRow, what: Decided, day: date | None = None) -> ReminderDecision:
    at = time(15) if day else None
    return ReminderDecision(row=row.row, what=what, who="Eva", why="seen on the ward", day=day, at=at)


def now_stands(ward: Ward, row: ReminderRow) -> ReminderRow:
    return next(r for r in ward.ports.logbook.reminders() if r.row == row.row)


def test_one_that_was_stopped_does_not_go_and_is_not_asked_for_again(ward: Ward, mail: ReminderRow) -> None:
    decide(ward, mail, Decided.STOP)
    keep_step(ward.ports)
    postbox = PaperPostbox()
    send_reminders(ward.ports, postbox)
    assert mail.reminder.key not in {r.key for r in postbox.sent}
    stands = now_stands(ward, mail)
    assert (stands.state, stands.detail, stands.decided_by) == (ReminderState.CANCELLED, "seen on the ward", "Eva")


def test_one_that_was_moved_goes_at_its_new_time(ward: Ward, mail: ReminderRow) -> None:
    later = mail.reminder.due_day + timedelta(days=3)
    decide(ward, mail, Decided.MOVE, later)
    postbox = PaperPostbox()
    send_reminders(ward.ports, postbox)
    assert mail.reminder.key not in {r.key for r in postbox.sent}
    ward.on(later)  # noon, and it is due at three
    send_reminders(ward.ports, postbox)
    assert mail.reminder.key not in {r.key for r in postbox.sent}
    ward.clock.advance(timedelta(hours=4))
    send_reminders(ward.ports, postbox)
    assert mail.reminder.key in {r.key for r in postbox.sent}


def test_one_that_is_sent_again_goes_once_more_and_no_more(ward: Ward, mail: ReminderRow) -> None:
    postbox = PaperPostbox(deduplicates=True)
    for _ in range(2):
        send_reminders(ward.ports, postbox)
    decide(ward, mail, Decided.SEND_AGAIN)
    for _ in range(2):
        send_reminders(ward.ports, postbox)
    sent = [r.message_key for r in postbox.sent if r.key == mail.reminder.key]
    assert sent == [mail.reminder.key, f"{mail.reminder.key}|again-1"]


def test_nothing_is_sent_again_to_somebody_who_died(ward: Ward, mail: ReminderRow) -> None:
    send_reminders(ward.ports, PaperPostbox())
    ward.chart(PATIENT | {"deceasedBoolean": True})
    keep_step(ward.ports)
    with pytest.raises(InputError, match="died"):
        decide(ward, mail, Decided.SEND_AGAIN)


@pytest.mark.parametrize(
    ("what", "told", "words"),
    [
        (Decided.STOP, (" ", "seen"), "a name and a reason"),
        (Decided.STOP, ("Eva", ""), "a name and a reason"),
        (Decided.STOP, ("Eva", "x" * 501), "501 characters"),
        (Decided.SEND_AGAIN, ("Eva", "seen"), "is due"),
    ],
)
def test_what_cannot_be_decided_is_said(
    ward: Ward, mail: ReminderRow, what: Decided, told: tuple[str, str], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        decide_reminder(ward.ports, replace(decision(mail, what), who=told[0], why=told[1]))
    assert now_stands(ward, mail).state is ReminderState.DUE


def test_a_day_that_is_over_and_a_row_that_is_not_there_are_said(ward: Ward, mail: ReminderRow) -> None:
    with pytest.raises(InputError, match="is over"):
        decide(ward, mail, Decided.MOVE, mail.reminder.due_day - timedelta(days=1))
    with pytest.raises(InputError, match="too far away"):
        decide(ward, mail, Decided.MOVE, date.max)
    with pytest.raises(InputError, match="no reminder 999"):
        decide_reminder(ward.ports, ReminderDecision(row=999, what=Decided.STOP, who="Eva", why="none"))


def test_one_that_is_just_leaving_cannot_be_stopped_any_more(ward: Ward, mail: ReminderRow) -> None:
    rows = ward.ports.logbook.due_reminders(owner="tower", now=ward.clock.now(), limit=50)
    ward.ports.logbook.reminding.begin(rows, now=ward.clock.now())
    with pytest.raises(InputError, match="is claimed"):
        decide(ward, mail, Decided.STOP)


def test_reminders_are_let_go_once_by_somebody_with_a_name(ward: Ward) -> None:
    with pytest.raises(InputError, match="somebody"):
        release_reminders(ward.ports, who=" ")
    assert release_reminders(ward.ports, who="Eva").released is None
    assert release_reminders(ward.ports, who="Ben").released_by == "Eva"
