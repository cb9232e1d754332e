"""Who says STOP, or wants no reminders, has no message waiting after the next step; calls and letters stay."""

from datetime import timedelta
from typing import Any

import pytest

from horehab.domain.recipient import Medium
from horehab.domain.reminder import ReminderRule, ReminderState
from horehab.usecases.contacts import Stop
from horehab.usecases.hear_back import hear_stop
from horehab.usecases.keep_step import keep_step
from tests.usecases.conftest import DAY_ONE, PATIENT, Ward, flexion

REACHED = {"telecom": [{"system": "phone", "use": "mobile", "value": "+34 600 000 001"}]}


def _appointment(name: str, status: str, days: int) -> dict[str, Any]:
    day = DAY_ONE + timedelta(days=days)
    return {
        "resourceType": "Appointment",
        "id": name,
        "status": status,
        "created": f"{DAY_ONE}T08:00:00Z",
        "start": f"{day}T09:00:00Z",
        "participant": [{"actor": {"reference": "Patient/ana"}, "status": "accepted"}],
    }


def _to_her(ward: Ward) -> dict[str, tuple[ReminderState, str]]:
    """Tell by channel how what is for Ana herself stands."""
    rows = (row for row in ward.ports.logbook.reminders() if row.reminder.recipient == "patient")
    return {row.reminder.channel: (row.state, row.detail) for row in rows}


def _stop(ward: Ward, subject: str, medium: Medium = Medium.SMS) -> None:
    stop = Stop(medium=medium, subject=subject, since=ward.clock.now(), how="by phone")
    assert ward.ports.logbook.contacts.stop(stop)


@pytest.fixture
def missed(ward: Ward) -> Ward:
    """A ward in which Ana missed an appointment: a message, a call and a letter wait."""
    ward.chart(PATIENT | REACHED, flexion("rom", DAY_ONE, 100), _appointment("a1", "noshow", 2))
    ward.on(DAY_ONE + timedelta(days=3))
    keep_step(ward.ports)
    assert _to_her(ward) == dict.fromkeys(("message", "call", "letter"), (ReminderState.DUE, ""))
    return ward


def test_a_stop_cancels_the_messages_that_wait_with_the_next_step_and_no_call(missed: Ward) -> None:
    assert hear_stop(missed.ports, "+34600000001", "STOP please")
    for _ in range(2):
        keep_step(missed.ports)
        assert _to_her(missed) == {
            "message": (ReminderState.CANCELLED, f"the recipient said STOP on {missed.clock.today()}"),
            "call": (ReminderState.DUE, ""),
            "letter": (ReminderState.DUE, ""),
        }
    missed.chart(_appointment("a2", "booked", 20))
    keep_step(missed.ports)
    rules = {row.reminder.rule for row in missed.ports.logbook.reminders()}
    assert ReminderRule.APPOINTMENT not in rules, "she is not reminded of the next one either"


def test_a_stop_that_is_taken_back_lets_the_message_wait_again(missed: Ward) -> None:
    _stop(missed, "Patient/ana", Medium.EMAIL)
    keep_step(missed.ports)
    assert _to_her(missed)["message"][0] is ReminderState.CANCELLED
    assert missed.ports.logbook.contacts.resume(Medium.EMAIL, "Patient/ana")
    keep_step(missed.ports)
    assert _to_her(missed)["message"] == (ReminderState.DUE, "")


def test_who_does_not_want_to_be_reminded_has_no_message_waiting_until_they_want_it(missed: Ward) -> None:
    for is_given, state in ((False, ReminderState.CANCELLED), (True, ReminderState.DUE)):
        now = missed.clock.now()
        missed.ports.logbook.contacts.record_consent("Patient/ana", is_given=is_given, who="Eva", now=now)
        keep_step(missed.ports)
        assert _to_her(missed)["message"][0] is state
        assert _to_her(missed)["call"][0] is ReminderState.DUE


def test_the_stop_of_somebody_else_or_of_calls_cancels_nothing(missed: Ward) -> None:
    _stop(missed, "+34600000009")
    _stop(missed, "Patient/ben")
    _stop(missed, "Patient/ana", Medium.CALL)
    keep_step(missed.ports)
    assert {state for state, _ in _to_her(missed).values()} == {ReminderState.DUE}
