"""Within one step a reminder that no longer holds is cancelled and says why; nobody is asked what was decided."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from horehab.domain.entries import Decision
from horehab.domain.imaging import ImagingForm, ImagingKind
from horehab.domain.joints import Joint, JointSide, Side
from horehab.domain.reminder import ReminderRule, ReminderState
from horehab.errors import InputError
from horehab.usecases.decide_reminder import Decided, ReminderDecision, decide_reminder
from horehab.usecases.decide_suspicion import DecisionForm, decide_suspicion
from horehab.usecases.exchange import ReminderRow
from horehab.usecases.keep_step import keep_step
from horehab.usecases.review_joints import review_patient
from tests.store.making import reminder
from tests.usecases.conftest import DAY_ONE, PATIENT, Ward, falling, flexion

LEFT_HIP = JointSide(joint=Joint.HIP, side=Side.LEFT)
ICU = {"system": "http://snomed.info/sct", "code": "309904001"}
HOME = {"system": "http://terminology.hl7.org/CodeSystem/discharge-disposition", "code": "home"}


def _rows(ward: Ward, rule: ReminderRule) -> list[ReminderRow]:
    return [row for row in ward.ports.logbook.reminders() if row.reminder.rule is rule]


def _appointment(status: str, days: int, hour: int = 9) -> dict[str, Any]:
    day = DAY_ONE + timedelta(days=days)
    return {
        "resourceType": "Appointment",
        "id": "a1",
        "status": status,
        "created": f"{DAY_ONE}T08:00:00Z",
        "start": f"{day}T{hour:02}:00:00Z",
        "end": f"{day}T{hour + 1:02}:00:00Z",
        "participant": [{"actor": {"reference": "Patient/ana"}, "status": "accepted"}],
    }


def _stay(days: int, **more: Any) -> dict[str, Any]:
    ended = DAY_ONE - timedelta(days=5)
    return {
        "resourceType": "Encounter",
        "id": "e1",
        "status": "finished",
        "class": {"code": "IMP"},
        "subject": {"reference": "Patient/ana"},
        "type": [{"coding": [ICU | {"code": "305351004"}]}],
        "period": {"start": f"{ended - timedelta(days=days)}T08:00:00Z", "end": f"{ended}T08:00:00Z"},
        **more,
    }


def test_an_appointment_that_moves_takes_its_reminder_along(ward: Ward) -> None:
    ward.chart(flexion("rom", DAY_ONE, 100), _appointment("booked", 10))
    keep_step(ward.ports)
    (before,) = _rows(ward, ReminderRule.APPOINTMENT)
    ward.chart(_appointment("booked", 10, hour=14))
    keep_step(ward.ports)
    states = {str(row.reminder.about): (row.state, row.detail) for row in _rows(ward, ReminderRule.APPOINTMENT)}
    assert states == {
        "2026-03-12 10:00:00": (ReminderState.CANCELLED, "the appointment was moved or cancelled, or is over"),
        "2026-03-12 15:00:00": (ReminderState.DUE, ""),
    }
    ward.chart(_appointment("booked", 10))
    keep_step(ward.ports)
    assert next(r for r in ward.ports.logbook.reminders() if r.row == before.row).state is ReminderState.DUE


def test_one_that_was_moved_is_cancelled_as_any_other_and_never_put_on_the_day_itself_or_after(ward: Ward) -> None:
    ward.chart(flexion("rom", DAY_ONE, 100), _appointment("booked", 10))
    keep_step(ward.ports)
    (row,) = _rows(ward, ReminderRule.APPOINTMENT)
    for days in (10, 11):
        with pytest.raises(InputError, match="too late to remind of it"):
            decide_reminder(ward.ports, _moved(row, days))
    decide_reminder(ward.ports, _moved(row, 9))
    (moved,) = _rows(ward, ReminderRule.APPOINTMENT)
    assert (moved.reminder.due_day, moved.reminder.void_after) == (DAY_ONE + timedelta(days=9),) * 2
    ward.chart(_appointment("cancelled", 10))
    keep_step(ward.ports)
    assert [each.state for each in _rows(ward, ReminderRule.APPOINTMENT)] == [ReminderState.CANCELLED]


def _moved(row: ReminderRow, days: int) -> ReminderDecision:
    day = DAY_ONE + timedelta(days=days)
    return ReminderDecision(row=row.row, what=Decided.MOVE, who="Eva", why="her wish", day=day)


def test_a_missed_appointment_is_asked_about_until_the_patient_comes(ward: Ward) -> None:
    ward.chart(flexion("rom", DAY_ONE, 100), _appointment("booked", 2))
    keep_step(ward.ports)
    ward.on(DAY_ONE + timedelta(days=3))
    ward.chart(_appointment("noshow", 2))
    keep_step(ward.ports)
    rows = _rows(ward, ReminderRule.NON_ATTENDANCE)
    assert [row.reminder.channel for row in rows] == ["message", "call", "letter"]
    decide_reminder(ward.ports, _moved(rows[0], 5))
    moved = next(row.reminder for row in _rows(ward, ReminderRule.NON_ATTENDANCE) if row.row == rows[0].row)
    assert (moved.due_day, moved.void_after) == (DAY_ONE + timedelta(days=5), rows[0].reminder.void_after)
    assert moved.about is not None
    assert moved.about.date() == DAY_ONE + timedelta(days=2), "the day that was missed stays, whenever they are told"
    ward.chart(flexion("rom-2", DAY_ONE + timedelta(days=3), 100))
    keep_step(ward.ports)
    rows = _rows(ward, ReminderRule.NON_ATTENDANCE)
    assert {(row.state, row.detail) for row in rows} == {
        (ReminderState.CANCELLED, "the patient came, or has another appointment")
    }


def test_whoever_went_home_is_measured_by_the_calendar_of_outpatients(ward: Ward) -> None:
    ward.chart(_stay(30))
    ward.on(DAY_ONE + timedelta(days=4))
    keep_step(ward.ports)
    (weekly,) = _rows(ward, ReminderRule.MEASURE_ROM)
    assert weekly.reminder.due_day == DAY_ONE + timedelta(days=9)
    home = {"hospitalization": {"dischargeDisposition": {"coding": [HOME]}}}
    ward.chart(_stay(30, **home))
    keep_step(ward.ports)
    states = {row.reminder.window: (row.state, row.detail) for row in _rows(ward, ReminderRule.MEASURE_ROM)}
    assert states.pop(weekly.reminder.window)[0] is ReminderState.CANCELLED
    assert [state for state, _ in states.values()] == [ReminderState.DUE]


COLD = ImagingForm(kind=ImagingKind.SCINTIGRAPHY, day=DAY_ONE, finding="cold")


def _decide(ward: Ward, decision: Decision, role: str, imaging: ImagingForm | None = None) -> None:
    form = DecisionForm(
        token="0b8a1c52-37a0-4f0e-9c1f-2d7c2c1f9a11",
        patient="Patient/ana",
        place=LEFT_HIP,
        decision=decision,
        reason="scintigraphy is cold",
        by="Dr Sanz",
        role=role,
        imaging=imaging,
    )
    assert decide_suspicion(ward.ports, form)


def test_a_refuted_suspicion_asks_neither_the_team_nor_the_lead(suspected: Ward) -> None:
    asked = _rows(suspected, ReminderRule.REVIEW_SUSPICION)
    assert {row.reminder.recipient for row in asked} == {"team", "lead"}
    _decide(suspected, Decision.REFUTE, "physician", COLD)
    keep_step(suspected.ports)
    rows = _rows(suspected, ReminderRule.REVIEW_SUSPICION)
    assert {row.state for row in rows} == {ReminderState.CANCELLED}
    assert {row.detail for row in rows} == {"decided about, withdrawn, or asked for anew"}


def test_a_refuted_suspicion_is_asked_about_no_more_while_writing_is_off(suspected: Ward) -> None:
    _decide(suspected, Decision.REFUTE, "physician", COLD)
    keep_step(suspected.ports)
    closed = replace(suspected.ports, may_write=False)
    review = review_patient(closed, "Patient/ana", suspected.clock.today())
    assert ReminderRule.REVIEW_SUSPICION not in {reminder.rule for reminder in review.reminders}
    assert (review.entries, review.why_silent) == ((), "writing is off")


@pytest.mark.parametrize(("is_decided", "recipients"), [(False, {"team", "lead"}), (True, {"team"})])
def test_the_lead_is_not_asked_about_a_nerve_that_somebody_looked_at_that_day(
    open_ward: Callable[..., Ward], is_decided: bool, recipients: set[str]
) -> None:
    ward = open_ward()
    ward.chart(PATIENT)
    day = falling(ward)
    keep_step(ward.ports)
    lasegue = {
        "coding": [{"system": "https://horehab.example/none", "code": "x"}], "text": "Lasegue sign"
    }  # fmt: skip
    ward.chart(_positive(flexion("slr", day, 0), lasegue))
    keep_step(ward.ports)
    nerve = [row for row in _rows(ward, ReminderRule.REVIEW_SUSPICION) if row.reminder.window.startswith("nerve")]
    assert {row.reminder.recipient for row in nerve} == {"team", "lead"}
    if is_decided:
        _decide(ward, Decision.ACCEPT, "physiotherapist")
        keep_step(ward.ports)
    waiting = [row for row in _rows(ward, ReminderRule.REVIEW_SUSPICION) if row.state is ReminderState.DUE]
    assert {row.reminder.recipient for row in waiting if row.reminder.window.startswith("nerve")} == recipients


def _positive(observation: dict[str, Any], code: dict[str, Any]) -> dict[str, Any]:
    found = {key: value for key, value in observation.items() if key != "valueQuantity"}
    own = {"system": "https://horehab.org/fhir/CodeSystem/horehab-sign", "code": "slr-positive"}
    return found | {"code": code | {"coding": [own]}, "valueBoolean": True}


def test_a_summary_for_staff_that_failed_can_be_sent_again_though_it_is_about_no_patient(ward: Ward) -> None:
    summary = reminder(patient="-", rule=ReminderRule.DIGEST, place=None, due_day=DAY_ONE, void_after=DAY_ONE)
    ward.ports.logbook.log(patient="-", entries=(), reminders=[summary], now=ward.clock.now())
    (row,) = ward.ports.logbook.due_reminders(owner="a", now=ward.clock.now(), limit=1)
    ward.ports.logbook.settle_reminder(row, ReminderState.FAILED, detail="refused", now=ward.clock.now())
    decide_reminder(ward.ports, ReminderDecision(row=row.row, what=Decided.SEND_AGAIN, who="Eva", why="mended"))
    assert [r.state for r in ward.ports.logbook.reminders()] == [ReminderState.DUE]
