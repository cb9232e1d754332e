"""What a logbook promises of who is reminded how: consent, STOP, staff, feeds, receipts and lists."""

from datetime import timedelta

import pytest

from horehab.domain.recipient import Medium
from horehab.domain.reminder import ReminderRule, ReminderState
from horehab.errors import InputError
from horehab.store import SqlLogbook
from horehab.usecases.contacts import Feed, StaffContact, Stop, WorkedOff
from horehab.usecases.reminding import NewTime, Outcome
from tests.store.making import ANA, DAY, NOW, page, person, reminder

NUMBER = "+34600000001"
STOP = Stop(medium=Medium.SMS, subject=NUMBER, since=NOW, how="by a message of theirs")
LATER = NOW + timedelta(days=1)


def test_a_stop_is_noted_once_with_its_first_day_and_can_be_taken_back(logbook: SqlLogbook) -> None:
    memory = logbook.contacts
    assert memory.stop(STOP)
    assert not memory.stop(Stop(medium=Medium.SMS, subject=NUMBER, since=LATER, how="again"))
    other = Stop(medium=Medium.EMAIL, subject=ANA, since=LATER, how="by phone")
    assert memory.stop(other)
    assert memory.stops([NUMBER, ANA]) == (STOP, other)
    assert memory.stops([ANA]) == (other,)
    assert memory.stops([]) == ()
    assert memory.resume(Medium.SMS, NUMBER)
    assert not memory.resume(Medium.SMS, NUMBER)
    assert memory.stops([NUMBER]) == ()


def test_a_stop_by_mail_holds_however_the_address_is_written(logbook: SqlLogbook) -> None:
    memory = logbook.contacts
    written = Stop(medium=Medium.EMAIL, subject=" Ana@Home.Example ", since=NOW, how="by phone")
    assert memory.stop(written)
    assert not memory.stop(Stop(medium=Medium.EMAIL, subject="ANA@home.example", since=LATER, how="again"))
    assert [stop.since for stop in memory.stops(["ana@HOME.example"])] == [NOW]
    assert memory.stops(["patient/ANA", "eva@home.example"]) == ()
    assert memory.resume(Medium.EMAIL, "ana@home.Example")
    assert memory.stops(["ana@home.example"]) == ()


def test_the_last_word_about_consent_counts(logbook: SqlLogbook) -> None:
    memory = logbook.contacts
    assert memory.consent(ANA) is None
    for is_given in (True, False):
        memory.record_consent(ANA, is_given=is_given, who="ruiz", now=NOW)
        assert memory.consent(ANA) is is_given
    assert memory.consent("Patient/ben") is None


def test_after_a_merge_a_no_stays_a_no_until_a_person_says_yes(logbook: SqlLogbook) -> None:
    memory = logbook.contacts
    assert memory.known_as(ANA) == (ANA,)
    logbook.keep(page(person(ANA, replaced_by="Patient/eva"), person("Patient/eva")), now=NOW)
    assert memory.known_as(ANA) == memory.known_as("Patient/eva") == (ANA, "Patient/eva")
    memory.record_consent(ANA, is_given=False, who="ruiz", now=NOW)
    memory.record_consent("Patient/eva", is_given=False, who="ruiz", now=NOW)
    assert memory.consent(ANA) is False
    memory.record_consent("Patient/eva", is_given=True, who="ruiz", now=LATER)
    assert (memory.consent(ANA), memory.consent("Patient/eva")) == (None, True)
    memory.stop(Stop(medium=Medium.SMS, subject=ANA, since=NOW, how="by phone"))
    assert memory.resume(Medium.SMS, "Patient/eva")
    assert memory.stops([ANA]) == ()


def test_the_team_is_listed_by_name_and_noted_anew(logbook: SqlLogbook) -> None:
    memory = logbook.contacts
    sanz = StaffContact(name="sanz", email="sanz@ward.example")
    ruiz = StaffContact(name="ruiz", mobile=NUMBER, language="es", zone="Europe/Madrid")
    for contact in (sanz, StaffContact(name="ruiz"), ruiz):
        memory.set_staff(contact)
    assert memory.staff() == (ruiz, sanz)


