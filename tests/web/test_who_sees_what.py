"""Nobody sees what is not theirs: each route declares its rule, and absent and not-yours answer alike."""

import re
from datetime import datetime
from html import unescape

import pytest
from werkzeug.routing import Rule

from horehab.clock import new_id
from horehab.store import SqlLogbook
from horehab.web.access import allow_everyone, rule_of
from horehab.web.options import Role
from tests.web.conftest import PHYSIO, Ward, as_role
from tests.web.ward import ANA


def rules(ward: Ward) -> list[Rule]:
    return [rule for rule in ward.app.url_map.iter_rules() if rule.endpoint.startswith("horehab.")]


def paths(ward: Ward, key: str) -> list[str]:
    names = {
        "key": key,
        "place": "left-hip",
        "filename": "horehab.css",
        "anything": "nothing/here",
        "row": "1",
        "session": "0",
        "report": "0",
        "feed": "0",
        "signed": "0",
        "message": "0",
    }
    return [re.sub(r"<(?:\w+:)?(\w+)>", lambda m: names[m[1]], rule.rule) for rule in rules(ward)]


def test_each_route_declares_who_may_use_it(ward: Ward) -> None:
    without = [r.endpoint for r in rules(ward) if rule_of(ward.app.view_functions[r.endpoint]) is None]
    assert len(rules(ward)) >= 10
    assert without == []


def test_a_route_without_a_rule_is_closed_to_all(ward: Ward) -> None:
    ward.app.view_functions["horehab.caseload"] = lambda: "open to all"
    assert ward.look("/").status_code == 403


def test_only_health_and_static_files_answer_without_a_name(ward: Ward) -> None:
    ward.viewer = None
    open_to_all = {
        path
        for path in paths(ward, ward.ana)
        if ward.client.get(path, buffered=True).status_code not in (401, 403, 404, 405)
    }
    pages = ("form-token", "health", "look", "metrics", "static/horehab.css")
    assert open_to_all == {f"/horehab/{page}" for page in pages}


@pytest.mark.parametrize("method", ["get", "post"])
def test_absent_and_not_yours_answer_alike_on_every_route(ward: Ward, method: str) -> None:
    ward.hidden = {ANA.reference}
    absent = "0" * len(ward.ana)
    token = re.search(r'name="csrf_token" value="([^"]+)"', ward.look(f"/patients/{ward.ben}/log").text)
    assert token
    for hidden, none in zip(paths(ward, ward.ana), paths(ward, absent), strict=True):
        if ward.ana not in hidden:
            continue
        client = ward.client
        client.get(f"/horehab/patients/{ward.ben}/log")
        first, second = getattr(client, method)(hidden), getattr(client, method)(none)
        assert (first.status_code, first.data) == (second.status_code, second.data), hidden
        assert b"Prueba" not in first.data


def test_a_patient_who_is_not_yours_is_on_no_list(ward: Ward) -> None:
    ward.hidden = {ANA.reference}
    for path in ("/", "/reminders", "/quality"):
        page = ward.look(path).text
        assert "Prueba" not in page
        assert ward.ana not in page


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.INTEGRATOR])
def test_who_does_not_treat_neither_logs_nor_decides(ward: Ward, role: Role) -> None:
    ward.viewer = as_role(PHYSIO, role)
    assert ward.look(f"/patients/{ward.ana}/log").status_code == 403
    assert "Your decision" not in ward.look(f"/patients/{ward.ana}/suspicions/left-hip").text


def test_a_place_that_is_none_is_not_found(ward: Ward) -> None:
    for place in ("left-nose", "hip", "", "left-hip-hip", "..%2f"):
        assert ward.look(f"/patients/{ward.ana}/joints/{place}").status_code == 404


def test_a_form_without_its_token_changes_nothing(ward: Ward) -> None:
    answer = ward.client.post(f"/horehab/patients/{ward.ana}/log", data={"day": "2026-05-20"})
    assert answer.status_code == 400
    assert "send it again" in answer.text


def test_a_form_that_was_open_for_too_long_keeps_what_was_typed_and_can_be_sent_again(ward: Ward) -> None:
    client, path = ward.client, f"/horehab/patients/{ward.ana}/log"
    typed = {"day": "2026-05-20", "kind": "walking", "status": "completed", "minutes": "40", "note": "<b>tired</b>"}
    refused = client.post(path, data={**typed, "token": new_id(), "csrf_token": "old"})
    assert refused.status_code == 400
    assert "<b>tired</b>" not in refused.text
    again = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', refused.text))
    taken = client.post(path, data={name: unescape(value) for name, value in again.items()})
    assert taken.status_code == 303
    assert "&lt;b&gt;tired" in client.get(f"/horehab/patients/{ward.ana}").text


def test_an_address_that_is_none_answers_as_one_that_is_not_yours(ward: Ward) -> None:
    absent, hidden = ward.look("/nothing/here"), ward.look("/patients/nobody")
    assert (absent.status_code, absent.data) == (hidden.status_code, hidden.data)
    assert absent.status_code == 404


def test_each_look_at_a_patient_is_in_the_audit_trail(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    noted: list[tuple[str, str, str | None]] = []
    real = SqlLogbook.audit

    def audit(self: SqlLogbook, *, who: str, what: str, patient: str | None, now: datetime) -> None:
        noted.append((who, what, patient))
        real(self, who=who, what=what, patient=patient, now=now)

    monkeypatch.setattr(SqlLogbook, "audit", audit)
    ward.look(f"/patients/{ward.ana}")
    ward.look("/patients/nobody")
    assert noted == [("ruiz", "read patient", "Patient/ana"), ("ruiz", "refused: read patient", None)]


def test_our_answers_leave_no_copy_and_run_no_foreign_script(ward: Ward) -> None:
    for path in ("/", f"/patients/{ward.ana}", "/patients/nobody", "/health"):
        headers = ward.look(path).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_no_page_asks_for_anything_from_another_place(ward: Ward) -> None:
    for path in ("/", f"/patients/{ward.ana}", f"/patients/{ward.ana}/joints/left-hip", f"/patients/{ward.ana}/log"):
        page = ward.look(path).text
        assert re.findall(r'(?:src|srcset)="(?!/horehab/)[^"]*"', page) == []
        assert re.findall(r"<(?:style|[^>]+ style=|[^>]+ on\w+=)", page) == []


def test_a_failure_shows_a_sentence_and_logs_no_patient_data(
    ward: Ward, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ward.app.config["PROPAGATE_EXCEPTIONS"] = False

    @allow_everyone
    def fails() -> str:
        raise ValueError("Ana Prueba HC-1001")

    monkeypatch.setitem(ward.app.view_functions, "horehab.caseload", fails)
    answer = ward.look("/")
    assert answer.status_code == 500
    assert "Something failed here" in answer.text
    assert "Prueba" not in answer.text + caplog.text
    assert "ValueError" in caplog.text
