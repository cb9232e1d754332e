"""A mail that came back says which of ours it was and why, and names nobody; no other mail is taken for one."""

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from horehab.cli.returned_mail import read_notification
from tests.cli.returned_mails import NAME, RECIPIENT, from_exchange, from_postfix, our_mail, outcome

DELAYED = outcome("delayed", "4.4.1", "X-Postfix; connect to mx.home.example[192.0.2.1]:25: Connection timed out")


@pytest.mark.parametrize("has_body", [True, False])
def test_postfix_says_which_mail_came_back_and_why(has_body: bool) -> None:
    told = read_notification(from_postfix(has_body=has_body))
    assert told is not None
    assert (told.message, told.is_failed, told.code) == (NAME, True, "5.1.1")
    assert told.words == "550 5.1.1 ... Recipient address rejected: User ... ... unknown"


def _without_its_name() -> EmailMessage:
    mail = our_mail()
    del mail["Message-ID"]
    return mail


@pytest.mark.parametrize("original", [our_mail(), _without_its_name(), None])
def test_exchange_says_it_too_and_where_it_keeps_the_mail_its_answer_names_it(
    original: EmailMessage | None,
) -> None:
    told = read_notification(from_exchange(original=original))
    assert told is not None
    assert (told.message, told.is_failed, told.code) == (NAME, True, "5.1.10")
    assert told.words == "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient ... not found by SMTP address lookup"


def test_a_mail_of_somebody_else_that_came_back_is_none_of_ours_whatever_it_answers() -> None:
    told = read_notification(from_exchange(original=our_mail("not-a-name-of-ours")))
    assert told is not None
    assert told.message == ""


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded", ""])
def test_what_is_late_or_arrived_has_not_failed(action: str) -> None:
    told = read_notification(from_postfix(outcome(action, "4.4.1")))
    assert told is not None
    assert not told.is_failed


def test_a_mail_that_the_server_gave_up_after_days_has_failed_though_its_code_is_a_passing_one() -> None:
    """RFC 3464, 2.3.3: after "failed" there is no further attempt, whatever the status says."""
    told = read_notification(from_postfix(DELAYED | {"Action": "failed (will not be tried again)"}))
    assert told is not None
    assert (told.is_failed, told.code) == (True, "4.4.1")


def test_a_mail_that_reached_one_of_several_has_not_failed() -> None:
    told = read_notification(from_postfix(outcome(), outcome("delivered", "2.0.0", to="eva@ward.example")))
    assert told is not None
    assert not told.is_failed


@pytest.mark.parametrize(
    "said",
    [
        "smtp; 550 no mailbox for ana.gil, ANA GIL or Gil-Ana",
        'smtp; 550 <ana.gil@home.example>\t(was: "ana gil"@home.example)',
        "smtp; 550 5.1.1 rfc822;ana.gil@home.example ana_gil+tag@other.example",
        'X-Postfix; unknown user: "ana.gil"',
    ],
)
def test_the_words_of_the_server_are_kept_without_whom_they_name(said: str) -> None:
    told = read_notification(from_postfix(outcome(said=said)))
    assert told is not None
    assert told.words
    assert not [name for name in ("ana", "gil", "@") if name in told.words.lower()]


def test_long_words_are_cut_and_what_is_not_to_be_printed_is_left_out() -> None:
    told = read_notification(from_postfix(outcome(said="smtp; 550 no\x1b[31m such user " + "again " * 1000)))
    assert told is not None
    assert (len(told.words) <= 200, told.words[:21]) == (True, "550 no [31m such user")


@pytest.mark.parametrize(
    "mail",
    [
        b"",
        b"\xff\x00",
        our_mail().as_bytes(),
        from_postfix().replace(b"message/delivery-status", b"text/plain"),
        from_postfix().replace(b"multipart/report", b"multipart/mixed"),
        from_postfix().replace(b"Action:", b"Fraction:"),
        b"".join(b"Content-Type: multipart/report; boundary=%d\n\n--%d\n" % (depth, depth) for depth in range(3000)),
    ],
    ids=["nothing", "bytes", "a mail", "no report", "another kind", "no action", "endless"],
)
def test_what_is_no_notification_is_none(mail: bytes) -> None:
    assert read_notification(mail) is None


WHOLE = (from_postfix(), from_postfix(DELAYED, has_body=False), from_exchange(original=our_mail()))
PIECES = st.sampled_from(
    (b"\n\n", b"\r\n", b"\x00", b"\xff\xfe", b'"', b"; ", b"=?utf-8?q?=E1?=", b"charset*=x'y'%", b"<", b"@",
     b"Content-Transfer-Encoding: base64\n", b"Content-Type: message/rfc822\n", b"--_002_ndr_\n", b"\xc3\xa1"),
)  # fmt: skip
CUTS = st.tuples(st.integers(0, 2**12), st.integers(0, 60), st.one_of(PIECES, st.binary(max_size=8)))


@given(st.sampled_from(WHOLE), st.lists(CUTS, max_size=8))
def test_however_a_mail_was_mangled_it_is_read_or_not_and_never_names_the_recipient(
    whole: bytes, cuts: list[tuple[int, int, bytes]]
) -> None:
    mangled = whole
    for start, length, piece in cuts:
        at = start % (len(mangled) + 1)
        mangled = mangled[:at] + piece + mangled[at + length :]
    told = read_notification(mangled)
    if told is not None:
        assert RECIPIENT not in told.words
        assert (told.words + told.code).isprintable()


@given(st.binary(max_size=200))
def test_any_bytes_are_read_as_none(noise: bytes) -> None:
    assert read_notification(noise) is None
