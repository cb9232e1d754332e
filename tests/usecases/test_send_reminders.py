"""What is due is sent once, and what the postbox said is noted."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from horehab.domain.reminder import Reminder, ReminderState
from horehab.usecases.keep_step import keep_step
from horehab.usecases.ports import Receipt
from horehab.usecases.pull_chart import pull_chart
from horehab.usecases.send_reminders import WRITING_IS_OFF, send_reminders
from tests.store.making import reminder as wanted_for
from tests.usecases.conftest import PATIENT, Ward, falling
from tests.usecases.posting import PaperPostbox


def _due(ward: Ward) -> tuple[Reminder, ...]:
    """Let a hip fall, and a month pass on the clock of reminders, which a person has let go."""
    day = falling(ward)
    keep_step(ward.ports)
    assert ward.ports.logbook.reminding.release(who="coordinator", now=ward.clock.now())
    ward.on(day + timedelta(days=7))
    return tuple(row.reminder for row in ward.ports.logbook.reminders(patient="Patient/ana"))


def test_what_is_due_is_sent_once(ward: Ward) -> None:
    wanted = _due(ward)
    postbox = PaperPostbox()
    first = send_reminders(ward.ports, postbox)
    again = send_reminders(ward.ports, postbox)
    assert first.sent >= 1
    assert again.sent == 0
    assert {r.key for r in postbox.sent} <= {r.key for r in wanted if r.channel != "task"}
    assert len({r.key for r in postbox.sent}) == len(postbox.sent)


def test_a_reminder_without_an_address_fails_with_its_reason(ward: Ward) -> None:
    _due(ward)
    nowhere = PaperPostbox(answer=Receipt(state=ReminderState.FAILED, detail="no address"))
    report = send_reminders(ward.ports, nowhere)
    rows = ward.ports.logbook.reminders(patient="Patient/ana")
    failed = [row for row in rows if row.state is ReminderState.FAILED]
    assert report.failed == len(failed) == len(nowhere.sent) > 0
    assert all(row.detail == "no address" for row in failed)


@pytest.mark.parametrize("deduplicates", [False, True])
def test_an_interrupted_attempt_is_repeated_only_by_a_postbox_that_drops_repeats(
    ward: Ward, deduplicates: bool
) -> None:
    _due(ward)
    ledger = ward.ports.logbook.reminding
    claimed = ward.ports.logbook.due_reminders(owner="dead", now=ward.clock.now(), limit=50)
    mails = [row for row in claimed if row.reminder.channel != "task"]
    assert ledger.begin(mails[:1], now=ward.clock.now())
    ward.clock.advance(timedelta(hours=1))
    postbox = PaperPostbox(deduplicates=deduplicates)
    report = send_reminders(replace(ward.ports, owner="alive"), postbox)
    assert report.unknown == (0 if deduplicates else 1)
    assert (mails[0].reminder in postbox.sent) is deduplicates
    assert {row.reminder.key for row in mails[1:]} <= {r.key for r in postbox.sent}
    first, *rest = ledger.attempts(key=mails[0].reminder.key)
    assert (first.owner, first.outcome) == ("dead", None if deduplicates else ReminderState.UNKNOWN)
    assert [(a.owner, a.outcome) for a in rest] == ([("alive", ReminderState.SENT)] if deduplicates else [])


def test_a_task_counts_as_sent_only_when_it_stands_in_the_ehr(ward: Ward) -> None:
    day = falling(ward)
    ward.ports.logbook.check_binding(address=ward.ports.chart.address)
    closed = replace(ward.ports, may_write=False)
    keep_step(closed)
    ward.on(day + timedelta(days=7))
    send_reminders(ward.ports, PaperPostbox())
    tasks = [row for row in ward.ports.logbook.reminders() if row.reminder.channel == "task"]
    assert tasks
    assert {row.state for row in tasks} == {ReminderState.DUE}
    keep_step(ward.ports)
    ward.clock.advance(timedelta(hours=1))
    send_reminders(ward.ports, PaperPostbox())
    tasks = [row for row in ward.ports.logbook.reminders() if row.reminder.channel == "task"]
    assert ReminderState.SENT in {row.state for row in tasks}


def test_a_reminder_that_could_not_leave_yet_is_tried_again_and_sent_once(ward: Ward) -> None:
    _due(ward)
    later = PaperPostbox(answer=Receipt(state=ReminderState.DUE, detail="the mail server does not answer"))
    send_reminders(ward.ports, later)
    ward.clock.advance(timedelta(hours=1))
    postbox = PaperPostbox()
    report = send_reminders(ward.ports, postbox)
    assert report.unknown == 0
    assert len(postbox.sent) == len(later.sent) > 0


def test_until_a_person_lets_them_go_nothing_leaves_but_what_goes_into_the_chart(ward: Ward) -> None:
    falling(ward)
    keep_step(ward.ports)
    ward.on(ward.clock.today() + timedelta(days=7))
    postbox = PaperPostbox()
    report = send_reminders(ward.ports, postbox)
    live = ward.ports.logbook.reminding.going_live()
    assert report.is_held
    assert not postbox.sent
    assert live.released is None
    assert (live.waiting, live.patients) == (
        len([r for r in ward.ports.logbook.reminders() if r.reminder.channel != "task"]),
        1,
    )
    assert ward.ports.logbook.reminding.release(who="coordinator", now=ward.clock.now())
    assert not ward.ports.logbook.reminding.release(who="somebody else", now=ward.clock.now())
    assert ward.ports.logbook.reminding.going_live().released_by == "coordinator"
    send_reminders(ward.ports, postbox)
    assert postbox.sent


def test_a_reminder_for_a_patient_who_died_yesterday_never_leaves_though_no_review_was_closed(ward: Ward) -> None:
    _due(ward)
    ward.chart(PATIENT | {"deceasedDateTime": "2026-03-28"})
    pull_chart(ward.ports)
    postbox = PaperPostbox()
    report = send_reminders(ward.ports, postbox)
    assert not postbox.sent
    rows = [row for row in ward.ports.logbook.reminders() if row.state is ReminderState.CANCELLED]
    assert report.cancelled == len(rows) > 0
    assert {row.detail for row in rows} == {"the patient died"}


def test_one_that_was_just_leaving_when_its_patient_died_is_for_a_person_to_look_at(ward: Ward) -> None:
    _due(ward)
    claimed = ward.ports.logbook.due_reminders(owner="dead", now=ward.clock.now(), limit=50)
    mails = [row for row in claimed if row.reminder.channel != "task"]
    ward.ports.logbook.reminding.begin(mails, now=ward.clock.now())
    ward.chart(PATIENT | {"deceasedBoolean": True})
    pull_chart(ward.ports)
    ward.clock.advance(timedelta(hours=1))
    report = send_reminders(
        ward.ports, PaperPostbox(deduplicates=True)
    )  # fmt: skip
    assert report.unknown == len(mails) > 0
    assert report.sent == 0


def test_death_cancels_all_within_one_step_and_says_why(ward: Ward) -> None:
    _due(ward)
    ward.chart(PATIENT | {"deceasedBoolean": True})
    keep_step(ward.ports)
    rows = ward.ports.logbook.reminders()
    assert {row.state for row in rows} == {ReminderState.CANCELLED}
    assert {row.detail for row in rows} == {"the patient died"}


def test_a_tower_that_is_asked_to_stop_ends_after_the_piece_in_hand_and_gives_the_rest_back(ward: Ward) -> None:
    _due(ward)
    today = ward.clock.today()
    more = [wanted_for(window=name, due_day=today, void_after=today) for name in ("a", "b")]
    ward.ports.logbook.log(patient="Patient/ana", entries=(), reminders=more, now=ward.clock.now())
    postbox = PaperPostbox()

    class Enough(Exception):
        pass

    def between() -> None:
        if postbox.sent:
            raise Enough

    with pytest.raises(Enough):
        send_reminders(ward.ports, postbox, between=between)
    assert len(postbox.sent) == 1
    rows = ward.ports.logbook.reminders()
    assert ReminderState.CLAIMED not in {row.state for row in rows}
    send_reminders(replace(ward.ports, owner="next"), postbox)
    assert len({r.key for r in postbox.sent}) == len(postbox.sent) > 1


def test_while_nothing_is_written_into_the_chart_its_tasks_wait_and_say_so(open_ward: Callable[..., Ward]) -> None:
    ward = open_ward(write="off")
    ward.chart(PATIENT)
    _due(ward)
    postbox = PaperPostbox()
    send_reminders(ward.ports, postbox)
    assert "task" not in {r.channel for r in postbox.sent}
    tasks = [row for row in ward.ports.logbook.reminders() if row.reminder.channel == "task" and row.detail]
    assert tasks
    assert {(row.state, row.detail) for row in tasks} == {(ReminderState.DUE, WRITING_IS_OFF)}
    assert "horehab doctor --accept" in WRITING_IS_OFF


def test_what_was_not_handed_to_anybody_counts_as_no_attempt_and_waits_as_long_as_it_is_told_to(ward: Ward) -> None:
    _due(ward)
    until = ward.clock.now() + timedelta(hours=8)
    quiet = Receipt(state=ReminderState.DUE, detail="quiet hours", until=until, is_tried=False)
    send_reminders(ward.ports, PaperPostbox(answer=quiet))
    assert ward.ports.logbook.reminding.attempts() == ()
    assert {row.attempts for row in ward.ports.logbook.reminders()} == {0}
    postbox = PaperPostbox()
    ward.clock.advance(timedelta(hours=7))
    send_reminders(ward.ports, postbox)
    assert not postbox.sent
    ward.clock.advance(timedelta(hours=1))
    send_reminders(ward.ports, postbox)
    assert postbox.sent
    logged = ward.ports.logbook.reminding.attempts()
    assert {(a.number, a.outcome) for a in logged} == {(1, ReminderState.SENT)}
