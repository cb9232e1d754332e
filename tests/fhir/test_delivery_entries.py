"""Sessions, measurements, tasks and reasons on their way into the chart."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from horehab.domain.entries import ChartEntry, MeasurementEntry, Outcome, ReasonsEntry, SessionEntry, TaskEntry
from horehab.domain.reminder import ReminderRule
from tests.fhir.team_entries import ENTRIES, SESSION, TASK, about_what, fresh, gives_its_own_ids
from tests.fhir.ward import SUSPICION, Desk
from tests.servers.meddler import MeddledServer


def takes_no(*kinds: str) -> Any:
    def edit(statement: dict[str, Any]) -> None:
        for resource in statement["rest"][0]["resource"]:
            if resource["type"] in kinds:
                resource["interaction"] = [{"code": "read"}, {"code": "search-type"}]
                resource["updateCreate"] = False

    return edit


KINDS = {SessionEntry: "Procedure", MeasurementEntry: "Observation", TaskEntry: "Task", ReasonsEntry: "Provenance"}


@pytest.mark.parametrize("has_own_ids", [True, False], ids=["our ids", "the server's ids"])
@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: type(entry).__name__)
def test_an_entry_is_written_once_whatever_happens_to_the_first_answer(
    server: MeddledServer, desk: Desk, entry: ChartEntry, has_own_ids: bool
) -> None:
    server.edit_metadata = None if has_own_ids else gives_its_own_ids
    for before in (SUSPICION, SESSION):
        assert fresh(desk).deliver(before).outcome is Outcome.DONE
    kind = KINDS[type(entry)]
    count = len(server.store.search(kind)) + (0 if entry is SESSION else 1)
    server.lose_answers = 1 if entry is not SESSION else 0
    own = fresh(desk)
    first = own.deliver(entry)
    assert first.outcome is (Outcome.DONE if entry is SESSION else Outcome.LATER), first
    second = own.deliver(entry)
    assert second.outcome is Outcome.DONE, second
    assert len(server.store.search(kind)) == count
    assert second.reference is not None
    stored = server.store.read(second.reference)
    assert stored is not None
    assert stored["meta"]["versionId"] == "1"


def test_a_server_that_takes_no_conditions_gets_a_task_with_its_reasons(server: MeddledServer, desk: Desk) -> None:
    server.edit_metadata = takes_no("Condition")
    task = desk.deliver(SUSPICION)
    assert task.outcome is Outcome.DONE
    assert task.reference is not None
    assert task.reference.startswith("Task/")
    assert server.store.search("Condition") == ()
    assert about_what(server, fresh(desk)) == [{"reference": task.reference}]


def test_a_server_that_takes_neither_leaves_it_on_the_outbox_page(server: MeddledServer, desk: Desk) -> None:
    server.edit_metadata = takes_no("Condition", "Task")
    delivery = desk.deliver(SUSPICION)
    assert delivery.outcome is Outcome.REFUSED
    assert "outbox" in delivery.detail


def test_a_task_is_cancelled_but_not_taken_out_of_somebodys_hands(server: MeddledServer, desk: Desk) -> None:
    desk.deliver(TASK)
    assert desk.deliver(replace(TASK, is_cancelled=True)).outcome is Outcome.DONE
    assert desk.target is not None
    stored = server.store.read(desk.target)
    assert stored is not None
    assert stored["status"] == "cancelled"


@pytest.mark.parametrize("status", ["draft", "received", "accepted", "on-hold", "completed", "rejected"])
def test_the_state_that_somebody_gave_a_task_is_theirs(server: MeddledServer, desk: Desk, status: str) -> None:
    desk.deliver(TASK)
    assert desk.target is not None
    taken = server.store.read(desk.target)
    assert taken is not None
    server.store.put(taken | {"status": status})
    theirs = server.store.read(desk.target)
    for news in (replace(TASK, due=TASK.due + timedelta(days=1)), replace(TASK, is_cancelled=True)):
        assert desk.deliver(news).outcome is Outcome.DONE
        assert server.store.read(desk.target) == theirs


def test_a_task_to_which_somebody_only_added_who_does_it_is_still_ours_to_cancel(
    server: MeddledServer, desk: Desk
) -> None:
    desk.deliver(TASK)
    assert desk.target is not None
    given = server.store.read(desk.target)
    assert given is not None
    server.store.put(given | {"owner": {"display": "Eva"}})
    assert desk.deliver(replace(TASK, is_cancelled=True)).outcome is Outcome.DONE
    stored = server.store.read(desk.target)
    assert stored is not None
    assert (stored["status"], stored["owner"]) == ("cancelled", {"display": "Eva"})


def test_a_task_points_to_its_suspicion_only_where_that_stands_in_the_chart(
    server: MeddledServer, desk: Desk
) -> None:
    about = replace(TASK, rule=ReminderRule.REVIEW_SUSPICION, condition_id=SUSPICION.condition_id)
    delivery = desk.deliver(about)
    assert delivery.reference is not None
    stored = server.store.read(delivery.reference)
    assert stored is not None
    assert "focus" not in stored, "a server may refuse to point to what is not there"
    fresh(desk).deliver(SUSPICION)
    desk.deliver(replace(about, due=about.due + timedelta(days=1)))
    stored = server.store.read(delivery.reference)
    assert stored is not None
    assert stored["focus"] == {"reference": f"Condition/{SUSPICION.condition_id}"}


def test_a_session_that_somebody_corrected_in_the_chart_stays_corrected(server: MeddledServer, desk: Desk) -> None:
    desk.deliver(SESSION)
    assert desk.target is not None
    theirs = server.store.read(desk.target)
    assert theirs is not None
    theirs["performedPeriod"] = {"start": "2026-01-09T09:00:00Z", "end": "2026-01-09T09:20:00Z"}
    server.store.put(theirs)
    longer = replace(SESSION, session=replace(SESSION.session, minutes=45))
    assert desk.deliver(longer).outcome is Outcome.CONFLICT
    stored = server.store.read(desk.target)
    assert stored is not None
    assert stored["performedPeriod"] == theirs["performedPeriod"]


def test_a_session_that_we_correct_ourselves_is_corrected_in_the_chart(desk: Desk) -> None:
    desk.deliver(SESSION)
    longer = replace(SESSION, session=replace(SESSION.session, minutes=45))
    delivery = desk.deliver(longer)
    assert (delivery.outcome, delivery.version) == (Outcome.DONE, "2")
