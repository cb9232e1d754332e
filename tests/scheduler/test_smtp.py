"""E-mail before a real mail server: over TLS, with a password; an address that bounces is no mail that was sent."""

from dataclasses import replace

import pytest

from horehab.domain.recipient import Medium
from horehab.domain.reminder import ReminderState
from scheduler.postboxes.smtp import MailServer, SmtpPostbox
from tests.scheduler.letters import CLOCK, letter
from tests.servers.smtp import MailServer as RunningMailServer

MAIL = letter(Medium.EMAIL, text="Su visita es mañana.")


@pytest.fixture
def postbox(smtp: RunningMailServer) -> SmtpPostbox:
    server = MailServer(
        host=smtp.host, port=smtp.port, sender="horehab@ward.example", user=smtp.user, password=smtp.password,
        ca_bundle=str(smtp.certificate),
    )  # fmt: skip
    return SmtpPostbox(server, CLOCK)


def test_a_mail_leaves_over_tls_with_a_name_and_a_password(smtp: RunningMailServer, postbox: SmtpPostbox) -> None:
    assert postbox.carry(MAIL).state is ReminderState.SENT
    (mail,) = smtp.letters
    assert (mail["To"], mail["Subject"], mail["Content-Language"]) == ("ana@ward.example", "Your visit", "en")
    assert mail["Auto-Submitted"] == "auto-generated"
    content = mail.get_payload(decode=True)
    assert isinstance(content, bytes)
    assert content.decode() == "Su visita es mañana.\r\n"
    assert b"\n" not in smtp.raw[0].replace(b"\r\n", b""), "a bare LF is refused by mail servers that fear smuggling"


def test_the_same_message_has_the_same_message_id(smtp: RunningMailServer, postbox: SmtpPostbox) -> None:
    for each in (MAIL, MAIL, letter(Medium.EMAIL, window="2026-W15")):
        postbox.carry(each)
    first, again, other = (mail["Message-ID"] for mail in smtp.letters)
    assert first == again == f"<{MAIL.message}@ward.example>"
    assert first != other


@pytest.mark.parametrize(("code", "state"), [("450 busy", ReminderState.DUE), ("550 nobody", ReminderState.FAILED)])
def test_an_address_that_bounces_failed_and_one_that_is_busy_waits(
    smtp: RunningMailServer, postbox: SmtpPostbox, code: str, state: ReminderState
) -> None:
    smtp.recipients[MAIL.address] = code
    receipt = postbox.carry(MAIL)
    assert receipt.state is state
    assert MAIL.address not in receipt.detail
    assert smtp.letters == []


@pytest.mark.parametrize(
    "address", ["", "ana", "a@b\r\nBcc: all@ward.example", "tëam@ward.example", "a b@c", "jane..doe@x.example"]
)
def test_an_address_that_cannot_be_used_fails_and_nothing_leaves(
    smtp: RunningMailServer, postbox: SmtpPostbox, address: str
) -> None:
    assert postbox.carry(replace(MAIL, address=address)).state is ReminderState.FAILED
    assert smtp.letters == []


def test_a_letter_that_cannot_be_written_fails_and_says_so(smtp: RunningMailServer, postbox: SmtpPostbox) -> None:
    receipt = postbox.carry(replace(MAIL, subject="Su visita\r\nBcc: all@ward.example"))
    assert receipt.state is ReminderState.FAILED
    assert "cannot be written" in receipt.detail
    assert smtp.raw == []


def test_a_wrong_password_leaves_the_mail_due(smtp: RunningMailServer, postbox: SmtpPostbox) -> None:
    wrong = SmtpPostbox(replace(postbox.server, password="wrong"), CLOCK)
    assert wrong.carry(MAIL).state is ReminderState.DUE
    assert smtp.letters == []


def test_a_certificate_that_nobody_vouches_for_is_not_believed(smtp: RunningMailServer, postbox: SmtpPostbox) -> None:
    stranger = SmtpPostbox(replace(postbox.server, ca_bundle=""), CLOCK)
    assert stranger.carry(MAIL).state is ReminderState.DUE
    assert smtp.letters == []
