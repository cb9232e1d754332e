"""Staff get one mail a day that says how many things wait, and never one mail per joint."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from horehab.domain.recipient import Medium
from horehab.domain.reminder import Reminder, ReminderRule, ReminderState
from horehab.usecases.contacts import StaffContact
from horehab.usecases.daily_digest import ask_for_digests, waiting_for
from horehab.usecases.ports import Receipt
from horehab.usecases.reminding import NewTime
from tests.scheduler.letters import REMINDER
from tests.scheduler.office_desk import NOON, Bag, Desk

TEAM = replace(
    REMINDER, recipient="team", channel="email", rule=ReminderRule.MEASURE_ROM, place=None, due_day=date(2026, 3, 30)
)


def _digests(desk: Desk) -> list[Reminder]:
    return [row.reminder for row in desk.ports.logbook.reminders() if row.reminder.rule is ReminderRule.DIGEST]


def _send(desk: Desk, reminder: Reminder) -> Receipt:
    """Send and settle one reminder as a scheduler does."""
    receipt = desk.office.send(reminder)
    for row in desk.ports.logbook.due_reminders(owner="me", now=desk.clock.now(), limit=100):
        state = receipt.state if row.reminder.key == reminder.key else ReminderState.DUE
        desk.ports.logbook.settle_reminder(row, state, detail=receipt.detail, now=desk.clock.now())
    desk.clock.advance(timedelta(minutes=10))
    return receipt


def test_staff_get_one_mail_a_day_that_counts_and_never_one_per_joint(desk: Desk) -> None:
    desk.put(*(replace(TEAM, window=str(number)) for number in range(5)))
    waits = desk.office.send(TEAM)
    assert (waits.state, waits.is_tried) == (ReminderState.DUE, False)
    assert [ask_for_digests(desk.ports, desk.office.policy) for _ in range(3)] == [1, 1, 1]
    (digest,) = _digests(desk)
    assert _send(desk, digest).state is ReminderState.SENT
    (mail,) = desk.mail.letters
    assert (mail.address, mail.text.endswith("2026-03-30: 5.")) == ("team@ward.example", True)
    assert desk.office.send(TEAM).detail == "told in the daily summary"
    desk.put(replace(TEAM, window="more"))
    assert ask_for_digests(desk.ports, desk.office.policy) == 0, "told once today"
    late = replace(TEAM, window="late", due_time=time(18))
    desk.put(late)
    desk.clock.instant = datetime(2026, 3, 30, 17, tzinfo=UTC)
    tomorrow = desk.office.send(late)
    assert (tomorrow.state, tomorrow.until) == (ReminderState.DUE, datetime(2026, 3, 31, 6, tzinfo=UTC))


def test_where_nobody_has_an_address_the_teams_summary_is_a_notice_to_the_hospitals_own_program(desk: Desk) -> None:
    bag = Bag(deduplicates=True)
    policy = replace(desk.office.policy, team_email="", has_webhook=True)
    notices = replace(desk, office=replace(desk.office, policy=policy, carriers={Medium.WEBHOOK: bag}))
    desk.put(TEAM, replace(TEAM, window="2"))
    assert notices.office.send(TEAM).detail == "waits for the daily summary"
    assert replace(notices.office, carriers={}).send(TEAM).detail == "no webhook is set (HOREHAB_WEBHOOK_URL)"
    assert ask_for_digests(desk.ports, policy) == 1
    (digest,) = _digests(desk)
    assert _send(notices, digest).state is ReminderState.SENT
    (notice,) = bag.letters
    assert notice.text == "Reminders that wait for you in horehab today, 2026-03-30: 2."
    assert notices.office.send(TEAM).detail == "told in the daily summary"


def test_each_person_of_the_team_is_told_of_their_own_and_of_the_teams(desk: Desk) -> None:
    memory = desk.ports.logbook.contacts
    memory.set_staff(StaffContact(name="ruiz", email="ruiz@ward.example", language="es", zone="Atlantic/Canary"))
    memory.set_staff(StaffContact(name="sanz", email="sanz@ward.example", language="fr"))
    memory.set_staff(StaffContact(name="mobile only", mobile="+34600000002"))
    desk.put(TEAM, replace(TEAM, recipient="ruiz"))
    assert ask_for_digests(desk.ports, desk.office.policy) == 2
    for digest in _digests(desk):
        _send(desk, digest)
    assert sorted((mail.address, mail.text) for mail in desk.mail.letters) == [
        ("ruiz@ward.example", "Avisos que le esperan hoy, 30/03/2026, en horehab: 2."),
        ("sanz@ward.example", "Rappels qui vous attendent aujourd'hui, 30/03/2026, dans horehab : 1."),
    ]


def test_what_came_into_being_moved_or_goes_again_after_the_digest_is_told_by_the_next(desk: Desk) -> None:
    counted, moved, again = (replace(TEAM, window=name) for name in ("counted", "moved", "again"))
    desk.put(counted, moved, again)
    ask_for_digests(desk.ports, desk.office.policy)
    _send(desk, _digests(desk)[0])
    ledger, now = desk.ports.logbook.reminding, desk.clock.now()
    earlier = NewTime(day=TEAM.due_day, at=TEAM.due_time, void_after=TEAM.void_after)
    ledger.reschedule(moved.key, earlier, who="ruiz", now=now)
    ledger.stop(again.key, who="ruiz", why="a mistake", now=now)
    ledger.send_again(again.key, earlier, who="ruiz", now=now)
    desk.put(new := replace(TEAM, window="new"))
    assert desk.office.send(counted).detail == "told in the daily summary"
    assert {desk.office.send(one).detail for one in (new, moved, again)} == {"waits for the daily summary"}
    assert waiting_for("team", desk.ports) == 3


def test_what_is_for_all_waits_until_each_of_them_had_their_digest(desk: Desk) -> None:
    for name in ("ruiz", "sanz"):
        desk.ports.logbook.contacts.set_staff(StaffContact(name=name, email=f"{name}@ward.example"))
    desk.put(TEAM)
    assert ask_for_digests(desk.ports, desk.office.policy) == 2
    first, second = _digests(desk)
    assert _send(desk, first).state is ReminderState.SENT
    assert desk.office.send(TEAM).state is ReminderState.DUE
    assert (waiting_for(first.recipient, desk.ports), waiting_for(second.recipient, desk.ports)) == (0, 1)
    assert _send(desk, second).state is ReminderState.SENT
    assert desk.office.send(TEAM).detail == "told in the daily summary"


def test_before_its_hour_and_without_anything_that_waits_no_digest_is_asked_for(desk: Desk) -> None:
    assert ask_for_digests(desk.ports, desk.office.policy) == 0
    desk.put(TEAM)
    desk.clock.instant = datetime(2026, 3, 30, 5, tzinfo=UTC)
    assert ask_for_digests(desk.ports, desk.office.policy) == 0
    assert desk.office.send(TEAM).until == datetime(2026, 3, 30, 6, tzinfo=UTC)


def test_a_digest_of_what_was_done_meanwhile_is_not_sent(desk: Desk) -> None:
    desk.put(TEAM)
    ask_for_digests(desk.ports, desk.office.policy)
    (digest,) = _digests(desk)
    for row in desk.ports.logbook.due_reminders(owner="me", now=NOON, limit=10):
        state = ReminderState.DUE if row.reminder == digest else ReminderState.CANCELLED
        desk.ports.logbook.settle_reminder(row, state, detail="", now=NOON)
    assert desk.office.send(digest).state is ReminderState.CANCELLED
    assert desk.mail.letters == []


def test_without_any_address_of_the_team_what_waits_says_so(desk: Desk) -> None:
    nobody = replace(desk.office, policy=replace(desk.office.policy, team_email=""))
    assert "HOREHAB_TEAM_EMAIL" in nobody.send(TEAM).detail
    assert "HOREHAB_SMTP_HOST" in replace(desk.office, carriers={}).send(TEAM).detail


def test_what_the_team_let_lie_is_for_the_lead_and_for_all_while_there_is_none(desk: Desk) -> None:
    desk.put(replace(TEAM, recipient="lead"))
    assert ask_for_digests(desk.ports, desk.office.policy) == 1
    desk.ports.logbook.contacts.set_staff(StaffContact(name="lead", email="lead@ward.example"))
    desk.ports.logbook.contacts.set_staff(StaffContact(name="ruiz", email="ruiz@ward.example"))
    assert ask_for_digests(desk.ports, desk.office.policy) == 1
    assert {digest.recipient for digest in _digests(desk)} == {"team", "lead"}
    assert desk.office.send(replace(TEAM, recipient="lead")).detail == "waits for the daily summary"


def test_an_address_that_is_noted_for_nobody_is_written_to_by_itself(desk: Desk) -> None:
    assert desk.office.send(replace(TEAM, recipient="dr.sanz@ward.example")).state is ReminderState.SENT
    assert desk.mail.letters[0].address == "dr.sanz@ward.example"
    receipt = desk.office.send(replace(TEAM, recipient="Practitioner/9"))
    assert (receipt.state, receipt.detail) == (ReminderState.FAILED, "no e-mail address is known for the recipient")
