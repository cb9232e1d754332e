"""As a plug-in only our own routes change: pages, headers, CSRF, languages and errors of the host stay."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask, render_template_string
from flask_babel import Babel
from flask_wtf.csrf import CSRFProtect
from jinja2 import DictLoader

from horehab import HoRehab
from horehab.app import Installation
from horehab.errors import ConfigurationError
from horehab.web.options import Viewer
from tests.web.conftest import PHYSIO
from tests.web.ward import close, copy_ward

HOST_FRAME = """<!doctype html><title>{% block title %}{% endblock %}</title>{% block head %}{% endblock %}
<h1>Hospital portal</h1>{% block content %}{% endblock %}"""

Host = Callable[..., Flask]


@pytest.fixture
def host(filled: Path, tmp_path: Path) -> Iterator[Host]:
    """Make host apps, and close what was opened for them."""
    made: list[Flask] = []

    def make(name: str = "host", *, mounted: bool = True, user: Viewer | None = PHYSIO, **config: str) -> Flask:
        app = Flask(name, static_folder=None)
        address = config.get("HOREHAB_FHIR_URL", "http://127.0.0.1:8765/fhir")
        url = copy_ward(filled, tmp_path / name, address=address)
        app.config.update(SECRET_KEY=name, HOREHAB_DATABASE_URL=url, **config)
        app.add_url_rule("/", "index", lambda: render_template_string("{% macro x() %}1{% endmacro %}portal"))
        app.add_url_rule("/sum", "sum", lambda: str(1 // 0))
        if mounted:
            HoRehab(app, current_user=lambda: user)
        made.append(app)
        return app

    yield make
    for app in made:
        installation = app.extensions.get("horehab")
        if isinstance(installation, Installation):
            close(installation.ports())


def test_the_pages_stand_under_their_prefix(host: Host) -> None:
    client = host().test_client()
    assert "Ana Prueba" in client.get("/horehab/").text
    assert client.get("/horehab/health").status_code == 200


def test_the_hosts_own_pages_are_the_same_with_and_without_us(host: Host) -> None:
    for path in ("/", "/sum", "/nothing-here", "/horehab-not"):
        answers = []
        for app in (host("without", mounted=False), host("with")):
            answer = app.test_client().get(path)
            answers.append((answer.status_code, answer.data, sorted(answer.headers)))
        assert answers[0] == answers[1], path


def test_nothing_of_the_hosts_templates_or_hooks_changes(host: Host) -> None:
    without, with_us = host("without", mounted=False), host("with")
    assert not with_us.before_request_funcs.get(None)
    assert not with_us.after_request_funcs.get(None)
    assert not with_us.teardown_request_funcs.get(None)
    assert not with_us.error_handler_spec.get(None)
    assert with_us.template_context_processors[None] == without.template_context_processors[None] != []
    assert set(with_us.jinja_env.filters) == set(without.jinja_env.filters)
    assert set(with_us.jinja_env.extensions) == set(without.jinja_env.extensions)


def test_without_a_current_user_nobody_sees_anything(host: Host) -> None:
    client = host(user=None).test_client()
    answer = client.get("/horehab/")
    assert answer.status_code == 401
    assert "Prueba" not in answer.text
    assert client.get("/horehab/health").status_code == 200


def test_the_pages_stand_in_the_hosts_frame(host: Host) -> None:
    app = host(mounted=False)
    app.jinja_loader = DictLoader({"portal.html": HOST_FRAME})
    HoRehab(app, current_user=lambda: PHYSIO, base_template="portal.html", url_prefix="/rehab")
    page = app.test_client().get("/rehab/")
    assert "<h1>Hospital portal</h1>" in page.text
    assert "Ana Prueba" in page.text
    assert "Content-Security-Policy" not in page.headers, "the host's frame has the host's policy"


def test_the_hosts_csrf_protection_and_languages_are_used(host: Host) -> None:
    app = host(mounted=False)
    CSRFProtect(app)
    babel = Babel(app)
    HoRehab(app, current_user=lambda: PHYSIO)
    assert app.extensions["babel"].instance is babel
    client = app.test_client()
    key = re.search(r"/horehab/patients/([0-9a-f]+)\"", client.get("/horehab/").text)
    assert key
    path = f"/horehab/patients/{key[1]}/log"
    found = dict(re.findall(r'name="(csrf_token|token)"[^>]* value="([^"]*)"', client.get(path).text))
    form = {"kind": "walking", "status": "completed", "day": "2026-05-20"}
    assert client.post(path, data=form).status_code == 400
    assert client.post(path, data={**form, **found}).status_code == 303


def test_two_apps_in_one_process_do_not_mix(host: Host, tmp_path: Path) -> None:
    one, two = host("one"), host("two", HOREHAB_FHIR_URL="https://two.example/fhir")
    three = Flask("three", static_folder=None)
    three.config.update(SECRET_KEY="three", HOREHAB_DATABASE_URL=f"sqlite:///{tmp_path / 'three.sqlite3'}")
    HoRehab(three, current_user=lambda: PHYSIO)
    try:
        assert "Ana Prueba" in one.test_client().get("/horehab/").text
        assert "No patients yet" in three.test_client().get("/horehab/").text
        assert one.extensions["horehab"].settings.fhir_url != two.extensions["horehab"].settings.fhir_url
    finally:
        close(three.extensions["horehab"].ports())


def test_mounting_twice_is_refused_in_one_sentence(host: Host) -> None:
    app = host()
    with pytest.raises(ConfigurationError, match="mounted on this app already"):
        HoRehab(app)


def test_a_wrong_setting_is_named_when_the_app_is_made() -> None:
    app = Flask("wrong")
    app.config["HOREHAB_TIME_ZONE"] = "Mars/Olympus"
    with pytest.raises(ConfigurationError, match="HOREHAB_TIME_ZONE"):
        HoRehab(app)


def test_a_database_that_cannot_be_opened_is_a_sentence_on_our_pages_only(tmp_path: Path) -> None:
    app = Flask("broken", static_folder=None)
    app.config.update(SECRET_KEY="x", HOREHAB_DATABASE_URL=f"sqlite:///{tmp_path / 'no' / 'such' / 'a.sqlite3'}")
    app.add_url_rule("/", "index", lambda: "portal")
    HoRehab(app, current_user=lambda: PHYSIO)
    client = app.test_client()
    assert client.get("/").text == "portal"
    answer = client.get("/horehab/")
    assert answer.status_code in (500, 503)
    assert "Traceback" not in answer.text
    assert client.get("/horehab/health").status_code == 503


def test_a_host_without_a_secret_key_is_told_so(host: Host) -> None:
    app = host()
    key = re.search(r"/horehab/patients/([0-9a-f]+)\"", app.test_client().get("/horehab/").text)
    assert key
    app.secret_key = None
    for page in ("", f"patients/{key[1]}/log"):
        form = app.test_client().get(f"/horehab/{page}")
        assert form.status_code == 500
        assert "SECRET_KEY" in form.text


def test_flask_horehab_runs_our_commands_with_the_hosts_settings(host: Host) -> None:
    runner = host().test_cli_runner()
    told = runner.invoke(args=["horehab", "quarantine", "--json"])
    assert told.exit_code == 0, told.output
    assert "Observation/broken" in told.output
    assert runner.invoke(args=["horehab", "nonsense"]).exit_code == 2
