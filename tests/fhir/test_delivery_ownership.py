"""Whose version is it? Ours is what the ledger of writes holds, or what says just what we write."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from horehab.domain.entries import ChartEntry, Outcome
from tests.fhir.team_entries import MEASUREMENT, SESSION, TASK
from tests.fhir.ward import NAME, PATIENT, SUSPICION, WITH_MORE, WITHDRAWN, Desk, chart_at
from tests.servers.meddler import MeddledServer, start_meddled

LONGER = replace(SESSION, session=replace(SESSION.session, minutes=45))


def changed(server: MeddledServer, reference: str | None, edit: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    assert reference is not None
    theirs = server.store.read(reference)
    assert theirs is not None
    edit(theirs)
    return server.store.put(theirs)


def only(server: MeddledServer, kind: str) -> dict[str, Any]:
    (found,) = server.store.search(kind)
    return found


def test_a_first_version_that_is_not_in_our_ledger_is_a_persons(server: MeddledServer, desk: Desk) -> None:
    """Somebody moved the chart to another server: every version there is "1", their corrections included."""
    desk.deliver(SESSION)
    theirs = only(server, "Procedure")
    with start_meddled() as moved, chart_at(moved.url) as chart:
        moved.store.put(PATIENT)
        theirs["performedPeriod"]["end"] = "2026-01-09T10:20:00Z"
        assert moved.store.put(theirs)["meta"]["versionId"] == "1"
        assert Desk(chart=chart).deliver(LONGER).outcome is Outcome.CONFLICT
        assert only(moved, "Procedure")["performedPeriod"] == theirs["performedPeriod"]


@pytest.mark.parametrize("entry", [SESSION, MEASUREMENT, TASK, SUSPICION], ids=lambda entry: type(entry).__name__)
def test_what_we_wrote_before_the_answer_was_lost_is_ours_because_it_says_just_that(
    server: MeddledServer, desk: Desk, entry: ChartEntry
) -> None:
    """The write was carried out, nothing is in the ledger: it is adopted, under its version."""
    if entry is MEASUREMENT:
        Desk(chart=desk.chart).deliver(SESSION)
    server.lose_answers = 1
    assert desk.deliver(entry).outcome is Outcome.LATER
    assert desk.own == set()
    assert desk.deliver(entry).outcome is Outcome.DONE
    assert desk.own == {"1"}


def test_a_session_corrected_after_its_lost_answer_was_found_again_is_corrected_in_the_chart(
    server: MeddledServer, desk: Desk
) -> None:
    server.lose_answers = 1
    for entry, outcome in ((SESSION, Outcome.LATER), (SESSION, Outcome.DONE), (LONGER, Outcome.DONE)):
        assert desk.deliver(entry).outcome is outcome
    assert only(server, "Procedure")["meta"]["versionId"] == "2"


def test_a_correction_whose_answer_was_lost_is_adopted_under_its_own_version(
    server: MeddledServer, desk: Desk
) -> None:
    desk.deliver(SESSION)
    server.lose_answers = 1
    for outcome in (Outcome.LATER, Outcome.DONE):
        assert desk.deliver(LONGER).outcome is outcome
    assert desk.own == {"1", "2"}


@pytest.mark.parametrize("entry", [SESSION, SUSPICION], ids=lambda entry: type(entry).__name__)
def test_what_a_person_added_a_note_to_stands_as_wanted_and_does_not_become_ours(
    server: MeddledServer, desk: Desk, entry: ChartEntry
) -> None:
    noted = replace(SESSION, session=replace(SESSION.session, note="Tired.")) if entry is SESSION else entry
    desk.deliver(noted)
    changed(server, desk.target, lambda theirs: theirs["note"].append({"authorString": "Dr. T", "text": "Seen."}))
    again = desk.deliver(noted)
    assert (again.outcome, again.version) == (Outcome.DONE, None)
    assert desk.own == {"1"}


def test_a_task_that_somebody_finished_does_not_become_ours(server: MeddledServer, desk: Desk) -> None:
    desk.deliver(TASK)
    changed(server, desk.target, lambda theirs: theirs.update(status="completed"))
    for entry in (replace(TASK, is_cancelled=True), TASK, replace(TASK, text="Please measure it today.")):
        assert desk.deliver(entry).outcome is Outcome.DONE
        assert only(server, "Task")["status"] == "completed"
    assert desk.own == {"1"}


def test_a_suspicion_that_a_person_withdrew_as_we_would_have_stays_theirs(server: MeddledServer, desk: Desk) -> None:
    def withdraw(theirs: dict[str, Any]) -> None:
        theirs["verificationStatus"]["coding"][0]["code"] = "entered-in-error"
        del theirs["clinicalStatus"]

    desk.deliver(SUSPICION)
    changed(server, NAME, withdraw)
    assert desk.deliver(WITHDRAWN).outcome is Outcome.DONE
    assert desk.deliver(WITH_MORE).outcome is Outcome.CONFLICT
    assert only(server, "Condition")["verificationStatus"]["coding"][0]["code"] == "entered-in-error"
