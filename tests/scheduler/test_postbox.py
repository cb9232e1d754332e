"""The postbox against a real mail server: what leaves, what it never says, and what a lost answer means."""

import re
import socket
from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from horehab.clock import SetClock
from horehab.domain.joints import WATCHED_PLACES, Joint, JointSide, Side
from horehab.domain.reminder import Reminder, ReminderRule, ReminderState
from horehab.errors import ConfigurationError
from horehab.settings import Settings
from scheduler.postbox import TEMPLATES, MailServer, NoPostbox, SmtpPostbox, postbox_of
from tests.servers.smtp import MailServer as RunningMailServer

CLOCK = SetClock(zone=ZoneInfo("Europe/Madrid"), instant=datetime(2026, 3, 29, 9, 30, tzinfo=UTC))
REMINDER = Reminder(
    patient="Patient/7",
    rule=ReminderRule.MEASURE_ROM,
    place=JointSide(joint=Joint.HIP, side=Side.LEFT),
    recipient="team",
    channel="email",
    window="2026-W14",
    due_day=date(2026, 3, 30),
    due_time=time(8),
    zone="Europe/Madrid",
    void_after=date(2026, 4, 6),
    reason="left hip lost 24 degrees",
)


@pytest.fixture
def postbox(smtp: RunningMailServer) -> SmtpPostbox:
    server = MailServer(
        host=smtp.host,
        port=smtp.port,
        sender="horehab@ward.example",
        user=smtp.user,
        password=smtp.password,
        ca_bundle=str(smtp.certificate),
    )
    return SmtpPostbox(server, CLOCK)


def test_a_reminder_leaves_over_tls_with_a_name_and_a_password(smtp: RunningMailServer, postbox: SmtpPostbox) -> None:
    receipt = postbox.send(REMINDER, address="team@ward.example")
    assert receipt.state is ReminderState.SENT
    (letter,) = smtp.letters
    assert letter["To"] == "team@ward.example"
    assert letter["Subject"] == "A measurement is due"
    assert "2026-03-30" in str(letter.get_payload())


def test_the_same_reminder_has_the_same_message_id_and_another_has_another(
    smtp: RunningMailServer, postbox: SmtpPostbox
) -> None:
    for reminder in (REMINDER, REMINDER, replace(REMINDER, window="2026-W15")):
        postbox.send(reminder, address="team@ward.example")
    first, again, other = (letter["Message-ID"] for letter in smtp.letters)
    assert first == again
    assert first != other
    assert "published" not in first


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ("451 try later", ReminderState.DUE),
        ("554 no such letter", ReminderState.FAILED),
        ("cut", ReminderState.UNKNOWN),
    ],
)
def test_what_the_mail_server_answers_to_the_letter_is_told_as_it_is(
    smtp: RunningMailServer, postbox: SmtpPostbox, answer: str, state: ReminderState
) -> None:
    smtp.answers.append(answer)
    assert postbox.send(REMINDER, address="team@ward.example").state is state


@pytest.mark.parametrize(("code", "state"), [("450 busy", ReminderState.DUE), ("550 nobody", ReminderState.FAILED)])
def test_a_recipient_whom_the_server_refuses_for_good_fails_and_one_for_now_waits(
    smtp: RunningMailServer, postbox: SmtpPostbox, code: str, state: ReminderState
) -> None:
    smtp.recipients["gone@ward.example"] = code
    receipt = postbox.send(REMINDER, address="gone@ward.example")
    assert receipt.state is state
    assert "gone@ward.example" not in receipt.detail


@pytest.mark.parametrize(
    "address", ["team", "team@ward.example\r\nBcc: all@ward.example", "tëam@ward.example", "a b@c"]
)
def test_an_address_that_cannot_be_used_fails_and_nothing_leaves(
    smtp: RunningMailServer, postbox: SmtpPostbox, address: str
) -> None:
    assert postbox.send(REMINDER, address=address).state is ReminderState.FAILED
    assert smtp.letters == []


