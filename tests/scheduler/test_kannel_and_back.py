"""From the post office through a real Kannel and back: report and STOP reach our ledger over our own pages."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Thread

from flask import Flask
from werkzeug.serving import make_server

from horehab.clock import new_id
from horehab.domain.recipient import Medium
from horehab.domain.reminder import ReminderState
from horehab.settings import Settings
from horehab.usecases.letters import message_name
from horehab.usecases.ports import Ports
from horehab.web.language import speak
from horehab.web.options import WebOptions
from horehab.web.pages import make_blueprint
from scheduler.postbox import postbox_of
from tests.scheduler.letters import REMINDER
from tests.scheduler.office_desk import Desk
from tests.servers.kannel import PASSWORD, REFUSED, USER, start_kannel

SECRET = "0123456789abcdef0123456789abcdef"


@contextmanager
def _pages(ports: Ports) -> Iterator[str]:
    app = Flask("pages", static_folder=None)
    app.config.update(SECRET_KEY="only for tests")
    speak(app)
    app.register_blueprint(make_blueprint(lambda: ports, WebOptions(new_id=new_id, hook_secret=SECRET)))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/horehab"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _soon(is_so: Callable[[], object]) -> bool:
    end = time.monotonic() + 10
    while not is_so() and time.monotonic() < end:
        time.sleep(0.02)
    return bool(is_so())


def test_a_report_and_a_stop_come_back_to_the_ledger(desk: Desk, tmp_path: Path) -> None:
    desk.consent()
    memory = desk.ports.logbook.contacts
    with _pages(desk.ports) as address:
        inbound = address.replace("http://", f"http://kannel:{SECRET}@") + "/hooks/sms/inbound?from=%p&text=%a"
        with start_kannel(tmp_path, inbound=inbound) as kannel:
            settings = Settings(
                sms_url=kannel.url, sms_user=USER, sms_password=PASSWORD, hook_secret=SECRET, public_url=address,
                phone_prefix="+34", clinic_name="Rehab", clinic_phone="+34910000000",
            )  # fmt: skip
            office = postbox_of(settings, desk.ports)
            assert _soon(lambda: memory.stops(["+34600000001"])), "the patient's STOP, which the operator handed over"
            assert office.send(replace(REMINDER, channel="sms")).state is ReminderState.CANCELLED
            memory.resume(Medium.SMS, "+34600000001")
            reminder = replace(REMINDER, channel="sms", window="after")
            assert office.send(reminder).state is ReminderState.SENT
            assert _soon(lambda: memory.reported(message_name(reminder)))
            assert memory.reported(message_name(reminder)) == (
                ReminderState.SENT,
                "delivered, as the gateway reports",
            )
            assert any("su visita toca el 30/03/2026" in one for one in kannel.delivered())
            assert not any(REFUSED in one for one in kannel.delivered())
