"""What every carrier promises: it says honestly what became of a letter, and lets nothing of the patient out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from horehab.domain.recipient import Medium
from horehab.domain.reminder import ReminderState
from horehab.usecases.letters import Carrier
from scheduler.postboxes.gateway import Template, TemplatePostbox
from scheduler.postboxes.kannel import KannelPostbox
from scheduler.postboxes.smtp import MailServer, SmtpPostbox
from scheduler.postboxes.webhook import WebhookPostbox
from scheduler.postboxes.wire import Wire
from tests.scheduler.ehr_way import messenger
from tests.scheduler.letters import CLOCK, letter
from tests.servers.faults import answers, lost_answer
from tests.servers.gateway import Gateway, start_gateway
from tests.servers.proxying import faulty_proxy
from tests.servers.sandbox import RunningSandbox
from tests.servers.smtp import MailServer as RunningMailServer

MEDIUM = {
    "smtp": Medium.EMAIL,
    "kannel": Medium.SMS,
    "form": Medium.SMS,
    "json": Medium.SMS,
    "webhook": Medium.WEBHOOK,
    "ehr": Medium.EHR,
}
REQUESTS = "/CommunicationRequest"
TAKEN = {
    "kannel": (202, "0: Accepted for delivery"),
    "form": (200, '{"status": "OK"}'),
    "json": (200, '{"status": "OK"}'),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One carrier over a real server: how to have it refused, or its answer lost, and what went over the line.

    `is_asked_once`: it looks itself whether it carried a letter before, so that no repeat goes over the line.
    """

    carrier: Carrier
    medium: Medium
    answer: Callable[[str], None]
    sent: Callable[[], list[str]]
    unreachable: Carrier
    away: str = "cannot be reached"
    is_asked_once: bool = False


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with start_gateway() as running:
        yield running


def _over_http(name: str, url: str) -> Carrier:
    match name:
        case "kannel":
            return KannelPostbox(wire=Wire(url=url, setting="X", method="GET"), user="u", password="p")
        case "webhook":
            return WebhookPostbox(wire=Wire(url=url, setting="X"), key="k", clock=CLOCK)
    template = Template(
        url=url, encoding=name, fields={"to": "{to}", "text": "{text}", "id": "{message}"}, accepted='"status": "OK"'
    )
    return TemplatePostbox(template=template, constants={"sender": "", "user": "u", "password": "p"})


@pytest.fixture(params=list(MEDIUM))
def way(request: pytest.FixtureRequest, free_port: int, gateway: Gateway) -> Way:
    name: str = request.param
    if name == "smtp":
        return _mail(request.getfixturevalue("smtp"), free_port)
    if name == "ehr":
        ours: Way = request.getfixturevalue("ehr")
        return ours
    gateway.otherwise = TAKEN.get(name, (200, "ok"))
    answers: dict[str, tuple[int, str] | str] = {
        "refused": (400, "no such number"),
        "later": (503, "busy"),
        "lost": "cut",
    }
    return Way(
        carrier=_over_http(name, gateway.url),
        medium=MEDIUM[name],
        answer=lambda what: gateway.answers.append(answers[what]),
        sent=lambda: [f"{asked.path} {asked.body.decode()}" for asked in gateway.asked],
        unreachable=_over_http(name, f"http://127.0.0.1:{free_port}"),
    )


def _mail(smtp: RunningMailServer, free_port: int) -> Way:
    server = MailServer(
        host=smtp.host, port=smtp.port, sender="horehab@ward.example", user=smtp.user, password=smtp.password,
        ca_bundle=str(smtp.certificate),
    )  # fmt: skip
    answers = {"refused": "554 no", "later": "451 later", "lost": "cut"}
    return Way(
        carrier=SmtpPostbox(server, CLOCK),
        medium=Medium.EMAIL,
        answer=lambda what: smtp.answers.append(answers[what]),
        sent=lambda: [str(mail) for mail in smtp.letters],
        unreachable=SmtpPostbox(replace(server, port=free_port), CLOCK),
    )


@pytest.fixture
def ehr(sandbox: RunningSandbox, tables: Path, tmp_path: Path, free_port: int) -> Iterator[Way]:
    sandbox.store.put({"resourceType": "Patient", "id": "7"})
    with (
        faulty_proxy(sandbox.url) as proxy,
        messenger(tables, database=tmp_path / "ehr.sqlite3", url=proxy.url) as carrier,
        messenger(tables, database=tmp_path / "far.sqlite3", url=f"http://127.0.0.1:{free_port}/fhir") as unreachable,
    ):
        faults = {"refused": answers(400), "later": answers(503), "lost": lost_answer()}
        yield Way(
            carrier=carrier,
            medium=Medium.EHR,
            answer=lambda what: proxy.set(faults[what].only("PUT", "POST", path=REQUESTS)),
            sent=lambda: [f"{seen.path} {seen.body.decode()}" for seen in proxy.requests("PUT", REQUESTS)],
            unreachable=unreachable,
            away="Nobody listens",
            is_asked_once=True,
        )


def test_what_the_other_side_took_is_sent(way: Way) -> None:
    assert way.carrier.carry(letter(way.medium)).state is ReminderState.SENT
    (sent,) = way.sent()
    assert "visit" in sent


def test_a_letter_keeps_its_name_over_all_attempts_and_another_has_another(way: Way) -> None:
    for window in ("", "", "2026-W15"):
        way.carrier.carry(letter(way.medium, window=window, text="x"))
    if way.medium is Medium.SMS and isinstance(way.carrier, KannelPostbox):
        assert not way.carrier.deduplicates  # Kannel knows no names: a repeat is another message there
        return
    *same, other = way.sent()
    name = letter(way.medium).message
    assert len(same) == (1 if way.is_asked_once else 2)
    assert all(name in each for each in same)
    assert name not in other


def test_what_is_refused_for_good_failed_and_its_reason_names_no_address(way: Way) -> None:
    way.answer("refused")
    receipt = way.carrier.carry(letter(way.medium))
    assert receipt.state is ReminderState.FAILED
    assert receipt.detail
    assert letter(way.medium).address not in receipt.detail or not letter(way.medium).address


def test_what_is_refused_for_now_stays_due(way: Way) -> None:
    way.answer("later")
    assert way.carrier.carry(letter(way.medium)).state is ReminderState.DUE


def test_a_lost_answer_is_unknown_unless_a_repeat_does_no_harm(way: Way) -> None:
    way.answer("lost")
    wanted = ReminderState.DUE if way.carrier.deduplicates else ReminderState.UNKNOWN
    assert way.carrier.carry(letter(way.medium)).state is wanted


def test_a_server_that_is_not_there_leaves_it_due(way: Way) -> None:
    receipt = way.unreachable.carry(letter(way.medium))
    assert receipt.state is ReminderState.DUE
    assert way.away in receipt.detail


def test_nothing_of_the_patient_leaves_but_the_words_of_the_letter(way: Way) -> None:
    mine = letter(way.medium)
    way.carrier.carry(mine)
    (sent,) = way.sent()
    secret = {"Patient/7", "hip", "left", "24", "degrees"} - {mine.address}
    assert not [word for word in secret if word in sent.replace("2024", "")]
