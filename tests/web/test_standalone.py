"""Standing alone: sign-in, hard cookies, guessing that has to wait, and a demo open to this machine only."""

import re
import stat
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.security import generate_password_hash
from werkzeug.test import TestResponse

from horehab.app import create_app
from horehab.clock import SetClock, new_id
from horehab.errors import ConfigurationError
from horehab.settings import Settings
from horehab.usecases.exchange import User
from tests.web.ward import STORE, ZONE, close, copy_ward

PASSWORD = "correct horse battery staple"
FOREIGN = (
    "/%09/evil.example/x",
    "/%0A/evil.example",
    "/%0D%09/evil.example",
    "/%5Cevil.example",
    "/%20/evil.example",
)
Make = Callable[..., Flask]


@pytest.fixture
def make(filled: Path, tmp_path: Path) -> Iterator[Make]:
    """Make standalone apps over a copy of the ward, with one user, and close them."""
    made: list[Flask] = []

    def app(**settings: Any) -> Flask:
        values: dict[str, Any] = {"database_url": copy_ward(filled, tmp_path), **settings}
        made.append(create_app(Settings(**values), clock=SetClock(zone=ZONE)))
        hashed = generate_password_hash(PASSWORD, method="pbkdf2:sha256:1000")
        user = User(name="ruiz", display="Ana Ruiz", role="physiotherapist", password_hash=hashed)
        made[-1].extensions["horehab"].ports().logbook.add_user(user)
        return made[-1]

    yield app
    for one in made:
        close(one.extensions["horehab"].ports())


def sign_in(client: FlaskClient, name: str = "ruiz", password: str = PASSWORD) -> TestResponse:
    return post(client, "/sign-in", name=name, password=password)


def post(client: FlaskClient, path: str, *, form: str = "/sign-in", **values: str) -> TestResponse:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(form).text)
    return client.post(path, data={"csrf_token": found[1] if found else "", **values})


def kept(page: str) -> dict[str, str]:
    """Read what a page has kept of a form that could not be taken."""
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page))


def test_nobody_sees_a_patient_before_signing_in(make: Make) -> None:
    client = make().test_client()
    answer = client.get("/")
    assert (answer.status_code, answer.location) == (302, "/sign-in")
    assert "Prueba" not in answer.text


def test_who_signs_in_comes_to_the_page_they_wanted(make: Make) -> None:
    client = make().test_client()
    client.get("/reminders?state=due")
    assert sign_in(client).location == "/reminders?state=due"
    assert "Ana Ruiz, physiotherapist" in client.get("/").text


@pytest.mark.parametrize("path", FOREIGN)
def test_who_signs_in_is_never_sent_to_another_server(make: Make, path: str) -> None:
    client = make().test_client()
    client.get(path)
    assert sign_in(client).location == "/"


@pytest.mark.parametrize("path", FOREIGN)
def test_a_choice_of_language_never_leads_to_another_server(make: Make, path: str) -> None:
    answer = make().test_client().get(f"/look?language=fr&back={path}")
    assert (answer.status_code, answer.location) == (303, "/")


def test_who_signs_out_is_out(make: Make) -> None:
    client = make().test_client()
    sign_in(client)
    assert post(client, "/sign-out", form="/").status_code == 303
    assert client.get("/").status_code == 302


@pytest.mark.parametrize(("name", "password"), [("ruiz", "wrong"), ("nobody", PASSWORD), ("", "")])
def test_a_wrong_name_and_a_wrong_password_answer_alike(make: Make, name: str, password: str) -> None:
    answer = sign_in(make().test_client(), name, password)
    assert answer.status_code == 401
    assert "Name or password is not right." in answer.text


def test_guessing_has_to_wait_and_then_may_try_again(make: Make) -> None:
    app = make()
    client = app.test_client()
    for _ in range(5):
        assert sign_in(client, password="wrong").status_code == 401
    assert sign_in(client).status_code == 429
    clock = app.extensions["horehab"].ports().clock
    clock.advance(timedelta(minutes=16))
    assert sign_in(client).status_code == 303


def test_a_new_password_ends_the_sessions_under_the_old_one(make: Make) -> None:
    app = make()
    client = app.test_client()
    sign_in(client)
    hashed = generate_password_hash("another long password", method="pbkdf2:sha256:1000")
    user = User(name="ruiz", display="Ana Ruiz", role="physiotherapist", password_hash=hashed)
    app.extensions["horehab"].ports().logbook.add_user(user)
    assert client.get("/").status_code == 302


def test_a_form_sent_after_the_session_ended_says_so_instead_of_losing_it_silently(make: Make) -> None:
    answer = make().test_client().post("/patients/abc/log", data={"minutes": "40"})
    assert answer.status_code == 401
    assert "Sign in in another tab" in answer.text


