"""Nobody sees a patient who is not theirs: each route, asked in each way, by whoever has no business with her.

Promise 2: every route of `url_map` x method x identity x where the patient is named; at least 2,000 attempts, no byte
of hers in any answer, and an answer about her is the answer about nobody.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.security import generate_password_hash
from werkzeug.test import TestResponse

from horehab.app import create_app
from horehab.clock import SetClock, new_id
from horehab.domain.entries import SessionEntry
from horehab.domain.record import Patient
from horehab.settings import Settings
from horehab.usecases.exchange import User
from horehab.web.access import token
from horehab.web.options import Role
from tests.web.conftest import PHYSIO, Ward, as_role, make_ward
from tests.web.test_standalone import PASSWORD, sign_in
from tests.web.ward import ANA, BEN, ZONE, close, copy_ward, fill, items_of, open_ward

LEAST_ATTEMPTS = 2_000
HERS = ("Prueba", "HC-1001", "1962-03-04", "4 Mar 1962", "Patient/ana", "Observation/lh", "Observation/pain")
"""What is hers alone: name, record number, birth date in both ways of writing, references."""
OLD_ANA = Patient(reference="Patient/ana-before", replaced_by=ANA.reference)
METHODS = ("GET", "POST", "HEAD", "PUT")
IDENTITIES = ("nobody", *(f"{role.value} of another ward" for role in Role), "merged away", "other tenant", "expired")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hers:
    """How she is named: by her key in addresses, and by the ids of what is hers; for somebody absent alike."""

    key: str
    session: str
    row: str

    def path(self, rule: Rule, *, key: str | None = None) -> str:
        names = {
            "key": key or self.key, "session": self.session, "row": self.row, "place": "left-hip",
            "filename": "nothing.css", "anything": f"patients/{self.key}/export.csv", "report": self.session,
        }  # fmt: skip
        return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: quote(names.get(found[1], "0")), rule.rule)


ABSENT = Hers(key="0" * 24, session=new_id(), row="999999")


@dataclass(slots=True, kw_only=True)
class Asker:
    """Somebody at an app, with their cookies and the token of a form; `secrets` are what they must not be shown."""

    app: Flask
    client: FlaskClient
    secrets: tuple[str, ...]
    token: str

    @property
    def rules(self) -> list[Rule]:
        return [rule for rule in self.app.url_map.iter_rules() if rule.endpoint.startswith("horehab.")]

    def ask(self, method: str, path: str, *, form: Mapping[str, str] | None = None, **words: Any) -> TestResponse:
        data = {"csrf_token": self.token, **(form or {})} if method == "POST" else None
        return self.client.open(path, method=method, data=data, buffered=True, **words)


def asked(asker: Asker, rule: Rule, hers: Hers) -> Iterator[tuple[str, str, TestResponse]]:
    """Ask one route in every way in which a patient can be named; gives method, what was sent, the answer."""
    path, bens = hers.path(rule), hers.path(rule, key=ABSENT.key)
    naming = {"key": hers.key, "patient": ANA.reference, "to": hers.key, "session": hers.session, "row": hers.row}
    for method in METHODS:
        yield method, path, asker.ask(method, path)
        if method in ("HEAD", "PUT"):
            continue
        ways: dict[str, dict[str, Any]] = {
            "query": {"query_string": {**naming, "after": hers.key}},
            "body": {"form": naming} if method == "POST" else {"json": naming},
            "header": {"headers": {"X-Patient": ANA.reference, "Referer": f"http://localhost/patients/{hers.key}"}},
            "export": {"query_string": {"format": "csv", **naming}, "headers": {"Accept": "text/csv"}},
        }
        for words in ways.values():
            yield method, f"{bens} {naming}", asker.ask(method, bens, **words)
        for suffix in (".ics", ".csv", "/chart.svg?theme=dark", "/export"):
            if method == "GET" and "<key>" in rule.rule:
                yield method, f"{path}{suffix}", asker.ask(method, f"{path}{suffix}")


def foreign(answer: TestResponse, sent: str, secrets: tuple[str, ...]) -> list[str]:
    """Find what is hers in an answer: in its text and in its headers, unless it only repeats what was sent."""
    said = f"{answer.get_data().decode('utf-8', 'replace')} {answer.headers}"  # a PDF is no text
    return [secret for secret in secrets if secret in said and secret not in sent]


@pytest.fixture
def askers(ward: Ward, filled: Path, tmp_path: Path) -> Iterator[tuple[dict[str, Asker], Hers]]:
    """Seven people and one machine who have no business with Ana, each before an app that holds her, or once did."""
    sent = ward.send(f"/patients/{ward.ana}/log", minutes="30", day="2026-05-20", kind="walking")
    assert sent.status_code == 303
    fill(ward.ports, items_of(OLD_ANA, ()))
    rows = ward.ports.logbook.outbox(patient=ANA.reference)
    (session,) = {row.entry.session_id for row in rows if isinstance(row.entry, SessionEntry)}
    hers = Hers(key=ward.ana, session=session, row=str(rows[0].row))
    for kept in ("summary.pdf", "joints/left-hip/chart.svg", "joints/left-hip/chart.svg?theme=dark"):
        assert ward.look(f"/patients/{ward.ana}/{kept}").status_code == 200, "what was made for her team is kept"
    secrets = (*HERS, hers.key)
    found = {
        name: _at_ward(ward, name, secrets)
        for name in ("nobody", *(f"{role.value} of another ward" for role in Role), "merged away")
    }
    (tmp_path / "other").mkdir()
    other = open_ward(tmp_path / "other")
    fill(other, items_of(BEN, ()))
    found["other tenant"] = _asker(make_ward(other).app, secrets)
    app = _standing_alone(filled, tmp_path)
    client = app.test_client()
    assert sign_in(client).status_code == 303
    user = app.extensions["horehab"].ports().logbook.user("ruiz")
    app.extensions["horehab"].ports().logbook.add_user(replace(user, is_active=False))
    found["expired"] = Asker(app=app, client=client, secrets=secrets, token="")
    assert tuple(found) == IDENTITIES
    yield found, hers
    close(other)
    close(app.extensions["horehab"].ports())


def _at_ward(ward: Ward, name: str, secrets: tuple[str, ...]) -> Asker:
    """Let somebody look at the pages of a ward on which Ana, under either of her names, is not theirs."""
    here = make_ward(ward.ports)
    here.hidden = {ANA.reference, OLD_ANA.reference} if name != "merged away" else {ANA.reference}
    role = next((role for role in Role if name.startswith(role.value)), Role.PHYSICIAN)
    here.viewer = None if name == "nobody" else as_role(PHYSIO, role)
    return _asker(here.app, secrets)


def _asker(app: Flask, secrets: tuple[str, ...]) -> Asker:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    if "a_form" not in app.view_functions:
        app.add_url_rule("/a-form", "a_form", token)
    client = app.test_client()
    return Asker(app=app, client=client, secrets=secrets, token=client.get("/a-form").text)


def _standing_alone(filled: Path, tmp_path: Path) -> Flask:
    settings = Settings(database_url=copy_ward(filled, tmp_path / "alone"))
    app = create_app(settings, clock=SetClock(zone=ZONE))
    hashed = generate_password_hash(PASSWORD, method="pbkdf2:sha256:1000")
    user = User(name="ruiz", display="Ana Ruiz", role="physiotherapist", password_hash=hashed)
    app.extensions["horehab"].ports().logbook.add_user(user)
    return app


def test_no_byte_of_a_patient_reaches_who_has_no_business_with_her(askers: tuple[dict[str, Asker], Hers]) -> None:
    people, hers = askers
    attempts: Counter[str] = Counter()
    leaks, failures = [], []
    for name, asker in people.items():
        named = replace(hers, key=_old_key(asker)) if name == "merged away" else hers
        for rule in asker.rules:
            for method, sent, answer in asked(asker, rule, named):
                attempts[name] += 1
                leaks += [(name, method, sent, secret) for secret in foreign(answer, sent, asker.secrets)]
                failures += (
                    [(name, method, sent)] if answer.status_code >= 500 and rule.endpoint != "horehab.health" else []
                )
    assert leaks == []
    assert failures == []
    assert min(attempts.values()) >= LEAST_ATTEMPTS / 10
    assert attempts.total() >= LEAST_ATTEMPTS


def test_an_answer_about_her_is_the_answer_about_nobody(askers: tuple[dict[str, Asker], Hers]) -> None:
    people, hers = askers
    compared = 0
    for name, asker in people.items():
        named = replace(hers, key=_old_key(asker)) if name == "merged away" else hers
        for rule in (rule for rule in asker.rules if rule.arguments & {"key", "row", "session"}):
            for method in METHODS[:2]:
                about_her, about_nobody = (_afresh(asker).ask(method, one.path(rule)) for one in (named, ABSENT))
                assert about_her.status_code == about_nobody.status_code, (name, method, rule.rule)
                assert _kept(about_her) == _kept(about_nobody), (name, method, rule.rule)
                compared += 1
    assert compared >= LEAST_ATTEMPTS / 20


def test_the_attempts_find_her_where_she_may_be_seen(askers: tuple[dict[str, Asker], Hers], ward: Ward) -> None:
    """Whoever treats her does see her in these answers: the search above is not blind."""
    _people, hers = askers
    asker = _asker(make_ward(ward.ports).app, (*HERS, hers.key))
    seen = [
        rule.endpoint
        for rule in asker.rules
        if any(foreign(answer, sent, asker.secrets) for _method, sent, answer in asked(asker, rule, hers))
    ]
    assert len(seen) >= 8


def _afresh(asker: Asker) -> Asker:
    """Come in anew, without what an earlier answer left to be said; whose sign-in has expired keeps their cookie."""
    return _asker(asker.app, asker.secrets) if asker.token else asker


def _old_key(asker: Asker) -> str:
    ports = asker.app.extensions["horehab-room"].ports()
    return str(ports.logbook.key_of(OLD_ANA.reference))


def _kept(answer: TestResponse) -> tuple[str, list[tuple[str, str]]]:
    """Give text and headers of an answer, without what differs from one to the next: the seal of its form."""
    text = re.sub(r'(name="(?:csrf_token|token)"[^>]* value=)"[^"]*"', r"\1", answer.get_data(as_text=True))
    return text, sorted(
        (name, value) for name, value in answer.headers if name not in ("Set-Cookie", "Content-Length")
    )
