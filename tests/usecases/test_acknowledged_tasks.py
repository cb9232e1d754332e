"""A review that somebody settled as a Task in the EHR is acknowledged: nobody is urged, and the Task stays theirs."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from horehab.domain.entries import TaskEntry
from horehab.domain.reminder import ReminderRule, ReminderState
from horehab.usecases.exchange import ReminderRow
from horehab.usecases.keep_step import keep_step
from tests.servers.meddler import start_meddled
from tests.servers.sandbox import RunningSandbox
from tests.usecases.conftest import PATIENT, Ward, falling, mistaken, pain

SETTLED = ("completed", "cancelled", "rejected", "on-hold", "failed", "entered-in-error")


def _review(ward: Ward) -> dict[str, Any]:
    (task,) = [r for r in ward.resources("Task") if r["code"]["coding"][0]["code"] == "review-suspicion"]
    return task


def _rows(ward: Ward) -> dict[str, ReminderRow]:
    rows = [row for row in ward.ports.logbook.reminders() if row.reminder.rule is ReminderRule.REVIEW_SUSPICION]
    return {row.reminder.recipient: row for row in rows}


def _settle(ward: Ward, status: str, **more: Any) -> dict[str, Any]:
    settled = _review(ward) | {"status": status, "owner": {"display": "Dr Sanz"}} | more
    del settled["meta"]
    ward.chart(settled)
    return _review(ward)


def test_a_review_that_a_person_settled_in_the_ehr_is_not_escalated_and_says_by_whom(suspected: Ward) -> None:
    for status in SETTLED:
        assert {row.state for row in _rows(suspected).values()} == {ReminderState.DUE}, f"before {status}"
        suspected.on(suspected.clock.today() + timedelta(days=1))
        theirs = _settle(suspected, status)
        keep_step(suspected.ports)
        said = {who: (row.state, row.detail) for who, row in _rows(suspected).items()}
        why = (ReminderState.CANCELLED, f"acknowledged in the EHR by Dr Sanz on {suspected.clock.today()}")
        assert said == {"team": why, "lead": why}, status
        assert _review(suspected) == theirs, "what a person set is theirs"
        _settle(suspected, "requested")
        keep_step(suspected.ports)


def test_a_settled_review_stays_quiet_and_untouched_long_after_it_was_due(suspected: Ward) -> None:
    theirs = _settle(suspected, "rejected")
    suspected.on(suspected.clock.today() + timedelta(days=20))
    keep_step(suspected.ports)
    assert _review(suspected) == theirs
    assert {row.state for row in _rows(suspected).values()} == {ReminderState.CANCELLED}


def test_a_review_that_is_still_to_be_done_is_escalated_and_left_to_who_took_it_up(suspected: Ward) -> None:
    for status in ("received", "accepted", "in-progress"):
        theirs = _settle(suspected, status)
        suspected.on(suspected.clock.today() + timedelta(days=4))
        keep_step(suspected.ports)
        assert {row.state for row in _rows(suspected).values()} == {ReminderState.DUE}
        assert _review(suspected) == theirs


def test_what_we_cancelled_ourselves_is_an_echo_and_acknowledges_nothing(suspected: Ward) -> None:
    mistaken(suspected)
    keep_step(suspected.ports)
    assert _review(suspected)["status"] == "cancelled"
    keep_step(suspected.ports)
    record = suspected.ports.logbook.record("Patient/ana")
    assert [each.answer.value for each in record.acknowledgements] == ["cancelled"]
    details = {row.detail for row in _rows(suspected).values()}
    assert details == {"decided about, withdrawn, or asked for anew"}
    first = suspected.clock.today()
    for visit, score in enumerate((6, 7)):
        suspected.chart(pain(f"again-{visit}", first, score))
    keep_step(suspected.ports)
    assert not any("acknowledged" in row.detail for row in _rows(suspected).values())


def test_a_settled_review_stays_as_it_is_when_the_suspicion_is_withdrawn(suspected: Ward) -> None:
    theirs = _settle(suspected, "completed")
    keep_step(suspected.ports)
    mistaken(suspected)
    keep_step(suspected.ports)
    keep_step(suspected.ports)
    assert _review(suspected) == theirs
    last = [row.entry for row in suspected.ports.logbook.outbox(open_only=False)]
    assert not any(isinstance(entry, TaskEntry) and entry.is_cancelled for entry in last), "nothing is asked of it"


def test_a_task_of_somebody_else_acknowledges_nothing(suspected: Ward) -> None:
    other = _review(suspected) | {"id": "other", "status": "completed"}
    del other["identifier"], other["meta"]
    suspected.chart(other)
    keep_step(suspected.ports)
    assert suspected.ports.logbook.record("Patient/ana").acknowledgements == ()


def _takes_no_conditions(statement: dict[str, Any]) -> None:
    for resource in statement["rest"][0]["resource"]:
        if resource["type"] == "Condition":
            resource |= {"interaction": [{"code": "read"}, {"code": "search-type"}], "updateCreate": False}


def test_a_suspicion_that_stands_as_a_task_is_acknowledged_by_it(open_ward: Callable[..., Ward]) -> None:
    with start_meddled() as server:
        server.edit_metadata = _takes_no_conditions
        opened = open_ward(fhir_url=server.url)
        ward = replace(opened, server=RunningSandbox(url=server.url, store=server.store, clock=opened.server.clock))
        ward.chart(PATIENT)
        falling(ward)
        keep_step(ward.ports)
        tasks = {r["identifier"][0]["value"].partition(":")[0]: r for r in ward.resources("Task")}
        settled = {name: value for name, value in tasks["suspicion"].items() if name != "meta"}
        ward.chart(settled | {"status": "completed", "lastModified": f"{ward.clock.today()}T12:00:00Z"})
        keep_step(ward.ports)
        assert {row.detail for row in _rows(ward).values()} == {f"acknowledged in the EHR on {ward.clock.today()}"}
