"""An order of physiotherapy in the EHR: the team is asked what became of each session, until the order ends."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import requests

from horehab.domain.reminder import ReminderRule, ReminderState
from horehab.usecases.keep_step import keep_step
from tests.servers.meddler import start_meddled
from tests.servers.sandbox import RunningSandbox
from tests.usecases.conftest import DAY_ONE, PATIENT, Ward, flexion

PHYSIOTHERAPY = {"coding": [{"system": "http://snomed.info/sct", "code": "91251008"}]}
DAILY = {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d", "boundsPeriod": {"start": str(DAY_ONE)}}}
ENDED = "the order ended or was changed"


def order(status: str = "active", **content: Any) -> dict[str, Any]:
    """An order of a session of physiotherapy a day, from the first day on."""
    return {
        "resourceType": "ServiceRequest",
        "id": "physio",
        "status": status,
        "intent": "order",
        "code": PHYSIOTHERAPY,
        "subject": {"reference": "Patient/ana"},
        "authoredOn": f"{DAY_ONE}T08:00:00Z",
        "occurrenceTiming": DAILY,
    } | content


def care_plan(status: str = "active") -> dict[str, Any]:
    """A care plan of the same."""
    detail = {"status": "in-progress", "code": PHYSIOTHERAPY, "scheduledTiming": DAILY}
    return {
        "resourceType": "CarePlan",
        "id": "plan",
        "status": status,
        "intent": "plan",
        "subject": {"reference": "Patient/ana"},
        "created": str(DAY_ONE),
        "activity": [{"detail": detail}],
    }


def session(days: int, status: str) -> dict[str, Any]:
    """A session of physiotherapy as the EHR charts it."""
    return {
        "resourceType": "Procedure",
        "id": f"session-{days}",
        "status": status,
        "code": PHYSIOTHERAPY,
        "subject": {"reference": "Patient/ana"},
        "performedDateTime": f"{DAY_ONE + timedelta(days=days)}T10:00:00Z",
    }


def asked(ward: Ward) -> dict[str, tuple[ReminderState, str]]:
    """Tell by window what is asked about planned sessions."""
    rows = ward.ports.logbook.reminders()
    of_plans = [r for r in rows if r.reminder.rule is ReminderRule.LOG_SESSION and "plan-" in r.reminder.window]
    return {row.reminder.window[5:15]: (row.state, row.detail) for row in of_plans}


def open_days(ward: Ward) -> list[str]:
    """List the days about which the team is asked."""
    return [day for day, (state, _) in asked(ward).items() if state is ReminderState.DUE]


def day(number: int) -> str:
    return str(DAY_ONE + timedelta(days=number))


def test_a_planned_session_is_asked_about_until_somebody_says_what_became_of_it(ward: Ward) -> None:
    ward.chart(flexion("rom", DAY_ONE, 100), order(), care_plan())
    keep_step(ward.ports)
    assert asked(ward) == {}
    ward.on(DAY_ONE + timedelta(days=4))
    ward.chart(session(1, "completed"))
    keep_step(ward.ports)
    assert open_days(ward) == [day(2), day(3)], (
        "measured on the first day, held on the second; asked once, not per plan"
    )
    ward.chart(session(2, "not-done"), session(3, "completed"))
    keep_step(ward.ports)
    assert open_days(ward) == []
    assert set(asked(ward).values()) == {(ReminderState.CANCELLED, "the session was logged")}


def test_an_order_that_ends_ends_what_waits_within_one_pass(ward: Ward) -> None:
    ward.chart(flexion("rom", DAY_ONE, 100), order())
    ward.on(DAY_ONE + timedelta(days=3))
    for status in ("revoked", "completed", "on-hold", "entered-in-error"):
        ward.chart(order())
        keep_step(ward.ports)
        assert open_days(ward) == [day(1), day(2)]
        ward.chart(order(status))
        keep_step(ward.ports)
        assert asked(ward) == dict.fromkeys((day(1), day(2)), (ReminderState.CANCELLED, ENDED))


def test_an_order_that_was_deleted_or_changed_asks_no_more_for_what_it_asked(ward: Ward) -> None:
    ward.chart(flexion("rom", DAY_ONE, 100), order())
    ward.on(DAY_ONE + timedelta(days=3))
    keep_step(ward.ports)
    fewer = DAILY["repeat"] | {"dayOfWeek": ["tue"]}
    ward.chart(order(occurrenceTiming={"repeat": fewer}))
    keep_step(ward.ports)
    assert asked(ward) == {day(1): (ReminderState.DUE, ""), day(2): (ReminderState.CANCELLED, ENDED)}
    requests.delete(f"{ward.server.url}/ServiceRequest/physio", timeout=10)
    keep_step(ward.ports)
    assert open_days(ward) == []


def test_as_needed_is_no_plan_and_stands_in_the_record_as_such(ward: Ward) -> None:
    ward.chart(flexion("rom", DAY_ONE, 100), order(asNeededBoolean=True))
    ward.on(DAY_ONE + timedelta(days=3))
    keep_step(ward.ports)
    assert asked(ward) == {}
    assert [plan.why_open for plan in ward.ports.logbook.record("Patient/ana").plans] == ["as needed"]


def _offers_no_orders(statement: dict[str, Any]) -> None:
    rest = statement["rest"][0]
    rest["resource"] = [each for each in rest["resource"] if each["type"] not in ("CarePlan", "ServiceRequest")]


def test_an_ehr_without_orders_and_care_plans_is_read_whole(open_ward: Callable[..., Ward]) -> None:
    with start_meddled() as server:
        server.edit_metadata = _offers_no_orders
        opened = open_ward(fhir_url=server.url)
        store = RunningSandbox(url=server.url, store=server.store, clock=opened.server.clock)
        ward = Ward(server=store, ports=opened.ports, clock=opened.clock)
        ward.chart(PATIENT, flexion("rom", DAY_ONE, 100))
        report = keep_step(ward.ports)
        assert (report.pulled.problems, report.is_complete) == ((), True)
        assert not any("CarePlan" in path or "ServiceRequest" in path for path in server.asked)
