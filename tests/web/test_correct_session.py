"""A saved session is opened again, corrected, deleted or moved; drafts come back to whoever typed them alone."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from horehab.clock import SetClock
from horehab.domain.amendment import AmendmentEntry, Change
from tests.web.conftest import PHYSICIAN, PHYSIO, Ward
from tests.web.ward import BEN

TYPED = {
    "kind": "walking",
    "status": "completed",
    "day": "2026-05-20",
    "at": "11:30",
    "minutes": "40",
    "note": "tired",
    "angle.passive.left-hip.flexion": "80",
    "pain.left-hip.movement": "6",
    "sign.left-hip.firm-end-feel": "yes",
    "looked.left-hip": "yes",
}


@pytest.fixture
def session(ward: Ward) -> str:
    """Log a session of Ana's, and give its id."""
    assert ward.send(f"/patients/{ward.ana}/log", **TYPED).status_code == 303
    (found,) = [i for i in ward.ports.logbook.sessions.of("Patient/ana").values() if len(i) == 36]
    return found


def fields(page: str) -> dict[str, str]:
    """Read the form as a browser would send it back."""
    form = page[page.index('<form method="post" class="hr-stack" data-once') :]
    found = {}
    for tag in re.findall(r"<input [^>]+>", form):
        given = {name: unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        if given.get("type") in ("radio", "checkbox") and " checked" not in tag:
            continue
        if "name" in given:
            found[given["name"]] = given.get("value", "")
    for name, options in re.findall(r'<select id="(\w+)"(.*?)</select>', form, re.DOTALL):
        found[name] = "".join(re.findall(r'value="([^"]*)" selected', options))
    return found


def sent(client: FlaskClient, path: str, **changes: str) -> TestResponse:
    """Open a form, change some of it, and send the whole of it."""
    page = client.get(path).text
    return client.post(path, data={**fields(page), **changes})


def minutes(ward: Ward) -> list[float | None]:
    return [
        s.minutes for s in ward.ports.logbook.record("Patient/ana").sessions if s.when.day.isoformat() > "2026-05-14"
    ]


def test_a_session_opens_as_it_was_saved_and_a_correction_shows_at_once(ward: Ward, session: str) -> None:
    path = f"/horehab/patients/{ward.ana}/sessions/{session}"
    assert f"sessions/{session}" in ward.look(f"/patients/{ward.ana}").text
    shown = fields(ward.client.get(path).text)
    assert {name: shown.get(name) for name in TYPED} == TYPED
    answer = sent(ward.client, path, minutes="45", note="", reason="typing error")
    assert answer.status_code == 303
    assert minutes(ward) == [45]
    page = ward.client.get(path).text
    assert "typing error" in page
    assert fields(page)["note"] == ""


def test_what_cannot_be_is_refused_and_nothing_changed_is_said(ward: Ward, session: str) -> None:
    path = f"/horehab/patients/{ward.ana}/sessions/{session}"
    refused = sent(ward.client, path, minutes="many")
    assert (refused.status_code, 'id="minutes-error"' in refused.text) == (422, True)
    same = sent(ward.client, path, minutes="40")
    assert same.status_code == 422
    assert "Nothing was changed" in same.text
    asked = sent(ward.client, path, **{"angle.passive.left-hip.flexion": "120"})
    assert "Measured again: it is right" in asked.text


def test_the_second_of_two_people_sees_both_versions(ward: Ward, session: str) -> None:
    path = f"/horehab/patients/{ward.ana}/sessions/{session}"
    client = ward.client
    mine = fields(client.get(path).text)
    ward.viewer = PHYSICIAN
    assert sent(ward.client, path, minutes="60").status_code == 303
    ward.viewer = PHYSIO
    clash = client.post(path, data={**mine, "minutes": "45"})
    assert clash.status_code == 409
    shown = re.sub(r"\s+", " ", clash.text)
    assert '<th scope="row">Minutes</th><td>60</td><td>45</td>' in shown
    assert minutes(ward) == [60]
    again = client.post(path, data=fields(clash.text))
    assert again.status_code == 303
    assert minutes(ward) == [45]


def test_a_correction_sent_again_with_other_values_shows_both_versions(ward: Ward, session: str) -> None:
    client, path = ward.client, f"/horehab/patients/{ward.ana}/sessions/{session}"
    form = {**fields(client.get(path).text), "minutes": "45"}
    assert [client.post(path, data=form).status_code for _ in range(2)] == [303, 303]
    clash = client.post(path, data={**form, "minutes": "50"})
    assert (clash.status_code, minutes(ward)) == (409, [45])
    assert "<td>45</td><td>50</td>" in re.sub(r"\s+", " ", clash.text)
    assert fields(client.get(path).text)["minutes"] == "50"
    assert client.post(path, data=fields(clash.text)).status_code == 303
    assert minutes(ward) == [50]


def test_a_draft_whose_correction_was_saved_is_not_offered_again(ward: Ward, session: str) -> None:
    client, path = ward.client, f"/horehab/patients/{ward.ana}/sessions/{session}"
    form = {**fields(client.get(path).text), "minutes": "45"}
    assert client.post(path, data=form).status_code == 303
    client.post(f"/horehab/patients/{ward.ana}/draft?session={session}", data=form)
    page = client.get(path).text
    assert "that you were typing was saved" in page
    assert fields(page)["token"] != form["token"]


def test_a_session_is_deleted_with_a_reason(ward: Ward, session: str) -> None:
    path = f"/horehab/patients/{ward.ana}/sessions/{session}/remove"
    client = ward.client
    page = client.get(path).text
    seal = dict(re.findall(r'<input type="hidden" name="(csrf_token|token|state)" value="([^"]*)"', page))
    refused = client.post(path, data={**seal, "change": "delete", "reason": ""})
    assert (refused.status_code, "needs its reason" in refused.text) == (422, True)
    assert client.post(path, data={**seal, "change": "delete", "reason": "x" * 501}).status_code == 422
    assert client.post(path, data={**seal, "change": "delete", "reason": "wrong day"}).status_code == 303
    assert minutes(ward) == []
    assert client.get(path).status_code == 404
    assert client.get(path.removesuffix("/remove")).status_code == 404


def test_a_session_moves_to_the_right_patient_whom_the_viewer_may_see(ward: Ward, session: str) -> None:
    path = f"/horehab/patients/{ward.ana}/sessions/{session}/remove"
    client = ward.client
    page = client.get(path).text
    assert 'method="get"' not in page, "a name that is searched for stands in no address and no log of addresses"
    seal = dict(re.findall(r'<input type="hidden" name="(csrf_token|token|state)" value="([^"]*)"', page))
    assert "Nobody found" in client.post(path, data={**seal, "search": "yes", "text": "Nadie"}).text
    page = client.post(path, data={**seal, "search": "yes", "text": "Ben"}).text
    assert "Ben Ejemplo" in page
    typed = {**seal, "change": "move", "reason": "wrong patient", "text": "Ben"}
    asked = client.post(path, data=typed).text
    assert "No patient was chosen" in asked
    assert "Ben Ejemplo" in asked
    ward.hidden = {BEN.reference}
    assert "Ben Ejemplo" not in client.post(path, data={**seal, "search": "yes", "text": "Ben"}).text
    assert client.post(path, data={**typed, "to": ward.ben}).status_code == 422
    ward.hidden = set()
    assert client.post(path, data={**typed, "to": ward.ben}).status_code == 303
    assert minutes(ward) == []
    assert [s.minutes for s in ward.ports.logbook.record(BEN.reference).sessions] == [40]
    told = [row.entry for row in ward.ports.logbook.outbox() if isinstance(row.entry, AmendmentEntry)]
    assert [entry.change for entry in told] == [Change.MOVE]


@pytest.mark.parametrize("change", ["delete", "move"])
def test_a_removal_sent_twice_is_one_and_says_so_again(ward: Ward, session: str, change: str) -> None:
    client, path = ward.client, f"/horehab/patients/{ward.ana}/sessions/{session}/remove"
    page = client.get(path).text
    seal = dict(re.findall(r'<input type="hidden" name="(csrf_token|token|state)" value="([^"]*)"', page))
    typed = {**seal, "change": change, "reason": "wrong patient", "to": ward.ben}
    answers = [client.post(path, data=typed) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].location == answers[1].location
    told = [row.entry for row in ward.ports.logbook.outbox() if isinstance(row.entry, AmendmentEntry)]
    assert len(told) == 1
    other = client.post(path, data={**typed, "token": session})
    assert other.status_code == 404


def test_a_removal_that_comes_second_is_not_done(ward: Ward, session: str) -> None:
    path = f"/horehab/patients/{ward.ana}/sessions/{session}"
    client = ward.client
    page = client.get(f"{path}/remove").text
    seal = dict(re.findall(r'<input type="hidden" name="(csrf_token|token|state)" value="([^"]*)"', page))
    sent(ward.client, path, minutes="60")
    late = client.post(f"{path}/remove", data={**seal, "change": "delete", "reason": "wrong day"})
    assert late.status_code == 409
    assert "meanwhile" in late.text
    assert minutes(ward) == [60]


def test_a_session_of_another_patient_is_none(ward: Ward, session: str) -> None:
    for path in ("", "/remove"):
        assert ward.look(f"/patients/{ward.ben}/sessions/{session}{path}").status_code == 404


def draft(ward: Ward, client: FlaskClient, **typed: str) -> int:
    page = client.get(f"/horehab/patients/{ward.ana}/log").text
    form = {**fields(page), **typed}
    return client.post(f"/horehab/patients/{ward.ana}/draft", data=form).status_code


def test_a_draft_comes_back_to_its_writer_alone(ward: Ward) -> None:
    client = ward.client
    assert draft(ward, client, minutes="33", note="half typed") == 204
    page = client.get(f"/horehab/patients/{ward.ana}/log").text
    assert "Your draft of" in page
    assert fields(page)["note"] == "half typed"
    ward.viewer = PHYSICIAN
    assert "half typed" not in ward.look(f"/patients/{ward.ana}/log").text
    ward.viewer = replace(PHYSIO, name="other")
    assert "half typed" not in ward.look(f"/patients/{ward.ana}/log").text


def test_a_draft_is_gone_when_it_was_saved_dropped_or_is_old(ward: Ward) -> None:
    client, path = ward.client, f"/horehab/patients/{ward.ana}/log"
    draft(ward, client, minutes="33")
    assert client.post(path, data=fields(client.get(path).text)).status_code == 303
    assert "Your draft of" not in client.get(path).text
    draft(ward, client, minutes="34")
    seal = re.findall(r'name="csrf_token" value="([^"]*)"', client.get(path).text)[0]
    assert client.post(f"{path.removesuffix('/log')}/draft/drop", data={"csrf_token": seal}).status_code == 303
    assert "Your draft of" not in client.get(path).text
    draft(ward, client, minutes="35")
    assert isinstance(ward.ports.clock, SetClock)
    ward.ports.clock.instant += timedelta(hours=13)
    assert "Your draft of" not in client.get(path).text


def test_a_draft_whose_session_was_saved_although_no_answer_came_is_not_offered_again(ward: Ward) -> None:
    client, path = ward.client, f"/horehab/patients/{ward.ana}/log"
    form = {**fields(client.get(path).text), "minutes": "33"}
    assert client.post(path, data=form).status_code == 303
    client.post(f"/horehab/patients/{ward.ana}/draft", data=form)
    page = client.get(path).text
    assert "was saved" in page
    assert fields(page)["token"] != form["token"]


def test_a_refused_form_is_kept_as_a_draft_also_without_javascript(ward: Ward) -> None:
    ward.send(f"/patients/{ward.ana}/log", **{**TYPED, "minutes": "many"})
    assert 'value="many"' in ward.look(f"/patients/{ward.ana}/log").text


def test_a_draft_of_a_correction_is_apart_from_that_of_a_new_session(ward: Ward, session: str) -> None:
    client, path = ward.client, f"/horehab/patients/{ward.ana}/sessions/{session}"
    form = {**fields(client.get(path).text), "note": "half corrected"}
    assert client.post(f"/horehab/patients/{ward.ana}/draft?session={session}", data=form).status_code == 204
    assert fields(client.get(path).text)["note"] == "half corrected"
    assert "half corrected" not in client.get(f"/horehab/patients/{ward.ana}/log").text
    dropped = client.post(f"/horehab/patients/{ward.ana}/draft/drop?session={session}", data=form)
    assert dropped.location.endswith(f"sessions/{session}")
    assert fields(client.get(path).text)["note"] == "tired"
