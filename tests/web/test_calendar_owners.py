"""A calendar feed goes by who its owner is on the day it is read: a role or an account taken away counts at once."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.security import generate_password_hash

from examples.host_app import portal
from horehab.app import create_app
from horehab.clock import SetClock, new_id
from horehab.domain.reminder import ReminderRule
from horehab.settings import Settings
from horehab.usecases.exchange import User
from horehab.usecases.ports import Ports
from horehab.web.language import speak
from horehab.web.options import Role, WebOptions
from horehab.web.pages import make_blueprint
from tests.web.conftest import PHYSIO, Ward
from tests.web.ward import BEN, ZONE, close, copy_ward

WORD = "correct horse battery staple"


def _make(client: FlaskClient, page: str) -> str:
    """Make a feed on the page Calendar; gives its address on this server."""
    seal = re.findall(r'name="csrf_token"[^>]* value="([^"]+)"', client.get(page).text)[0]
    assert client.post(page, data={"csrf_token": seal, "action": "make"}).status_code == 303
    found = re.search(r"http://[^/]+(/\S+\.ics)", client.get(page).text)
    assert found
    return found[1]


def _put(ports: Ports) -> None:
    """Let a measurement of Ben be due in some days, with nothing else on that day."""
    first = next(r.reminder for r in ports.logbook.reminders() if r.reminder.rule is ReminderRule.MEASURE_ROM)
    day = ports.clock.today() + timedelta(days=200)
    mine = replace(first, patient=BEN.reference, window="bens", due_day=day, void_after=day + timedelta(days=7))
    ports.logbook.log(patient=BEN.reference, entries=(), reminders=(mine,), now=ports.clock.now())


@pytest.fixture
def host(filled: Path, tmp_path: Path) -> Iterator[Flask]:
    url = copy_ward(filled, tmp_path)
    app = portal.create_app(HOREHAB_DATABASE_URL=url, HOREHAB_FHIR_URL="http://127.0.0.1:8765/fhir")
    _put(app.extensions["horehab"].ports())
    yield app
    close(app.extensions["horehab"].ports())


def test_a_role_that_a_host_takes_away_narrows_the_feed_at_once(host: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    client = host.test_client()
    seal = re.findall(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)[0]
    client.post("/sign-in", data={"csrf_token": seal, "name": "ruiz", "word": "letmein"})
    address, calendar_program = _make(client, "/rehabilitation/calendar"), host.test_client()
    before = calendar_program.get(address).text.count("BEGIN:VEVENT")
    less = replace(portal.STAFF["ruiz"], role=Role.COORDINATOR)  # who does not see Ben
    monkeypatch.setitem(portal.STAFF, "ruiz", less)
    assert calendar_program.get(address).text.count("BEGIN:VEVENT") == before - 1
    monkeypatch.delitem(portal.STAFF, "ruiz")
    assert calendar_program.get(address).status_code == 404


def test_an_account_that_is_closed_ends_its_feed_and_one_of_nobody_never_opens(filled: Path, tmp_path: Path) -> None:
    app = create_app(Settings(database_url=copy_ward(filled, tmp_path)), clock=SetClock(zone=ZONE))
    logbook, client = app.extensions["horehab"].ports().logbook, app.test_client()
    hashed = generate_password_hash(WORD, method="pbkdf2:sha256:1000")
    user = User(name="ruiz", display="Ana Ruiz", role="physiotherapist", password_hash=hashed)
    logbook.add_user(user)
    seal = re.findall(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)[0]
    assert client.post("/sign-in", data={"csrf_token": seal, "name": "ruiz", "password": WORD}).status_code == 303
    address = _make(client, "/calendar")
    assert app.test_client().get(address).status_code == 200
    logbook.add_user(replace(user, is_active=False))
    assert app.test_client().get(address).status_code == 404
    close(app.extensions["horehab"].ports())


def test_where_nobody_can_tell_who_still_may_sign_in_no_feed_is_made(ward: Ward) -> None:
    app = Flask("mute", static_folder=None)
    app.config.update(ward.app.config)
    speak(app)
    options = WebOptions(new_id=new_id, current_user=lambda: PHYSIO)
    app.register_blueprint(make_blueprint(lambda: ward.ports, options))
    ward.app = app
    page = ward.look("/calendar").text
    assert "No address can be made here" in page
    assert 'value="make"' not in page
    assert ward.send("/calendar", action="make").status_code == 400