@pytest.mark.parametrize(
    ("contact", "field"),
    [
        (StaffContact(name=" "), "name"),
        (StaffContact(name="a", email="no address"), "email"),
        (StaffContact(name="a", mobile="600 000 001"), "mobile"),
        (StaffContact(name="a", zone="Europe/Nowhere"), "zone"),
        (StaffContact(name="a", zone="../etc"), "zone"),
    ],
)
def test_what_cannot_be_used_is_refused_and_named(logbook: SqlLogbook, contact: StaffContact, field: str) -> None:
    with pytest.raises(InputError) as caught:
        logbook.contacts.set_staff(contact)
    assert caught.value.field == field
    assert logbook.contacts.staff() == ()


def test_a_feed_is_found_until_it_is_revoked(logbook: SqlLogbook) -> None:
    memory = logbook.contacts
    feeds = [Feed(feed=name, name="ruiz", display="Ana Ruiz", role="physician") for name in ("one", "two")]
    for number, feed in enumerate(feeds):
        memory.make_feed(feed, now=NOW + timedelta(seconds=number))
    assert memory.feeds_of("ruiz") == tuple(feeds)
    assert memory.feed("one") == feeds[0]
    assert memory.revoke_feeds("ruiz", now=LATER) == 2
    assert memory.revoke_feeds("ruiz", now=LATER) == 0
    assert memory.feed("one") is None
    assert memory.feeds_of("ruiz") == ()


def _claimed(logbook: SqlLogbook, state: ReminderState) -> None:
    logbook.log(patient=ANA, entries=(), reminders=[reminder()], now=NOW)
    (row,) = logbook.due_reminders(owner="a", now=NOW, limit=10)
    logbook.contacts.hand_over("name", key=row.reminder.key, medium=Medium.SMS, now=NOW)
    logbook.settle_reminder(row, state, detail="taken", now=NOW)


@pytest.mark.parametrize(
    ("state", "told", "then"),
    [
        (ReminderState.SENT, ReminderState.FAILED, ReminderState.FAILED),
        (ReminderState.UNKNOWN, ReminderState.FAILED, ReminderState.FAILED),
        (ReminderState.UNKNOWN, ReminderState.SENT, ReminderState.SENT),
        (ReminderState.SENT, ReminderState.SENT, ReminderState.SENT),
        (ReminderState.CANCELLED, ReminderState.FAILED, ReminderState.CANCELLED),
        (ReminderState.EXPIRED, ReminderState.SENT, ReminderState.EXPIRED),
    ],
)
def test_a_gateways_report_settles_what_was_sent_or_unknown_and_nothing_else(
    logbook: SqlLogbook, state: ReminderState, told: ReminderState, then: ReminderState
) -> None:
    _claimed(logbook, state)
    assert logbook.contacts.reported("name") is None
    assert logbook.contacts.report("name", told, detail="the gateway says so", now=LATER)
    assert [row.state for row in logbook.reminders()] == [then]
    assert logbook.contacts.reported("name") == (told, "the gateway says so")


def test_only_the_first_report_of_a_handing_over_counts(logbook: SqlLogbook) -> None:
    _claimed(logbook, ReminderState.SENT)
    memory = logbook.contacts
    assert not memory.report("another", ReminderState.FAILED, detail="", now=LATER)
    assert memory.report("name", ReminderState.SENT, detail="", now=LATER)
    assert not memory.report("name", ReminderState.FAILED, detail="", now=LATER)
    memory.hand_over("name", key=reminder().key, medium=Medium.SMS, now=LATER)
    assert memory.reported("name") is None
    assert memory.report("name", ReminderState.FAILED, detail="", now=LATER)


