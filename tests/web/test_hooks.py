"""Hooks are hints: who knows the secret may ring, nobody else; what is sent is neither read, kept nor logged."""

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_wtf import CSRFProtect
from sqlalchemy import inspect, text

from horehab.app import create_app
from horehab.clock import new_id
from horehab.errors import ConfigurationError
from horehab.plugin import HoRehab
from horehab.settings import Settings
from horehab.store import SqlLogbook
from horehab.usecases.ports import Ports
from horehab.web.language import speak
from horehab.web.options import WebOptions
from horehab.web.pages import make_blueprint
from tests.web.ward import close

SECRET = "0123456789abcdef-ñ-0123456789abcdef"
PLAIN = "0123456789abcdef0123456789abcdef"
CANARY = "Canary-Zubizarreta"
OBSERVATION = {"resourceType": "Observation", "id": CANARY, "subject": {"display": CANARY}, "status": "final"}
PARAMETERS = {"resourceType": "Parameters", "parameter": [{"name": "type", "valueCode": "handshake"}]}
BODIES: Mapping[str, Any] = {
    "R4 rest-hook without a body": b"",
    "R4 rest-hook with a resource": OBSERVATION,
    "R4 backport handshake": {"resourceType": "Bundle", "type": "history", "entry": [{"resource": PARAMETERS}]},
    "R4 backport notification": {
        "resourceType": "Bundle", "type": "history", "entry": [{"resource": PARAMETERS}, {"resource": OBSERVATION}],
    },
    "R5 notification": {
        "resourceType": "Bundle", "type": "subscription-notification",
        "entry": [{"resource": {"resourceType": "SubscriptionStatus", "type": "event-notification"}}],
    },
    "cut JSON": b'{"resourceType": "Bundle", "entry": [{"resou',
    "a web page": b"<!DOCTYPE html><html></html>",
    "no text at all": bytes(range(256)),
}  # fmt: skip


def ringing(ports: Ports, *, secret: str = PLAIN) -> Flask:
    app = Flask("hooks", static_folder=None)
    app.config.update(SECRET_KEY="only for tests", PROPAGATE_EXCEPTIONS=True)
    speak(app)
    app.register_blueprint(make_blueprint(lambda: ports, WebOptions(new_id=new_id, hook_secret=secret)))
    return app


