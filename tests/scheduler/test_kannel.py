"""A real Kannel: what it took it hands to the operator, and it reports what became of it; a STOP comes back."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest

from horehab.domain.recipient import Medium
from horehab.domain.reminder import ReminderState
from scheduler.postboxes.kannel import KannelPostbox
from scheduler.postboxes.wire import Wire
from tests.scheduler.letters import letter
from tests.servers.gateway import Gateway, start_gateway
from tests.servers.kannel import PASSWORD, REFUSED, USER, RunningKannel, start_kannel


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A Kannel that runs, our postbox towards it, and the desk where it reports."""

    kannel: RunningKannel
    postbox: KannelPostbox
    desk: Gateway

    def reports(self) -> list[str]:
        return [asked.path for asked in self.desk.asked if asked.path.startswith("/report/")]


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    with start_gateway() as desk:
        inbound = desk.url.replace("http://", "http://kannel:shared@") + "/inbound?from=%p&text=%a"
        with start_kannel(tmp_path_factory.mktemp("kannel"), inbound=inbound) as kannel:
            postbox = KannelPostbox(
                wire=Wire(url=kannel.url, setting="HOREHAB_SMS_URL", method="GET"),
                user=USER,
                password=PASSWORD,
                report_to=lambda message: f"{desk.url}/report/{message}/signed",
            )
            yield Line(kannel=kannel, postbox=postbox, desk=desk)


def _soon(is_so: Callable[[], bool]) -> bool:
    end = time.monotonic() + 10
    while not is_so() and time.monotonic() < end:
        time.sleep(0.02)
    return is_so()


def test_a_message_reaches_the_operator_letter_by_letter_and_its_delivery_is_reported(line: Line) -> None:
    sms = letter(Medium.SMS, text="Su visita es mañana a las 10", window="delivered")
    assert line.postbox.carry(sms).state is ReminderState.SENT
    assert _soon(
        lambda: any("+34600000001 text Su visita es mañana a las 10" in one for one in line.kannel.delivered())
    )
    assert _soon(lambda: f"/report/{sms.message}/signed?status=1" in line.reports())


def test_a_number_without_an_operator_failed_and_that_is_reported_too(line: Line) -> None:
    sms = letter(Medium.SMS, address=f"{REFUSED}000001", window="refused")
    receipt = line.postbox.carry(sms)
    assert receipt.state is ReminderState.FAILED
    assert "no way to this number" in receipt.detail
    assert _soon(lambda: f"/report/{sms.message}/signed?status=16" in line.reports())


def test_a_wrong_password_leaves_the_message_due(line: Line) -> None:
    assert replace(line.postbox, password="wrong").carry(letter(Medium.SMS)).state is ReminderState.DUE


def test_what_a_patient_writes_back_comes_with_the_secret_that_kannel_was_given(line: Line) -> None:
    assert _soon(lambda: any(asked.path.startswith("/inbound") for asked in line.desk.asked))
    (asked,) = [asked for asked in line.desk.asked if asked.path.startswith("/inbound")]
    assert asked.path == "/inbound?from=%2B34600000001&text=STOP"
    assert asked.headers["Authorization"].startswith("Basic ")
