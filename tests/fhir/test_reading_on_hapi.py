"""Scopes, lists of ids, deletions, and tasks that people settle on a real HAPI."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest

from horehab.clock import new_id
from horehab.domain.reminder import ReminderRule, ReminderState
from horehab.fhir.basis.session_links import FORM
from horehab.fhir.wire.client import Client
from horehab.fhir.wire.pages import walk
from horehab.settings import Settings
from horehab.usecases.keep_step import keep_step
from horehab.wiring import opened_ports
from tests.fhir.in_scope import BLIND, Pulls, gone, items, open_pulls, problems
from tests.fhir.ward import client_at, observation
from tests.servers.sandbox import RunningSandbox, start_sandbox
from tests.usecases.conftest import flexion, pain

pytestmark = pytest.mark.needs("hapi")

_PATIENCE = 180.0  # seconds; the first writing to a HAPI that has just begun may take its time on a busy machine


@pytest.fixture
def people(hapi_url: str, request: pytest.FixtureRequest) -> Iterator[tuple[Client, list[str]]]:
    """Three patients of this test's own, two of them in a group, of each of whom one thing was observed."""
    names = [f"{uuid5(NAMESPACE_URL, request.node.nodeid).hex[:20]}-{letter}" for letter in "abc"]
    with client_at(hapi_url) as client:
        for name in names:
            _put(client, {"resourceType": "Patient", "id": name})
            _put(client, observation(f"{name}-1", subject={"reference": f"Patient/{name}"}))
        members = [{"entity": {"reference": f"Patient/{name}"}} for name in names[:2]]
        _put(client, {"resourceType": "Group", "id": names[0], "type": "person", "actual": True, "member": members})
        yield client, names


def _put(client: Client, resource: dict[str, Any]) -> None:
    answer = client.send("PUT", f"{resource['resourceType']}/{resource['id']}", resource)
    assert answer.is_success, answer.reason()


@pytest.fixture
def pulls(hapi_url: str) -> Iterator[Pulls]:
    with (
        start_sandbox() as other,
        open_pulls(RunningSandbox(url=hapi_url, store=other.store, clock=other.clock)) as all_,
    ):
        yield all_


def test_only_answers_to_our_form_are_asked_for_of_whatever_version(people: tuple[Client, list[str]]) -> None:
    client, names = people
    for number, asked in enumerate((FORM, f"{FORM}|0.1.0", "https://ehr.example/mood")):
        response = {"resourceType": "QuestionnaireResponse", "id": f"{names[0]}-{number}", "status": "completed"}
        subject = {"reference": f"Patient/{names[0]}"}
        _put(client, response | {"questionnaire": asked, "subject": subject})
    params = {"questionnaire": FORM, "patient": f"Patient/{names[0]}"}
    (page,) = walk(client, "QuestionnaireResponse", params)
    assert page.problems == ()
    assert len(page.entries) == 2


def test_a_group_is_read_and_a_newcomer_from_the_beginning(people: tuple[Client, list[str]], pulls: Pulls) -> None:
    client, names = people
    pages = pulls.pull(f"Group/{names[0]}")
    assert problems(pages) == []
    assert items(pages) == {f"Observation/{name}-1" for name in names[:2]}
    assert [params["patient"] for params in pulls.asked("Observation")] == [
        [f"Patient/{names[0]},Patient/{names[1]}"]
    ], "HAPI takes both in one search"
    wider = f"Group/{names[0]} Patient/{names[2]}"
    pages = pulls.pull(wider)
    assert problems(pages) == []
    assert f"Observation/{names[2]}-1" in items(pages)
    _put(client, observation(f"{names[2]}-2", subject={"reference": f"Patient/{names[2]}"}))
    assert f"Observation/{names[2]}-2" in items(pulls.pull(wider))


def test_a_deletion_without_history_is_found_by_the_list_of_ids(
    people: tuple[Client, list[str]], pulls: Pulls
) -> None:
    client, names = people
    scope = f"Group/{names[0]}"
    pulls.proxy.set(BLIND)
    pulls.pull(scope)
    deleted = client.ask("DELETE", f"{client.connection.base}/Observation/{names[1]}-1", headers={})
    assert deleted.is_success, deleted.reason()
    pulls.at.advance(timedelta(days=1))
    pages = pulls.pull(scope)
    assert problems(pages) == []
    assert gone(pages) == {f"Observation/{names[1]}-1"}
    assert [params["_elements"] for params in pulls.asked("Observation") if "_elements" in params] == [["id"]]


def _falling(client: Client, name: str, last: date) -> None:
    """Let a left hip stand at 110° for three visits, then lose 30° with pain over three more."""
    mine = {"subject": {"reference": f"Patient/{name}"}}
    for visit, degrees in enumerate((110, 112, 111, 96, 84, 80)):
        day = last - timedelta(days=4 * (5 - visit))
        _put(client, flexion(f"{name}-rom-{visit}", day, degrees) | mine)
        _put(client, pain(f"{name}-pain-{visit}", day, 2 if visit < 3 else 6) | mine)


def test_a_review_that_a_person_settles_on_hapi_is_urged_no_more_and_stays_theirs(
    hapi_url: str, tmp_path: Path
) -> None:
    name = f"settled-{new_id()[:8]}"
    settings = Settings(
        fhir_url=hapi_url, database_url=f"sqlite:///{tmp_path}/horehab.sqlite3", time_zone="Europe/Madrid",
        scope=f"Patient/{name}", timeout=_PATIENCE,
    )  # fmt: skip
    with client_at(hapi_url, timeout=_PATIENCE) as client, opened_ports(settings) as ports:
        _put(client, {"resourceType": "Patient", "id": name, "name": [{"text": "Ana Synthetic"}]})
        _falling(client, name, ports.clock.today())
        assert keep_step(ports).is_complete
        review = _review(client, name)
        (condition,) = _found(client, "Condition", name)
        assert review["focus"] == {"reference": f"Condition/{condition['id']}"}
        assert review["owner"] == {"display": "pt-1"}
        _put(client, review | {"status": "completed", "note": [{"authorString": "Dr Sanz", "text": "seen"}]})
        theirs = _review(client, name)
        assert keep_step(ports).is_complete
        rows = [row for row in ports.logbook.reminders() if row.reminder.rule is ReminderRule.REVIEW_SUSPICION]
        assert {row.reminder.recipient: row.state for row in rows} == {
            "team": ReminderState.CANCELLED,
            "lead": ReminderState.CANCELLED,
        }
        assert all(row.detail.startswith("acknowledged in the EHR by Dr Sanz on ") for row in rows)
        assert _review(client, name) == theirs


def _found(client: Client, kind: str, name: str) -> list[dict[str, Any]]:
    bundle = client.get(kind, {"patient": f"Patient/{name}"}, is_search=True).resource()
    return [entry["resource"] for entry in bundle.get("entry", [])]


def _review(client: Client, name: str) -> dict[str, Any]:
    tasks = _found(client, "Task", name)
    (task,) = [each for each in tasks if each["code"]["coding"][0]["code"] == "review-suspicion"]
    return task