def test_who_signs_in_again_sends_the_form_that_was_interrupted_and_loses_nothing(make: Make) -> None:
    app = make()
    ports = app.extensions["horehab"].ports()
    path = f"/patients/{ports.logbook.key_of('Patient/ana')}/log"
    client = app.test_client()
    typed = {
        "token": new_id(),
        "day": str(ports.clock.today()),
        "kind": "walking",
        "status": "completed",
        "minutes": "40",
    }
    answer = client.post(path, data=typed)
    assert answer.status_code == 401
    sign_in(client)
    for status in (400, 303):
        answer = client.post(path, data=kept(answer.text))
        assert answer.status_code == status


def test_the_password_never_comes_back_in_a_page(make: Make) -> None:
    answer = make().test_client().post("/sign-in", data={"name": "ruiz", "password": PASSWORD})
    assert answer.status_code == 400
    assert PASSWORD not in answer.text


def test_a_sign_in_that_was_open_for_too_long_comes_back_with_its_name_and_works_the_second_time(make: Make) -> None:
    client = make().test_client()
    answer = client.post("/sign-in", data={"csrf_token": "old", "name": "ruiz", "password": PASSWORD})
    assert answer.status_code == 400
    assert "open for too long" in answer.text
    assert 'value="ruiz"' in answer.text
    token = kept(answer.text)["csrf_token"]
    again = client.post("/sign-in", data={"csrf_token": token, "name": "ruiz", "password": PASSWORD})
    assert again.status_code == 303


def test_the_token_of_a_form_is_of_the_sign_in_under_which_it_is_asked_for(make: Make) -> None:
    client = make().test_client()
    before = client.get("/form-token").text
    sign_in(client)
    after = client.get("/form-token")
    assert (after.mimetype, after.headers["Cache-Control"]) == ("text/plain", "no-store")
    for token, status in ((before, 400), (after.text, 303)):
        assert client.post("/sign-out", data={"csrf_token": token}).status_code == status


def test_an_unknown_address_leads_to_sign_in_like_any_other(make: Make) -> None:
    client = make().test_client()
    assert client.get("/no/such/page").location == client.get("/patients/abc").location == "/sign-in"
    sign_in(client)
    answer = client.get("/no/such/page")
    assert answer.status_code == 404
    assert "not open to you" in answer.text


def test_cookies_are_hard_and_secure_beyond_this_machine(make: Make) -> None:
    here = sign_in(make().test_client()).headers["Set-Cookie"]
    assert "HttpOnly" in here
    assert "SameSite=Lax" in here
    assert "Secure" not in here
    away = make(trusted_proxies=1, trusted_hosts="rehab.example").test_client()
    cookie = away.get("/", base_url="https://rehab.example").headers["Set-Cookie"]
    assert "Secure" in cookie
    assert away.application.config["PERMANENT_SESSION_LIFETIME"] == timedelta(hours=8)


def test_a_name_that_is_not_ours_is_refused(make: Make) -> None:
    assert make().test_client().get("/sign-in", base_url="http://evil.example").status_code == 400


def test_a_form_that_is_too_large_is_refused(make: Make) -> None:
    client = make().test_client()
    answer = client.post("/sign-in", data={"name": "x" * 1_100_000})
    assert answer.status_code == 413
    assert "too large" in answer.text


def test_the_secret_key_is_made_once_and_readable_to_us_alone(make: Make, tmp_path: Path) -> None:
    first, second = make(), make()
    assert first.secret_key == second.secret_key
    assert stat.S_IMODE((tmp_path / f"{STORE}.secret").stat().st_mode) == 0o600


def test_a_secret_key_that_cannot_be_kept_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="secret key cannot be kept"):
        create_app(Settings(database_url=f"sqlite:///{tmp_path / 'no' / 'folder.sqlite3'}"))


def test_the_demo_lets_this_machine_in_without_a_password(make: Make) -> None:
    client = make(demo=True).test_client()
    assert post(client, "/sign-in/demo", role="physician").status_code == 303
    page = client.get("/").text
    assert "Demo, physician" in page
    assert "synthetic patients" in page


def test_the_demo_lets_nobody_else_in(make: Make) -> None:
    client = make(demo=True).test_client()
    assert post(client, "/sign-in/demo", role="king").status_code == 403
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)
    assert token
    data = {"csrf_token": token[1], "role": "physician"}
    far = {"REMOTE_ADDR": "192.0.2.7"}
    assert client.post("/sign-in/demo", data=data, environ_overrides=far).status_code == 403
    assert post(client, "/sign-in/demo", role="physician").status_code == 303
    assert client.get("/", environ_overrides=far).status_code == 302


@pytest.mark.parametrize(
    "settings", [{"demo": False}, {"demo": True, "host": "0.0.0.0"}, {"demo": True, "trusted_proxies": 1}]
)
def test_there_is_no_door_without_a_password_otherwise(make: Make, settings: dict[str, object]) -> None:
    client = make(**settings, trusted_hosts="localhost").test_client()
    assert "without a password" not in client.get("/sign-in").text
    assert client.post("/sign-in/demo", data={"role": "physician"}).status_code in (404, 405)
