"""What is typed into a form that was saved already is kept, shown beside what was saved, and saved as it is meant."""

import re

import pytest
from flask.testing import FlaskClient

from horehab.domain.entries import SessionEntry
from tests.web.conftest import PHYSICIAN, PHYSIO, Ward
from tests.web.test_correct_session import TYPED, fields, minutes

_BOTH = "<td>40</td><td>55</td>"


@pytest.fixture
def client(ward: Ward) -> FlaskClient:
    return ward.client


@pytest.fixture
def path(ward: Ward) -> str:
    return f"/horehab/patients/{ward.ana}/log"


@pytest.fixture
def old(client: FlaskClient, path: str) -> dict[str, str]:
    """A form that was saved, as the browser still has it when somebody goes back to it."""
    form = {**fields(client.get(path).text), **TYPED}
    assert client.post(path, data=form).status_code == 303
    return form


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", page)


def logged(ward: Ward) -> int:
    rows = ward.ports.logbook.outbox(patient="Patient/ana")
    return len({row.entry.session_id for row in rows if isinstance(row.entry, SessionEntry)})


def offer(page: str) -> str:
    """The number under which the page would save what was typed as another session."""
    (number,) = re.findall(r'name="another" value="([^"]+)"', page)
    return str(number)


def test_what_is_typed_into_a_form_that_was_saved_stands_beside_what_was_saved_and_is_there_again_later(
    ward: Ward, client: FlaskClient, path: str, old: dict[str, str]
) -> None:
    refused = client.post(path, data={**old, "minutes": "55"})
    assert (refused.status_code, minutes(ward)) == (409, [40])
    again = client.get(path).text
    for page in (refused.text, again):
        assert "This form was saved already" in page
        assert _BOTH in plain(page)
        assert fields(page)["minutes"] == "55"


def test_what_was_typed_corrects_the_saved_session_once(
    ward: Ward, client: FlaskClient, path: str, old: dict[str, str]
) -> None:
    page = client.post(path, data={**old, "minutes": "55"}).text
    asked = {**fields(page), "as": "correction"}
    assert [client.post(path, data=asked).status_code for _ in range(2)] == [303, 303]
    assert (minutes(ward), logged(ward)) == ([55], 1)
    assert "Your draft" not in client.get(path).text


def test_what_was_typed_becomes_another_session_once(
    ward: Ward, client: FlaskClient, path: str, old: dict[str, str]
) -> None:
    page = client.post(path, data={**old, "minutes": "55", "at": "16:00"}).text
    asked = {**fields(page), "another": offer(page)}
    assert [client.post(path, data=asked).status_code for _ in range(2)] == [303, 303]
    assert (sorted(m or 0 for m in minutes(ward)), logged(ward)) == ([40, 55], 2)
    assert "Your draft" not in client.get(path).text


def test_a_draft_that_the_page_kept_of_a_saved_form_is_not_dropped_when_it_says_something_else(
    ward: Ward, client: FlaskClient, path: str, old: dict[str, str]
) -> None:
    client.post(f"/horehab/patients/{ward.ana}/draft", data={**old, "minutes": "55", "note": "half typed"})
    for _ in range(2):
        page = client.get(path).text
        assert _BOTH in plain(page)
        assert fields(page)["note"] == "half typed"


def test_what_cannot_be_read_in_an_old_form_is_kept_and_refused_beside_its_field(
    ward: Ward, client: FlaskClient, path: str, old: dict[str, str]
) -> None:
    refused = client.post(path, data={**old, "minutes": "many"})
    assert (refused.status_code, 'id="minutes-error"' in refused.text) == (422, True)
    page = client.get(path).text
    assert fields(page)["minutes"] == "many"
    assert "This form was saved already" in page
    assert client.post(path, data={**fields(page), "as": "correction"}).status_code == 422
    assert client.post(path, data={**fields(page), "another": offer(page)}).status_code == 422
    assert (minutes(ward), logged(ward)) == ([40], 1)


