"""SMS gateways and the webhook: templates with mistakes, gateways that lie, addresses that would leak, signatures."""

import hmac
import json
import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from horehab.domain.recipient import Medium
from horehab.domain.reminder import ReminderState
from horehab.errors import ConfigurationError
from scheduler.postboxes.gateway import Template, TemplatePostbox, read_template
from scheduler.postboxes.kannel import KannelPostbox
from scheduler.postboxes.webhook import WebhookPostbox
from scheduler.postboxes.wire import Wire
from tests.scheduler.letters import CLOCK, letter
from tests.servers.gateway import Gateway, start_gateway

SMS = letter(Medium.SMS, text="Su visita es mañana a las 10 [A]")


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with start_gateway() as running:
        yield running


def kannel(gateway: Gateway) -> KannelPostbox:
    return KannelPostbox(
        wire=Wire(url=f"{gateway.url}/sendsms", setting="HOREHAB_SMS_URL", method="GET"),
        user="u",
        password="p",
        sender="13013",
        report_to=lambda message: f"https://ward.example/hooks/sms/report/{message}/signed",
    )


def test_kannel_is_asked_for_a_report_of_what_became_of_the_message(gateway: Gateway) -> None:
    gateway.otherwise = (202, "0: Accepted for delivery")
    assert kannel(gateway).carry(SMS).state is ReminderState.SENT
    asked = {name: values[0] for name, values in parse_qs(urlsplit(gateway.asked[0].path).query).items()}
    assert asked == {
        "username": "u", "password": "p", "from": "13013", "to": "+34600000001", "text": SMS.text, "charset": "UTF-8",
        "coding": "0", "dlr-mask": "19",
        "dlr-url": f"https://ward.example/hooks/sms/report/{SMS.message}/signed?status=%d",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("status", "body", "state"),
    [
        (202, "3: Queued for later delivery", ReminderState.SENT),
        (200, "Invalid recipient", ReminderState.FAILED),
        (200, "", ReminderState.FAILED),
        (403, "Not routable. Do not try again.", ReminderState.FAILED),
        (403, "Authorization failed for sendsms", ReminderState.DUE),
        (503, "Temporal failure, try again later.", ReminderState.DUE),
        (400, "Empty text not allowed, rejected", ReminderState.FAILED),
        (500, "", ReminderState.UNKNOWN),
        (302, "", ReminderState.DUE),
    ],
)
def test_what_kannel_says_counts_and_not_its_status_alone(
    gateway: Gateway, status: int, body: str, state: ReminderState
) -> None:
    gateway.otherwise = (status, body)
    receipt = kannel(gateway).carry(SMS)
    assert receipt.state is state
    assert "600000001" not in receipt.detail


def test_letters_that_an_sms_lacks_are_sent_as_unicode(gateway: Gateway) -> None:
    kannel(gateway).carry(letter(Medium.SMS, text="día"))
    assert parse_qs(urlsplit(gateway.asked[0].path).query)["coding"] == ["2"]


def test_no_redirect_is_followed(gateway: Gateway) -> None:
    gateway.otherwise, gateway.location = (302, ""), f"{gateway.url}/elsewhere"
    receipt = kannel(gateway).carry(SMS)
    assert "redirects are not followed" in receipt.detail
    assert [urlsplit(asked.path).path for asked in gateway.asked] == ["/sendsms"]


def _template(gateway: Gateway, **changes: Any) -> TemplatePostbox:
    known: dict[str, Any] = {
        "url": gateway.url, "headers": {"X-Api-Key": "{password}"}, "accepted": '"status": *"accepted"',
        "refused": '"error"',
        "fields": {"to": ["{digits}"], "body": {"text": "{text}", "ref": "{message}", "parts": 1}},
    }  # fmt: skip
    constants = {"sender": "ward", "user": "u", "password": "p"}
    return TemplatePostbox(template=Template(**(known | changes)), constants=constants)


