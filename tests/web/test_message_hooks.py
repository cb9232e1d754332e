"""What gateways tell us: reports by an address that we signed, a STOP with the secret; nobody else is heard."""

import base64
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_wtf import CSRFProtect

from horehab.clock import new_id
from horehab.domain.recipient import MESSAGE, PATIENT, Medium
from horehab.domain.reminder import Reminder, ReminderRule, ReminderState
from horehab.usecases.ports import Ports
from horehab.usecases.signed_addresses import REPORTS, signature
from horehab.web.language import speak
from horehab.web.options import WebOptions
from horehab.web.pages import make_blueprint
from tests.web.settled import settled
from tests.web.ward import ANA

SECRET = "0123456789abcdef0123456789abcdef"
NAME = "a" * 40


@pytest.fixture
def client(ports: Ports) -> FlaskClient:
    app = Flask("hooks", static_folder=None)
    app.config.update(SECRET_KEY="only for tests", PROPAGATE_EXCEPTIONS=True)
    CSRFProtect(app)
    speak(app)
    app.register_blueprint(make_blueprint(lambda: ports, WebOptions(new_id=new_id, hook_secret=SECRET)))
    return app.test_client()


@pytest.fixture
def sent(ports: Ports) -> Reminder:
    """A message that a gateway took."""
    day = ports.clock.today()
    rule = ReminderRule.FOLLOW_UP_VISIT
    first = next(iter(ports.logbook.reminders())).reminder
    reminder = replace(
        first,
        window="a",
        patient=ANA.reference,
        rule=rule,
        recipient=PATIENT,
        channel=MESSAGE,
        due_day=day,
        void_after=day,
    )
    now = ports.clock.now()
    ports.logbook.log(patient=ANA.reference, entries=(), reminders=[reminder], now=now)
    ports.logbook.contacts.hand_over(NAME, key=reminder.key, medium=Medium.SMS, now=now)
    settled(ports, reminder, ReminderState.SENT)
    return reminder


def _state(ports: Ports, reminder: Reminder) -> tuple[ReminderState, str]:
    return next((row.state, row.detail) for row in ports.logbook.reminders() if row.reminder.key == reminder.key)


def _report(
    client: FlaskClient, status: str, *, name: str = NAME, signed: str | None = None, method: str = "GET"
) -> int:
    signed = signature(SECRET, REPORTS, name) if signed is None else signed
    return client.open(f"/horehab/hooks/sms/report/{name}/{signed}?status={status}", method=method).status_code


@pytest.mark.parametrize("status", ["2", "16", "UNDELIV", "failed"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_message_that_was_not_delivered_failed_after_all(
    client: FlaskClient, ports: Ports, sent: Reminder, status: str, method: str
) -> None:
    assert _report(client, status, method=method) == 200
    state, detail = _state(ports, sent)
    assert state is ReminderState.FAILED
    assert "not delivered" in detail


@pytest.mark.parametrize("status", ["1", "8", "4", "", "nonsense"])
def test_any_other_report_leaves_it_sent(client: FlaskClient, ports: Ports, sent: Reminder, status: str) -> None:
    assert _report(client, status) == 200
    assert _state(ports, sent)[0] is ReminderState.SENT


def test_the_first_report_in_the_end_counts_and_a_repeat_changes_nothing(
    client: FlaskClient, ports: Ports, sent: Reminder
) -> None:
    assert [_report(client, status) for status in ("1", "2")] == [200, 200]
    assert _state(ports, sent)[0] is ReminderState.SENT


def test_a_report_of_none_of_our_messages_is_answered_alike(
    client: FlaskClient, ports: Ports, sent: Reminder
) -> None:
    assert _report(client, "2", name="b" * 40) == 200
    assert _state(ports, sent)[0] is ReminderState.SENT


@pytest.mark.parametrize("signed", ["0" * 40, SECRET, signature(SECRET, "calendar feed", NAME)])
def test_a_report_without_our_signature_is_not_heard(
    client: FlaskClient, ports: Ports, sent: Reminder, signed: str
) -> None:
    assert _report(client, "2", signed=signed) == 404
    assert _state(ports, sent)[0] is ReminderState.SENT


def _write(client: FlaskClient, text: str, *, sender: str = "+34600000001", secret: str = SECRET) -> int:
    basic = base64.b64encode(f"kannel:{secret}".encode()).decode()
    query = {"from": sender, "text": text}
    answer = client.get("/horehab/hooks/sms/inbound", query_string=query, headers={"Authorization": f"Basic {basic}"})
    assert answer.data == b""
    return answer.status_code


@pytest.mark.parametrize("text", ["STOP", " stop.", "Baja por favor", "ARRET", "Arrêt"])
@pytest.mark.parametrize("sender", ["+34600000001", "34600000001", "0034600000001", " 34600000001"])
def test_a_stop_is_heard_in_three_languages(client: FlaskClient, ports: Ports, text: str, sender: str) -> None:
    assert _write(client, text, sender=sender) == 200
    (stop,) = ports.logbook.contacts.stops(["+34600000001"])
    assert stop.medium is Medium.SMS
    assert stop.since == ports.clock.now()


def test_a_stop_is_noted_once_and_with_its_first_day(client: FlaskClient, ports: Ports) -> None:
    assert [_write(client, "STOP"), _write(client, "STOP")] == [200, 200]
    assert len(ports.logbook.contacts.stops(["+34600000001"])) == 1


@pytest.mark.parametrize(
    ("text", "sender"),
    [("I will not stop coming", "+34600000001"), ("", "+34600000001"), ("STOP", "WARD"), ("STOP", "")],
)
def test_any_other_message_is_answered_and_not_kept(
    client: FlaskClient, ports: Ports, text: str, sender: str
) -> None:
    assert _write(client, text, sender=sender) == 200
    assert ports.logbook.contacts.stops(["+34600000001", sender]) == ()


def test_without_the_secret_nobody_can_stop_anybody(client: FlaskClient, ports: Ports) -> None:
    assert _write(client, "STOP", secret="guess") == 403
    assert client.get("/horehab/hooks/sms/inbound?from=34600000001&text=STOP").status_code == 403
    assert ports.logbook.contacts.stops(["+34600000001"]) == ()