@pytest.mark.parametrize("told", [ReminderState.FAILED, ReminderState.SENT])
def test_a_report_that_comes_before_its_sender_has_noted_the_answer_is_not_lost(
    logbook: SqlLogbook, told: ReminderState
) -> None:
    """A piece of a hundred is settled when the last of it has left; the gateway reports on the first long before."""
    logbook.log(patient=ANA, entries=(), reminders=[reminder()], now=NOW)
    begun = logbook.reminding.begin(logbook.due_reminders(owner="a", now=NOW, limit=10), now=NOW)
    logbook.contacts.hand_over("name", key=begun[0].reminder.key, medium=Medium.SMS, now=NOW)
    assert logbook.contacts.report("name", told, detail="the gateway says so", now=LATER)
    logbook.reminding.settle([Outcome(row=begun[0], state=ReminderState.SENT, detail="taken")], now=LATER)
    (row,) = logbook.reminders()
    assert (row.state, row.detail, row.owner) == (told, "the gateway says so", "")


def test_a_late_report_on_the_first_message_says_nothing_of_the_one_that_was_sent_again(logbook: SqlLogbook) -> None:
    _claimed(logbook, ReminderState.UNKNOWN)
    logbook.contacts.hand_over("name, again", key=reminder().key, medium=Medium.SMS, now=LATER)
    assert logbook.contacts.report("name", ReminderState.FAILED, detail="not delivered", now=LATER)
    assert [row.state for row in logbook.reminders()] == [ReminderState.UNKNOWN]
    assert logbook.contacts.report("name, again", ReminderState.SENT, detail="delivered", now=LATER)
    assert [row.state for row in logbook.reminders()] == [ReminderState.SENT]


def test_what_waits_by_mail_for_somebody_is_counted_without_the_digest_itself(logbook: SqlLogbook) -> None:
    rows = [
        reminder(window="1"),
        reminder(window="2"),
        reminder(window="later", due_day=DAY + timedelta(days=2), void_after=DAY + timedelta(days=9)),
        reminder(window="3", recipient="ruiz"),
        reminder(window="4", channel="task"),
        reminder(window="5", rule=ReminderRule.DIGEST),
    ]
    logbook.log(patient=ANA, entries=(), reminders=rows, now=NOW)
    assert logbook.contacts.waiting(reminder().recipient, now=NOW) == 2
    assert logbook.contacts.waiting("ruiz", now=NOW) == 1
    assert logbook.contacts.last_digest([reminder().recipient]) is None
    for row in logbook.due_reminders(owner="a", now=NOW, limit=10):
        logbook.settle_reminder(row, ReminderState.SENT, detail="", now=LATER)
    assert logbook.contacts.last_digest([reminder().recipient, "ruiz"]) == LATER
    assert logbook.contacts.last_digest(["ruiz"]) is None
    assert logbook.contacts.waiting(reminder().recipient, now=NOW) == 0


def test_since_when_a_reminder_is_to_be_told_is_known_and_what_came_later_counts_alone(logbook: SqlLogbook) -> None:
    logbook.log(patient=ANA, entries=(), reminders=[reminder()], now=NOW)
    ledger, memory = logbook.reminding, logbook.contacts
    assert memory.due_since(reminder().key) == NOW
    assert memory.due_since("no such key") is None
    assert memory.waiting(reminder().recipient, now=LATER, since=NOW) == 0
    again = NewTime(day=DAY, at=reminder().due_time, void_after=DAY + timedelta(days=9))
    assert ledger.reschedule(reminder().key, again, who="ruiz", now=LATER)
    assert memory.due_since(reminder().key) == LATER
    assert memory.waiting(reminder().recipient, now=LATER, since=NOW) == 1


def test_a_digest_counted_what_waited_when_its_attempt_began(logbook: SqlLogbook) -> None:
    digest = reminder(rule=ReminderRule.DIGEST, recipient="ruiz")
    logbook.log(patient=ANA, entries=(), reminders=[digest], now=NOW)
    (row,) = logbook.reminding.begin(logbook.due_reminders(owner="a", now=NOW, limit=10), now=NOW)
    logbook.settle_reminder(row, ReminderState.SENT, detail="", now=LATER)
    assert logbook.contacts.last_digest(["ruiz"]) == NOW


def test_a_line_that_was_worked_off_says_by_whom_and_how(logbook: SqlLogbook) -> None:
    for outcome in ("not reached", "reached"):
        logbook.contacts.work_off("key", outcome, who="ruiz", now=NOW)
    assert logbook.contacts.worked_off() == {"key": WorkedOff(outcome="reached", who="ruiz", at=NOW)}
