"""A task of ours in the chart says whether somebody settled it, who, and when; a task of others says nothing here."""

from typing import Any

import pytest

from horehab.domain.acknowledgement import Acknowledgement, Answer
from horehab.fhir.resources.r5 import as_r4
from tests.fhir.charts import understood, why_not

KEY = "Patient/1|review-suspicion|left hip|team|task|since-2026-03-02"
DR_SANZ = {"reference": "Practitioner/9", "display": "Dr Sanz"}


def task(**content: Any) -> dict[str, Any]:
    return {
        "resourceType": "Task",
        "id": "5",
        "meta": {"versionId": "3", "lastUpdated": "2026-03-06T10:00:00Z"},
        "identifier": [{"system": "https://horehab.org/fhir/id/task", "value": KEY}],
        "status": "completed",
        "intent": "proposal",
        "for": {"reference": "Patient/1"},
        "owner": DR_SANZ,
        "authoredOn": "2026-03-02",
    } | content


def read(**content: Any) -> Acknowledgement:
    (fact,) = understood(task(**content)).facts
    assert isinstance(fact, Acknowledgement)
    return fact


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        ("completed", Answer.DONE),
        ("rejected", Answer.DECLINED),
        ("on-hold", Answer.ON_HOLD),
        ("failed", Answer.FAILED),
        ("cancelled", Answer.CANCELLED),
        ("entered-in-error", Answer.IN_ERROR),
    ],
)
def test_a_settled_task_says_how_by_whom_and_when(status: str, answer: Answer) -> None:
    found = read(status=status)
    assert (found.key, found.version, found.answer, found.by) == (KEY, "3", answer, "Dr Sanz")
    assert found.words == "acknowledged in the EHR by Dr Sanz on 2026-03-06"


def test_an_open_task_and_one_of_somebody_else_say_nothing() -> None:
    for status in ("draft", "requested", "received", "accepted", "ready", "in-progress"):
        assert understood(task(status=status)).facts == ()
    theirs = understood(task(identifier=[{"system": "urn:ehr", "value": "17"}], status="nonsense"))
    assert (theirs.facts, theirs.unreadable) == ((), ())


def test_when_it_was_settled_is_what_the_task_says_before_what_the_server_noted() -> None:
    done = {"executionPeriod": {"start": "2026-03-03", "end": "2026-03-04"}}
    assert read(lastModified="2026-03-05T09:00:00Z", **done).when.day.isoformat() == "2026-03-04"
    assert read(lastModified="2026-03-05T09:00:00Z").when.day.isoformat() == "2026-03-05"


def test_who_settled_it_is_who_wrote_the_last_note_before_whose_task_it_is() -> None:
    assert read(note=[{"text": "no"}, {"authorString": "Eva Ruiz", "text": "seen"}]).by == "Eva Ruiz"
    assert read(note=[{"authorReference": {"reference": "Practitioner/4"}, "text": "seen"}]).by == "Practitioner/4"
    assert read(note=[{"text": "seen"}]).by == "Dr Sanz"
    assert read(owner=None).words == "acknowledged in the EHR on 2026-03-06"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"status": "done"}, "status"),
        ({"status": None}, "status"),
        ({"meta": {}}, "no-time"),
        ({"lastModified": "yesterday"}, "bad-time"),
        ({"modifierExtension": [{"url": "urn:not"}]}, "modifier"),
        ({"for": None}, "no-patient"),
    ],
)
def test_a_task_of_ours_that_cannot_be_read_is_set_aside(content: dict[str, Any], reason: str) -> None:
    assert why_not(task(**content)) == [reason]


def test_a_task_of_r5_says_the_same() -> None:
    newer = task(performer=[{"actor": DR_SANZ}], reason=[{"concept": {"text": "Loss of motion"}}])
    assert understood(as_r4(newer)).facts == understood(task()).facts