def ring(app: Flask, body: Any = b"", *, path: str = "", method: str = "POST", **headers: str) -> int:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    shown = headers or {"X-Horehab-Secret": PLAIN}
    named = {name.replace("_", "-"): value for name, value in shown.items()}
    answer = app.test_client().open(f"/horehab/hooks/fhir{path}", method=method, data=data, headers=named)
    assert answer.data == b""
    return answer.status_code


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
@pytest.mark.parametrize(("method", "path"), [("POST", ""), ("PUT", f"/Observation/{CANARY}"), ("DELETE", "/Task/7")])
def test_whatever_is_sent_is_a_hint_and_nothing_more(
    ports: Ports, body: Any, method: str, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        assert ring(ringing(ports), body, method=method, path=path) == 200
    assert ports.logbook.signals.take_hint()
    assert CANARY not in caplog.text
    assert CANARY not in _everything_in(ports)


def _everything_in(ports: Ports) -> str:
    assert isinstance(ports.logbook, SqlLogbook)
    engine = ports.logbook._engine
    with engine.connect() as connection:
        names = inspect(engine).get_table_names()
        return str([connection.execute(text(f"SELECT * FROM {name}")).all() for name in names])


@pytest.mark.parametrize(
    "headers",
    [
        {"X_Other": "1"},
        {"X_Horehab_Secret": ""},
        {"X_Horehab_Secret": PLAIN[:-1]},
        {"X_Horehab_Secret": PLAIN + "0"},
        {"X_Horehab_Secret": PLAIN.upper()},
        {"X_Horehab_Secret": "ñ" * 32},
        {"X_Horehab_Secret": "x" * 10_000},
        {"Authorization": PLAIN},
        {"Authorization": "Bearer "},
        {"Authorization": f"Basic {PLAIN}"},
        {"Authorization": "Bearer wrong"},
        {"X_Horehab_Secret": "wrong", "Authorization": f"Bearer {PLAIN}"},
        {"Cookie": f"session={PLAIN}"},
    ],
)
@pytest.mark.parametrize("path", ["", "/Observation/1", f"?secret={PLAIN}"])
def test_who_does_not_know_the_secret_rings_nothing_and_all_get_the_same_answer(
    ports: Ports, headers: dict[str, str], path: str
) -> None:
    assert ring(ringing(ports), OBSERVATION, path=path, **headers) == 403
    assert not ports.logbook.signals.is_hinted()


def test_without_a_secret_of_our_own_every_hook_is_closed(ports: Ports) -> None:
    closed = ringing(ports, secret="")
    for shown in ("", PLAIN, "None"):
        assert ring(closed, X_Horehab_Secret=shown) == 403
    assert not ports.logbook.signals.is_hinted()


@pytest.mark.parametrize("headers", [{"X_Horehab_Secret": PLAIN}, {"Authorization": f"Bearer {PLAIN}"}])
def test_the_secret_comes_in_a_header_of_its_own_or_as_a_bearer_token(ports: Ports, headers: dict[str, str]) -> None:
    assert ring(ringing(ports), **headers) == 200


def test_a_secret_with_signs_beyond_ascii_is_known_as_it_was_sent(ports: Ports) -> None:
    as_sent = SECRET.encode().decode("latin-1")
    assert ring(ringing(ports, secret=SECRET), X_Horehab_Secret=as_sent) == 200


def test_a_body_that_is_too_large_is_refused_unread(ports: Ports) -> None:
    assert ring(ringing(ports), b" " * 1_000_001) == 413
    assert not ports.logbook.signals.is_hinted()


def test_nineteen_copies_are_one_hint(ports: Ports) -> None:
    app = ringing(ports)
    assert {ring(app, OBSERVATION) for _ in range(19)} == {200}
    assert ports.logbook.signals.take_hint()
    assert not ports.logbook.signals.take_hint()


def test_only_the_hooks_do_without_the_token_of_a_form(ports: Ports) -> None:
    app = ringing(ports)
    shown = {"X-Horehab-Secret": PLAIN}
    assert app.test_client().post("/horehab/patients/x/log", headers=shown).status_code == 401
    assert app.test_client().get("/horehab/hooks/fhir", headers=shown).status_code in (401, 405)


def test_a_hosts_own_guard_of_forms_lets_a_hook_pass_to_our_secret(tmp_path: Path) -> None:
    host = Flask("host", static_folder=None)
    host.config.update(
        SECRET_KEY="only for tests",
        HOREHAB_DATABASE_URL=f"sqlite:///{tmp_path}/h.sqlite3",
        HOREHAB_HOOK_SECRET=PLAIN,
    )
    CSRFProtect(host)
    HoRehab(host)
    assert ring(host) == 200
    assert ring(host, path="/Task/1") == 200
    assert ring(host, X_Horehab_Secret="wrong") == 403
    close(host.extensions["horehab"].ports())


def test_the_secret_of_a_file_opens_the_hooks_of_the_app_of_our_own(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(f"{PLAIN}\n", encoding="utf-8")
    settings = Settings(
        database_url=f"sqlite:///{tmp_path}/h.sqlite3", hook_secret_file=str(tmp_path / "secret"), secret_key="x" * 32
    )
    app = create_app(settings)
    answer = app.test_client().post("/hooks/fhir", headers={"X-Horehab-Secret": PLAIN})
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    close(app.extensions["horehab"].ports())


def test_a_secret_that_could_be_guessed_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="15 characters, which is too short") as refused:
        create_app(Settings(database_url=f"sqlite:///{tmp_path}/h.sqlite3", hook_secret="x" * 15))
    assert "x" * 15 not in str(refused.value)


def test_the_secret_stands_in_no_printed_form_of_the_options() -> None:
    assert PLAIN not in repr(WebOptions(new_id=new_id, hook_secret=PLAIN))