def test_without_an_address_a_reminder_fails_and_says_so(postbox: SmtpPostbox) -> None:
    receipt = postbox.send(REMINDER, address=None)
    assert receipt.state is ReminderState.FAILED
    assert "address" in receipt.detail


def test_a_wrong_password_leaves_the_reminder_due(smtp: RunningMailServer, postbox: SmtpPostbox) -> None:
    wrong = SmtpPostbox(replace(postbox.server, password="wrong"), CLOCK)
    assert wrong.send(REMINDER, address="team@ward.example").state is ReminderState.DUE
    assert smtp.letters == []


def test_a_certificate_that_nobody_vouches_for_is_not_believed(smtp: RunningMailServer, postbox: SmtpPostbox) -> None:
    stranger = SmtpPostbox(replace(postbox.server, ca_bundle=""), CLOCK)
    assert stranger.send(REMINDER, address="team@ward.example").state is ReminderState.DUE
    assert smtp.letters == []


def test_a_mail_server_that_is_not_there_leaves_the_reminder_due(postbox: SmtpPostbox, free_port: int) -> None:
    nobody = SmtpPostbox(replace(postbox.server, port=free_port), CLOCK)
    receipt = nobody.send(REMINDER, address="team@ward.example")
    assert receipt.state is ReminderState.DUE
    assert "cannot be reached" in receipt.detail


def test_a_mail_server_that_hangs_up_before_the_letter_leaves_it_due(postbox: SmtpPostbox) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
        door.close()
        silent = SmtpPostbox(replace(postbox.server, port=port), CLOCK)
        assert silent.send(REMINDER, address="team@ward.example").state is ReminderState.DUE


@given(
    rule=st.sampled_from(ReminderRule),
    place=st.sampled_from([*WATCHED_PLACES, None]),
    reason=st.text(min_size=5),
    patient=st.integers(min_value=100_000).map(lambda number: f"Patient/{number}"),
)
def test_no_letter_names_a_patient_a_joint_or_a_reason(
    rule: ReminderRule, place: JointSide | None, reason: str, patient: str
) -> None:
    postbox = SmtpPostbox(MailServer(host="mail", port=25, sender="horehab@ward.example"), CLOCK)
    reminder = replace(REMINDER, rule=rule, place=place, reason=f"canary {reason}", patient=patient)
    letter = postbox.letter(reminder, "team@ward.example").as_string()
    assert patient.removeprefix("Patient/") not in letter
    assert "canary" not in letter
    assert not re.search(r"\b(hip|knee|shoulder|elbow|left|right|ossification|degrees)\b", letter)


def test_every_rule_has_its_words_and_they_fit_a_short_message() -> None:
    assert set(TEMPLATES) == set(ReminderRule)
    assert all(len(sentence) <= 160 for _, sentence in TEMPLATES.values())


def test_without_a_mail_server_reminders_stay_due_and_say_why() -> None:
    postbox = postbox_of(Settings(), CLOCK)
    assert isinstance(postbox, NoPostbox)
    receipt = postbox.send(REMINDER, address="team@ward.example")
    assert receipt.state is ReminderState.DUE
    assert "HOREHAB_SMTP_HOST" in receipt.detail


def test_plain_mail_to_another_machine_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="HOREHAB_SMTP_STARTTLS"):
        postbox_of(Settings(smtp_host="mail.example", smtp_starttls=False), CLOCK)


def test_the_settings_name_the_mail_server() -> None:
    postbox = postbox_of(Settings(smtp_host="mail.example", smtp_user="u", smtp_password="p"), CLOCK)
    assert isinstance(postbox, SmtpPostbox)
    assert (postbox.server.host, postbox.server.port, postbox.server.is_starttls) == ("mail.example", 587, True)
    assert not postbox.deduplicates
    assert "p'" not in repr(postbox.server)