@pytest.mark.parametrize(
    ("body", "state"),
    [
        ('{"status": "accepted"}', ReminderState.SENT),
        ('{"status": "failed"}', ReminderState.FAILED),
        ('{"status": "accepted", "error": "no credit"}', ReminderState.FAILED),
    ],
)
def test_a_gateway_that_says_200_and_lies_is_not_believed(gateway: Gateway, body: str, state: ReminderState) -> None:
    gateway.otherwise = (200, body)
    assert _template(gateway).carry(SMS).state is state
    (asked,) = gateway.asked
    assert asked.headers["X-Api-Key"] == "p"
    assert json.loads(asked.body) == {
        "to": ["34600000001"],
        "body": {"text": SMS.text, "ref": SMS.message, "parts": 1},
    }


def test_a_form_and_a_query_say_the_same(gateway: Gateway) -> None:
    fields = {"to": "{to}", "text": "{text}"}
    _template(gateway, encoding="form", fields=fields).carry(SMS)
    _template(gateway, method="GET", fields=fields).carry(SMS)
    form, query = gateway.asked
    assert parse_qs(form.body.decode()) == parse_qs(urlsplit(query.path).query)


def test_a_gateway_that_drops_repeats_is_asked_again_after_a_lost_answer(gateway: Gateway) -> None:
    gateway.answers += ["cut"]
    assert _template(gateway, deduplicates=True).carry(SMS).state is ReminderState.DUE


def _file(tmp_path: Path, words: str) -> str:
    path = tmp_path / "gateway.toml"
    path.write_text(words, encoding="utf-8")
    return str(path)


def test_a_template_is_read_from_its_file(tmp_path: Path) -> None:
    words = 'url = "https://sms.example"\nencoding = "form"\ndeduplicates = true\n[fields]\nto = "{to}"\n'
    assert read_template(_file(tmp_path, words)) == Template(
        url="https://sms.example", encoding="form", deduplicates=True, fields={"to": "{to}"}
    )


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ('url = "https://x"\n[fields]\ntext = "{text} {diagnosis}"', "unknown field 'diagnosis'"),
        ('url = "https://x"\n[fields]\na = [{ b = "{patient}" }]', "fields.a[0].b"),
        ('url = "https://x"\n[headers]\nX = "{to"', "braces do not match"),
        ('url = "https://x"\naddress = "y"', "'address'"),
        ('method = "POST"', "'url'"),
        ('url = "https://x"\nmethod = "DELETE"', "'method'"),
        ('url = "https://x"\nencoding = "xml"', "'encoding'"),
        ('url = "https://x"\naccepted = "("', "no pattern"),
        ('url = "https://x"\naccepted = 1', "'accepted'"),
        ('url = "https://x"\nfields = "x"', "Write a table"),
        ('url = "https://x"\n[headers]\nX-Priority = 1', "'headers.X-Priority'"),
        ('url = "https://x"\ndeduplicates = "yes"', "true or false"),
        ("url", "cannot be read"),
    ],
)
def test_a_mistake_in_a_template_is_named(tmp_path: Path, words: str, named: str) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(named)):
        read_template(_file(tmp_path, words))


def test_a_notice_is_signed_so_that_it_can_be_believed_once(gateway: Gateway) -> None:
    notice = letter(Medium.WEBHOOK)
    post = WebhookPostbox(wire=Wire(url=gateway.url, setting="X"), key="shared", clock=CLOCK)
    assert post.carry(notice).state is ReminderState.SENT
    (asked,) = gateway.asked
    at, made = (part.partition("=")[2] for part in asked.headers["X-Horehab-Signature"].split(","))
    assert hmac.new(b"shared", f"{at}.".encode() + asked.body, sha256).hexdigest() == made
    assert int(at) == int(CLOCK.now().timestamp())
    assert asked.headers["Idempotency-Key"] == notice.message
    assert set(json.loads(asked.body)) == {"message", "rule", "due", "language", "text"}


@pytest.mark.parametrize(
    "url",
    [
        "http://sms.example",
        "ftp://127.0.0.1",
        "https://u:p@sms.example",
        "sms.example",
        "",
        "http://[::1",
        "https://",
    ],
)
def test_an_address_that_would_carry_messages_in_the_open_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="HOREHAB_SMS_URL") as caught:
        Wire(url=url, setting="HOREHAB_SMS_URL")
    assert "p@" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["https://sms.example/x", "http://localhost:1", "http://[::1]:1", "http://127.0.0.1:1/x"]
)
def test_https_and_this_machine_are_taken(url: str) -> None:
    assert Wire(url=url, setting="X").url == url
