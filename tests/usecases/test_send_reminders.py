"""What is due is sent once, and what the postbox said is noted."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

from horehab.domain.reminder import Reminder, ReminderState
from horehab.usecases.keep_step import keep_step
from horehab.usecases.ports import Receipt
from horehab.usecases.send_reminders import send_reminders
from tests.usecases.conftest import Ward, falling


@dataclass(kw_only=True)
class PaperPostbox:
    """A postbox that keeps what it was given, and answers as it was told to."""

    answer: Receipt = field(default_factory=lambda: Receipt(state=ReminderState.SENT))
    deduplicates: bool = False
    sent: list[Reminder] = field(default_factory=list)

    def send(self, reminder: Reminder, *, address: str | None) -> Receipt:
        if address is None:
            return Receipt(state=ReminderState.FAILED, detail="no address")
        self.sent.append(reminder)
        return self.answer


def _due(ward: Ward) -> tuple[Reminder, ...]:
    """Let a hip fall, and a month pass on the clock of reminders."""
    day = falling(ward)
    keep_step(ward.ports)
    ward.on(day + timedelta(days=7))
    return tuple(row.reminder for row in ward.ports.logbook.reminders(patient="Patient/ana"))


def test_what_is_due_is_sent_once(ward: Ward) -> None:
    wanted = _due(ward)
    postbox = PaperPostbox()
    first = send_reminders(ward.ports, postbox, address_of=lambda _: "team@example.org")
    again = send_reminders(ward.ports, postbox, address_of=lambda _: "team@example.org")
    assert first.sent >= 1
    assert again.sent == 0
    assert {r.key for r in postbox.sent} <= {r.key for r in wanted if r.channel != "task"}
    assert len({r.key for r in postbox.sent}) == len(postbox.sent)


def test_a_reminder_without_an_address_fails_with_its_reason(ward: Ward) -> None:
    _due(ward)
    postbox = PaperPostbox()
    report = send_reminders(ward.ports, postbox, address_of=lambda _: None)
    rows = ward.ports.logbook.reminders(patient="Patient/ana")
    failed = [row for row in rows if row.state is ReminderState.FAILED]
    assert report.failed == len(failed)
    assert all(row.detail == "no address" for row in failed)
    assert not postbox.sent


def test_an_interrupted_attempt_is_not_repeated_by_a_postbox_that_would_send_it_twice(ward: Ward) -> None:
    _due(ward)
    claimed = ward.ports.logbook.due_reminders(owner="dead", now=ward.clock.now(), limit=50)
    assert claimed
    ward.clock.advance(timedelta(hours=1))
    postbox = PaperPostbox()
    send_reminders(replace(ward.ports, owner="alive"), postbox, address_of=lambda _: "team@example.org")
    states = {row.state for row in ward.ports.logbook.reminders(patient="Patient/ana") if row.attempts > 1}
    assert ReminderState.SENT not in {
        row.state
        for row in ward.ports.logbook.reminders(patient="Patient/ana")
        if row.attempts > 1 and row.reminder.channel != "task"
    }
    assert states
    assert not postbox.sent


def test_a_task_counts_as_sent_only_when_it_stands_in_the_ehr(ward: Ward) -> None:
    day = falling(ward)
    ward.ports.logbook.check_binding(address=ward.ports.chart.address)
    closed = replace(ward.ports, may_write=False)
    keep_step(closed)
    ward.on(day + timedelta(days=7))
    send_reminders(ward.ports, PaperPostbox(), address_of=lambda _: "team@example.org")
    tasks = [row for row in ward.ports.logbook.reminders() if row.reminder.channel == "task"]
    assert tasks
    assert {row.state for row in tasks} == {ReminderState.DUE}
    keep_step(ward.ports)
    ward.clock.advance(timedelta(hours=1))
    send_reminders(ward.ports, PaperPostbox(), address_of=lambda _: "team@example.org")
    tasks = [row for row in ward.ports.logbook.reminders() if row.reminder.channel == "task"]
    assert ReminderState.SENT in {row.state for row in tasks}


def test_a_reminder_that_could_not_leave_yet_is_tried_again_and_sent_once(ward: Ward) -> None:
    _due(ward)
    later = PaperPostbox(answer=Receipt(state=ReminderState.DUE, detail="the mail server does not answer"))
    send_reminders(ward.ports, later, address_of=lambda _: "team@example.org")
    ward.clock.advance(timedelta(hours=1))
    postbox = PaperPostbox()
    report = send_reminders(ward.ports, postbox, address_of=lambda _: "team@example.org")
    assert report.unknown == 0
    assert len(postbox.sent) == len(later.sent) > 0