def test_what_is_typed_into_a_form_whose_session_was_deleted_can_be_saved_as_another(
    ward: Ward, client: FlaskClient, path: str, old: dict[str, str]
) -> None:
    remove = path.replace("/log", f"/sessions/{old['token']}/remove")
    seal = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', client.get(remove).text))
    assert client.post(remove, data={**seal, "change": "delete", "reason": "wrong day"}).status_code == 303
    assert client.post(path, data=old).status_code == 303, "sent again as it was saved, it is that session"
    page = client.post(path, data={**old, "minutes": "55"}).text
    assert "deleted or moved" in page
    assert 'value="correction"' not in page
    assert client.post(path, data={**fields(page), "as": "correction"}).status_code == 409
    assert client.post(path, data={**fields(page), "another": offer(page)}).status_code == 303
    assert minutes(ward) == [55]


def test_an_old_form_corrects_nothing_that_somebody_changed_meanwhile(
    ward: Ward, client: FlaskClient, path: str, old: dict[str, str]
) -> None:
    page = client.post(path, data={**old, "minutes": "55"}).text
    ward.viewer = PHYSICIAN
    other = path.replace("/log", f"/sessions/{old['token']}")
    assert client.post(other, data={**fields(client.get(other).text), "minutes": "60"}).status_code == 303
    ward.viewer = PHYSIO
    clash = client.post(path, data={**fields(page), "as": "correction"})
    assert (clash.status_code, minutes(ward)) == (409, [60])
    assert "<td>60</td><td>55</td>" in plain(clash.text)
    assert client.post(path, data={**fields(clash.text), "as": "correction"}).status_code == 303
    assert minutes(ward) == [55]


def test_an_old_form_of_another_patient_is_neither_shown_nor_taken(
    ward: Ward, client: FlaskClient, path: str, old: dict[str, str]
) -> None:
    there = path.replace(ward.ana, ward.ben)
    seal = fields(client.get(there).text)["csrf_token"]
    for changes in ({}, {"minutes": "55"}, {"as": "correction"}):
        refused = client.post(there, data={**old, "csrf_token": seal, **changes})
        assert (refused.status_code, _BOTH in plain(refused.text)) == (422, False)
    page = client.get(there).text
    assert fields(page)["note"] == "tired", "nothing that was typed is lost"
    assert client.post(there, data=fields(page)).status_code == 303


def test_a_form_with_a_device_but_no_angle_that_is_sent_twice_is_one_session(
    ward: Ward, client: FlaskClient, path: str
) -> None:
    form = {**fields(client.get(path).text), "minutes": "33"}
    assert form["device"] == "goniometer"
    assert [client.post(path, data=form).status_code for _ in range(2)] == [303, 303]
    assert logged(ward) == 1


def test_a_draft_that_has_lost_its_number_gets_another(client: FlaskClient, path: str) -> None:
    form = {**fields(client.get(path).text), "token": "../../etc", "minutes": "33"}
    assert client.post(path, data=form).status_code == 422
    page = client.get(path).text
    assert fields(page)["minutes"] == "33"
    assert client.post(path, data=fields(page)).status_code == 303


def test_a_draft_of_a_correction_that_was_saved_and_says_something_else_now_is_not_dropped(
    ward: Ward, client: FlaskClient, path: str, old: dict[str, str]
) -> None:
    correction = path.replace("/log", f"/sessions/{old['token']}")
    form = {**fields(client.get(correction).text), "minutes": "45"}
    assert client.post(correction, data=form).status_code == 303
    keep = f"/horehab/patients/{ward.ana}/draft?session={old['token']}"
    client.post(keep, data={**form, "minutes": "50", "note": "half typed"})
    for _ in range(2):
        page = client.get(correction).text
        assert fields(page)["note"] == "half typed"
        assert "<td>45</td><td>50</td>" in plain(page)
    assert client.post(correction, data=fields(page)).status_code == 303
    assert minutes(ward) == [50]
