"""The example portal mounts horehab beside its own pages, with its own sign-in and frame; its pages stay the same."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from examples.host_app.portal import create_app
from horehab.app import Installation
from tests.web.ward import close, copy_ward

OWN_PAGES = ("/", "/menu", "/nothing-here", "/rehabilitation-not")


@pytest.fixture
def portal(filled: Path, tmp_path: Path) -> Iterator[Flask]:
    app = create_app(HOREHAB_DATABASE_URL=copy_ward(filled, tmp_path), HOREHAB_FHIR_URL="http://127.0.0.1:8765/fhir")
    yield app
    close(app.extensions["horehab"].ports())


def signed_in(app: Flask, name: str) -> FlaskClient:
    client = app.test_client()
    sign_in(client, name)
    return client


def sign_in(client: FlaskClient, name: str) -> None:
    seal = re.findall(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)[0]
    answer = client.post("/sign-in", data={"csrf_token": seal, "name": name, "word": "letmein"})
    assert answer.status_code == 303


def test_the_portals_own_pages_are_the_same_bytes_with_and_without_us(portal: Flask) -> None:
    without = create_app(has_rehabilitation=False)
    for path in OWN_PAGES:
        one, other = portal.test_client().get(path), without.test_client().get(path)
        assert (one.status_code, one.data, one.headers.to_wsgi_list()) == (
            other.status_code,
            other.data,
            other.headers.to_wsgi_list(),
        ), path


def test_who_is_not_signed_in_at_the_portal_sees_nobody(portal: Flask) -> None:
    answer = portal.test_client().get("/rehabilitation/")
    assert answer.status_code == 401
    assert "Prueba" not in answer.text
    client = portal.test_client()
    seal = re.findall(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)[0]
    assert client.post("/sign-in", data={"csrf_token": seal, "name": "ruiz", "word": "guess"}).status_code == 401


def test_the_portals_physiotherapist_logs_a_session_in_the_portals_frame(portal: Flask) -> None:
    client = signed_in(portal, "ruiz")
    page = client.get("/rehabilitation/").text
    assert "<strong>Synthetic Hospital</strong>" in page
    key = portal.extensions["horehab"].ports().logbook.key_of("Patient/ana")
    path = f"/rehabilitation/patients/{key}/log"
    found = dict(re.findall(r'name="(csrf_token|token)"[^>]* value="([^"]*)"', client.get(path).text))
    form = {**found, "kind": "walking", "status": "completed", "day": "2026-05-20", "minutes": "30"}
    assert client.post(path, data=form).status_code == 303
    assert "Walking" in client.get(f"/rehabilitation/patients/{key}").text


def test_the_portal_says_whom_somebody_may_see_and_what_they_are(portal: Flask) -> None:
    installation = portal.extensions["horehab"]
    assert isinstance(installation, Installation)
    key = {name: installation.ports().logbook.key_of(f"Patient/{name}") for name in ("ana", "ben")}
    client = signed_in(portal, "vidal")
    assert client.get(f"/rehabilitation/patients/{key['ana']}").status_code == 200
    assert client.get(f"/rehabilitation/patients/{key['ben']}").status_code == 404
    assert client.get(f"/rehabilitation/patients/{key['ana']}/log").status_code == 403


def test_signing_out_at_the_portal_forgets_what_was_typed(portal: Flask) -> None:
    client = signed_in(portal, "ruiz")
    bedside = portal.extensions["horehab"].ports().logbook.bedside
    key = portal.extensions["horehab"].ports().logbook.key_of("Patient/ana")
    page = client.get(f"/rehabilitation/patients/{key}/log").text
    seal = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]
    typed = {"csrf_token": seal, "note": "half typed"}
    assert client.post(f"/rehabilitation/patients/{key}/draft", data=typed).status_code == 204
    assert bedside.draft("ruiz", patient="Patient/ana") is not None
    assert client.post("/sign-out", data={"csrf_token": seal}).status_code == 303
    assert bedside.draft("ruiz", patient="Patient/ana") is None
    assert client.get("/rehabilitation/").status_code == 401


def test_a_form_that_one_left_open_is_not_saved_by_the_next(portal: Flask) -> None:
    client = signed_in(portal, "ruiz")
    path = f"/rehabilitation/patients/{portal.extensions['horehab'].ports().logbook.key_of('Patient/ana')}/log"
    form = dict(re.findall(r'name="(csrf_token|token)"[^>]* value="([^"]*)"', client.get(path).text))
    assert client.post("/sign-out", data={"csrf_token": form["csrf_token"]}).status_code == 303
    sign_in(client, "sanz")
    left_open = {**form, "kind": "walking", "status": "completed", "day": "2026-05-20", "minutes": "30"}
    assert client.post(path, data=left_open).status_code == 400
    sign_in(client, "ruiz")
    assert client.post(path, data=left_open).status_code == 400


def test_a_portal_without_us_signs_out_too() -> None:
    client = signed_in(create_app(has_rehabilitation=False), "ruiz")
    seal = re.findall(r'name="csrf_token" value="([^"]+)"', client.get("/").text)[0]
    assert client.post("/sign-out", data={"csrf_token": seal}).status_code == 303
    assert "Sign in" in client.get("/").text


def test_two_portals_in_one_process_keep_their_patients_apart(portal: Flask, tmp_path: Path) -> None:
    empty = create_app(HOREHAB_DATABASE_URL=f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    try:
        assert "Ana Prueba" in signed_in(portal, "ruiz").get("/rehabilitation/").text
        assert "Ana Prueba" not in signed_in(empty, "ruiz").get("/rehabilitation/").text
    finally:
        close(empty.extensions["horehab"].ports())
