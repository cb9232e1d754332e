"""`horehab form`: a form that another system filled in becomes a session, once; a session becomes a filled form."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from horehab.demo.story import Story
from horehab.fhir.basis.session_links import FORM
from tests.cli.conftest import Desk, says_one_sentence
from tests.servers.sandbox import RunningSandbox

Tree = dict[str, Any]


def form(patient: str, answers: Mapping[str, Tree], **changes: Any) -> str:
    """Fill the form in, flat, as simple systems do."""
    items = [{"linkId": link, "answer": [answer]} for link, answer in answers.items()]
    response: Tree = {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": FORM,
        "identifier": {"system": "urn:tablet", "value": "7"},
        "status": "completed",
        "authored": "2026-03-02T10:15:00+01:00",
        "subject": {"reference": patient},
        "author": {"display": "Anna"},
        "item": items,
    }
    return json.dumps(response | changes)


ANSWERS: Mapping[str, Tree] = {
    "kind": {"valueString": "Passive mobilization"},
    "minutes": {"valueString": "20"},
    "repetitions": {"valueInteger": 12},
    "passive.hip.flexion.left": {"valueString": "92,5"},
    "pain.rest": {"valueInteger": 3},
}


def waiting(desk: Desk) -> list[str]:
    return desk.run("outbox", "--json").stdout.splitlines()


def test_a_filled_form_is_shown_and_nothing_is_kept(ward: Desk, story: Story) -> None:
    ward.run("sync")
    before = waiting(ward)
    result = ward.run("form", "read", "-", typed=form(story.patient, ANSWERS))
    assert result.exit_code == 0, result.output
    for words in (
        f"Of {story.patient}",
        "passive-mobilization",
        "20 min",
        "flexion, left hip: 92.5°",
        "pain, rest: 3",
    ):
        assert words in result.stdout
    assert waiting(ward) == before


def test_a_filled_form_is_logged_once_and_goes_to_the_ehr_as_a_session(ward: Desk, story: Story) -> None:
    ward.run("sync")
    text = form(story.patient, ANSWERS)
    first, again = (ward.run("form", "read", "-", "--log", typed=text) for _ in range(2))
    assert first.exit_code == 0, first.output
    assert "Logged." in first.stdout
    assert "logged before" in again.stdout
    (key,) = [row["key"] for row in map(json.loads, waiting(ward)) if row["key"].startswith("session:")]
    named = key.replace("session:", "urn:uuid:")
    filled = ward.run("form", "fill", story.patient, "--done", "--session", named)
    assert filled.exit_code == 0, filled.output
    back = ward.run("form", "read", "-", typed=filled.stdout)
    assert "flexion, left hip: 92.5°" in back.stdout
    assert "pain, rest: 3" in back.stdout


def test_a_form_that_says_something_else_than_when_it_was_logged_is_refused(ward: Desk, story: Story) -> None:
    ward.run("sync")
    ward.run("form", "read", "-", "--log", typed=form(story.patient, ANSWERS))
    other = {**ANSWERS, "passive.hip.flexion.left": {"valueDecimal": 60}}
    result = ward.run("form", "read", "-", "--log", typed=form(story.patient, other))
    says_one_sentence(result, 2, "saved already")


@pytest.mark.parametrize(
    ("answers", "changes", "said"),
    [
        ({"passive.hip.flexion.left": {"valueDecimal": 300}}, {}, "passive.hip.flexion.left"),
        ({"minutes": {"valueDecimal": 9000}}, {}, "minutes"),
        ({}, {"subject": {"reference": "Patient/nobody"}}, "Patient/nobody"),
        ({}, {"subject": None}, "does not say whose it is"),
        ({}, {"status": "in-progress"}, "not finished"),
    ],
)
def test_a_form_that_cannot_be_is_logged_in_no_part(
    ward: Desk, story: Story, answers: Mapping[str, Tree], changes: Tree, said: str
) -> None:
    ward.run("sync")
    before = waiting(ward)
    typed = form(story.patient, {**ANSWERS, **answers}, **changes)
    says_one_sentence(ward.run("form", "read", "-", "--log", typed=typed), 2, said)
    assert waiting(ward) == before


def test_whose_it_is_may_be_named_and_must_not_differ(ward: Desk, story: Story) -> None:
    ward.run("sync")
    nameless = form(story.patient, ANSWERS, subject=None)
    logged = ward.run("form", "read", "-", "--log", "--patient", story.patient, typed=nameless)
    assert logged.exit_code == 0, logged.output
    named = ward.run("form", "read", "-", "--log", "--patient", "Patient/1", typed=form(story.patient, ANSWERS))
    says_one_sentence(named, 2, "not about Patient/1")


def test_what_cannot_be_filled_in_is_said(desk: Desk, sandbox: RunningSandbox) -> None:
    sandbox.store.put({"resourceType": "Patient", "id": "new"})
    here = {"fhir_url": sandbox.url}
    desk.run("sync", **here)
    says_one_sentence(desk.run("form", "fill", "Patient/new", **here), 2, "No session of")
    logged = desk.run("form", "read", "-", "--log", typed=form("Patient/new", ANSWERS), **here)
    assert logged.exit_code == 0, logged.output
    wrong = desk.run("form", "fill", "Patient/new", "--session", "Procedure/none", **here)
    says_one_sentence(wrong, 2, "The latest ones are")
    says_one_sentence(desk.run("form", "read", "-", typed="?", **here), 2, "no JSON")
