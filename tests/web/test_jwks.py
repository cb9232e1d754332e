"""Our public keys at an address that the EHR reads without signing in."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from horehab import HoRehab
from horehab.app import create_app
from horehab.settings import Settings
from horehab.wiring import key_file

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(client_keys=f"{tmp_path}/keys.json", database_url=f"sqlite:///{tmp_path}/pages.sqlite3")


@pytest.fixture
def client(settings: Settings) -> FlaskClient:
    return create_app(settings).test_client()


def test_the_public_halves_are_answered_and_may_be_kept_for_five_minutes(
    client: FlaskClient, settings: Settings
) -> None:
    made = key_file(settings).new("ES384")
    answer = client.get("/.well-known/jwks.json")
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    (key,) = answer.get_json()["keys"]
    assert (key["kid"], key["alg"], key["use"]) == (made.kid, "ES384", "sig")
    private = json.loads(Path(settings.client_keys).read_text())["keys"][0]["d"]
    assert private not in answer.text
    again = client.get("/.well-known/jwks.json", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_a_new_key_is_published_without_a_restart(client: FlaskClient, settings: Settings) -> None:
    old = key_file(settings).new("ES384")
    assert client.get("/.well-known/jwks.json").status_code == 200
    new = key_file(settings).rotate("RS384")
    assert [key["kid"] for key in client.get("/.well-known/jwks.json").get_json()["keys"]] == [new.kid, old.kid]


def test_the_plug_in_answers_under_its_own_prefix(settings: Settings) -> None:
    key_file(settings).new("ES384")
    host = Flask("host")
    host.secret_key = "for a test"
    host.config |= {"HOREHAB_CLIENT_KEYS": settings.client_keys, "HOREHAB_DATABASE_URL": settings.database_url}
    HoRehab(host)
    assert len(host.test_client().get("/horehab/.well-known/jwks.json").get_json()["keys"]) == 1
    assert host.test_client().get("/.well-known/jwks.json").status_code == 404


def test_without_a_key_file_there_is_nothing(tmp_path: Path) -> None:
    app = create_app(Settings(database_url=f"sqlite:///{tmp_path}/pages.sqlite3"))
    assert app.test_client().get("/.well-known/jwks.json").status_code == 404


def test_a_key_file_that_cannot_be_read_is_no_page_and_not_kept(client: FlaskClient) -> None:
    answer = client.get("/.well-known/jwks.json")
    assert (answer.status_code, answer.json) == (503, {"code": "HR-1363"})
    assert answer.headers["Cache-Control"] == "no-store"
