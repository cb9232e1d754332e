"""A session that was logged here is corrected, deleted or moved; the EHR learns by whom; no edit there is lost."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests

from horehab.domain.joints import Joint, JointSide, Motion, Side
from horehab.domain.range_of_motion import Mode
from horehab.domain.session import SessionKind, SessionStatus
from horehab.domain.session_form import Angle, PainAnswer, SessionForm, SignAnswer
from horehab.domain.signs import PainOccasion, SignKind
from horehab.errors import FormRefused, InputError, UnknownPatient
from horehab.usecases.amend_session import (
    Amended,
    AmendmentForm,
    correct_session,
    delete_session,
    logged_session,
    move_session,
    questions_about_change,
)
from horehab.usecases.deliver_entries import deliver_entries
from horehab.usecases.keep_step import keep_step
from horehab.usecases.log_session import log_session
from horehab.usecases.session_changes import as_form, state_of
from tests.usecases.conftest import DAY_ONE, PATIENT, Ward

ZONE = ZoneInfo("Europe/Madrid")
HIP = JointSide(joint=Joint.HIP, side=Side.LEFT)
TOKEN = "1b4e28ba-2fa1-41d2-883f-0016d3cca427"
FORM = SessionForm(
    token=TOKEN,
    patient="Patient/ana",
    performer="pt-1",
    kind=SessionKind.PASSIVE_MOBILIZATION,
    status=SessionStatus.COMPLETED,
    day=DAY_ONE,
    minutes=30,
    note="tired",
    device="goniometer",
    angles=(
        Angle(field="flexion", place=HIP, motion=Motion.FLEXION, mode=Mode.PASSIVE, degrees=104),
        Angle(field="extension", place=HIP, motion=Motion.EXTENSION, mode=Mode.PASSIVE, degrees=-4),
    ),
    pains=(PainAnswer(field="pain", place=HIP, occasion=PainOccasion.MOVEMENT, score=3),),
    signs=(SignAnswer(field="warmth", kind=SignKind.WARMTH, place=HIP, is_present=False),),
)
RIGHT = replace(FORM, note=None, minutes=45, angles=(replace(FORM.angles[0], degrees=94),))
"""The same session put right: no note, longer, flexion lower, extension not measured at all."""


def asked(ward: Ward, token: str = "t-1", *, reason: str = "typing error", session: str = TOKEN) -> AmendmentForm:
    logged = ward.ports.logbook.sessions.logged(session)
    assert logged is not None
    return AmendmentForm(
        token=token, session_id=session, patient="Patient/ana", state=state_of(logged, ZONE), by="pt-2", reason=reason
    )


@pytest.fixture
def logged(ward: Ward) -> Ward:
    """A session is logged and has reached the EHR, and was read back from there."""
    keep_step(ward.ports)
    log_session(ward.ports, FORM)
    keep_step(ward.ports)
    keep_step(ward.ports)
    return ward


def rom(ward: Ward) -> dict[str, tuple[str, float]]:
    """Give by what was measured the status and the degrees of the EHR's readings."""
    found = [r for r in ward.resources("Observation") if r.get("valueQuantity", {}).get("code") == "deg"]
    return {r["code"]["text"]: (r["status"], r["valueQuantity"]["value"]) for r in found}


def procedure(ward: Ward) -> dict[str, Any]:
    (found,) = [p for p in ward.resources("Procedure") if p["id"] == TOKEN]
    return found


def edit_in_the_ehr(ward: Ward, reference: str, **values: Any) -> None:
    found = requests.get(f"{ward.server.url}/{reference}", timeout=10).json()
    requests.put(f"{ward.server.url}/{reference}", json={**found, **values}, timeout=10).raise_for_status()


def provenances(ward: Ward) -> list[dict[str, Any]]:
    return [p for p in ward.resources("Provenance") if "session" in p["activity"]["text"]]


def test_a_correction_shows_at_once_and_reaches_the_ehr_with_who_and_why(logged: Ward) -> None:
    assert correct_session(logged.ports, asked(logged), RIGHT) is Amended.SAVED
    record = logged.ports.logbook.record("Patient/ana")
    assert [r.degrees for r in record.readings] == [94]
    assert [(s.minutes, s.note) for s in record.sessions] == [(45, None)]
    keep_step(logged.ports)
    assert rom(logged) == {
        "passive flexion, left hip": ("corrected", 94),
        "passive extension, left hip": ("entered-in-error", -4),
    }
    stands = procedure(logged)
    assert stands["status"] == "completed"
    assert "note" not in stands
    (why,) = provenances(logged)
    assert why["activity"]["coding"][0]["code"] == "UPDATE"
    assert why["agent"][0]["who"] == {"display": "pt-2"}
    assert why["reason"] == [{"text": "typing error"}]
    assert len(why["target"]) == 3
    keep_step(logged.ports)
    record = logged.ports.logbook.record("Patient/ana")
    assert [r.degrees for r in record.readings] == [94]
    assert logged.ports.logbook.outbox(patient="Patient/ana") == ()


def test_between_its_delivery_and_the_next_look_a_correction_still_counts(logged: Ward) -> None:
    correct_session(logged.ports, asked(logged), RIGHT)
    deliver_entries(logged.ports)
    assert [r.degrees for r in logged.ports.logbook.record("Patient/ana").readings] == [94]


def test_a_second_correction_builds_on_the_first_also_before_the_ehr_heard_of_it(logged: Ward) -> None:
    correct_session(logged.ports, asked(logged), RIGHT)
    again = replace(RIGHT, minutes=50, note="slept well", angles=FORM.angles)
    assert correct_session(logged.ports, asked(logged, "t-2"), again) is Amended.SAVED
    keep_step(logged.ports)
    keep_step(logged.ports)
    assert rom(logged)["passive extension, left hip"] == ("corrected", -4)
    assert procedure(logged)["note"] == [{"text": "slept well"}]
    assert [s.minutes for s in logged.ports.logbook.record("Patient/ana").sessions] == [50]
    assert len(provenances(logged)) == 2


def test_a_correction_sent_twice_is_one(logged: Ward) -> None:
    form = asked(logged)
    assert correct_session(logged.ports, form, RIGHT) is Amended.SAVED
    assert correct_session(logged.ports, form, RIGHT) is Amended.REPEATED
    keep_step(logged.ports)
    assert len(provenances(logged)) == 1


def test_a_correction_sent_again_with_other_values_is_not_said_to_be_saved(logged: Ward) -> None:
    form = asked(logged)
    correct_session(logged.ports, form, RIGHT)
    assert correct_session(logged.ports, form, replace(RIGHT, minutes=50)) is Amended.CHANGED_MEANWHILE
    assert [s.minutes for s in logged.ports.logbook.record("Patient/ana").sessions] == [45]
    delete_session(logged.ports, asked(logged, "t-2"))
    assert correct_session(logged.ports, form, RIGHT) is Amended.CHANGED_MEANWHILE


def test_the_first_form_sent_again_does_not_undo_a_correction(logged: Ward) -> None:
    correct_session(logged.ports, asked(logged), replace(RIGHT, pains=(replace(FORM.pains[0], place=None),)))
    correct_session(logged.ports, asked(logged, "t-2"), replace(RIGHT, signs=()))
    keep_step(logged.ports)
    assert not log_session(logged.ports, FORM)
    with pytest.raises(FormRefused, match="saved already"):
        log_session(logged.ports, replace(FORM, minutes=50))
    assert [s.minutes for s in logged.ports.logbook.record("Patient/ana").sessions] == [45]


def test_a_form_changed_after_it_was_saved_is_sent_to_the_correction(logged: Ward) -> None:
    with pytest.raises(FormRefused, match="saved already"):
        log_session(logged.ports, replace(FORM, minutes=45))
    assert [s.minutes for s in logged.ports.logbook.record("Patient/ana").sessions] == [30]


def test_who_comes_second_is_told_that_somebody_changed_it(logged: Ward) -> None:
    mine, theirs = asked(logged, "t-mine"), asked(logged, "t-theirs")
    assert correct_session(logged.ports, theirs, replace(FORM, minutes=60)) is Amended.SAVED
    assert correct_session(logged.ports, mine, RIGHT) is Amended.CHANGED_MEANWHILE
    assert delete_session(logged.ports, mine) is Amended.CHANGED_MEANWHILE
    assert move_session(logged.ports, mine, "Patient/ana") is Amended.CHANGED_MEANWHILE
    assert [s.minutes for s in logged.ports.logbook.record("Patient/ana").sessions] == [60]


def test_of_two_at_the_same_moment_one_is_saved(logged: Ward) -> None:
    stands = logged_session(logged.ports, "Patient/ana", TOKEN)
    correct_session(logged.ports, asked(logged), RIGHT)
    entries = [row.entry for row in logged.ports.logbook.outbox(patient="Patient/ana")]
    late = logged.ports.logbook.sessions.amend(entries, revision=stands.revision, now=logged.ports.clock.now())
    assert not late


def test_what_a_person_changed_in_the_ehr_is_not_overwritten(logged: Ward) -> None:
    name = next(r["id"] for r in logged.resources("Observation") if "flexion" in r["code"]["text"])
    correct_session(logged.ports, asked(logged), RIGHT)
    value = {"value": 99, "unit": "deg", "system": "http://unitsofmeasure.org", "code": "deg"}
    edit_in_the_ehr(logged, f"Observation/{name}", valueQuantity=value)
    keep_step(logged.ports)
    assert rom(logged)["passive flexion, left hip"] == ("final", 99)
    assert [row.state for row in logged.ports.logbook.queue.listed()] == ["conflict"]
    keep_step(logged.ports)
    assert [r.degrees for r in logged.ports.logbook.record("Patient/ana").readings] == [99]


def test_what_a_person_added_in_the_ehr_stays_beside_a_correction(logged: Ward) -> None:
    edit_in_the_ehr(logged, f"Procedure/{TOKEN}", outcome={"text": "good"})
    keep_step(logged.ports)
    correct_session(logged.ports, asked(logged), RIGHT)
    keep_step(logged.ports)
    stands = procedure(logged)
    assert stands["outcome"] == {"text": "good"}
    assert "note" not in stands
    assert logged.ports.logbook.queue.listed() == ()


def test_a_deleted_session_is_entered_in_error_with_all_that_was_measured_in_it(logged: Ward) -> None:
    with pytest.raises(InputError, match="reason"):
        delete_session(logged.ports, asked(logged, reason=" "))
    assert delete_session(logged.ports, asked(logged)) is Amended.SAVED
    record = logged.ports.logbook.record("Patient/ana")
    assert (record.sessions, record.readings, record.pains, record.signs) == ((), (), (), ())
    with pytest.raises(ValueError, match="no form"):
        as_form(logged_session(logged.ports, "Patient/ana", TOKEN), ZONE)
    keep_step(logged.ports)
    assert procedure(logged)["status"] == "entered-in-error"
    assert {status for status, _ in rom(logged).values()} == {"entered-in-error"}
    (why,) = provenances(logged)
    assert why["activity"]["coding"][0]["code"] == "NULLIFY"
    keep_step(logged.ports)
    assert logged.ports.logbook.outbox(patient="Patient/ana") == ()
    assert logged.ports.logbook.record("Patient/ana").sessions == ()


def test_a_session_deleted_before_the_ehr_heard_of_it_leaves_nothing_there(ward: Ward) -> None:
    keep_step(ward.ports)
    log_session(ward.ports, FORM)
    assert delete_session(ward.ports, asked(ward)) is Amended.SAVED
    keep_step(ward.ports)
    assert ward.resources("Procedure") == []
    assert provenances(ward) == []
    assert ward.ports.logbook.outbox(patient="Patient/ana") == ()
    assert ward.ports.logbook.record("Patient/ana").sessions == ()


def test_a_session_moves_to_the_right_patient(logged: Ward) -> None:
    logged.chart({**PATIENT, "id": "ben", "name": [{"text": "Ben Synthetic"}]})
    keep_step(logged.ports)
    with pytest.raises(InputError, match="already"):
        move_session(logged.ports, asked(logged), "Patient/ana")
    assert move_session(logged.ports, asked(logged), "Patient/ben") is Amended.SAVED
    assert logged.ports.logbook.record("Patient/ana").sessions == ()
    moved = logged.ports.logbook.record("Patient/ben")
    assert [s.minutes for s in moved.sessions] == [30]
    assert sorted(r.degrees for r in moved.readings) == [-4, 104]
    keep_step(logged.ports)
    by_status = {p["status"]: p["subject"]["reference"] for p in logged.resources("Procedure")}
    assert by_status == {"entered-in-error": "Patient/ana", "completed": "Patient/ben"}
    with pytest.raises(UnknownPatient):
        logged_session(logged.ports, "Patient/ben", TOKEN)


def test_a_correction_without_a_change_is_refused(logged: Ward) -> None:
    with pytest.raises(FormRefused, match="Nothing was changed"):
        correct_session(logged.ports, asked(logged), FORM)
    with pytest.raises(FormRefused, match="future"):
        correct_session(logged.ports, asked(logged), replace(FORM, day=DAY_ONE + timedelta(days=3)))


def test_a_session_that_was_not_logged_here_is_not_ours_to_correct(logged: Ward) -> None:
    with pytest.raises(UnknownPatient):
        logged_session(logged.ports, "Patient/ana", "00000000-0000-4000-8000-000000000000")


def test_what_a_later_correction_adds_is_known_from_that_day_on(logged: Ward) -> None:
    later = DAY_ONE + timedelta(days=2)
    logged.on(later)
    added = replace(FORM.angles[0], field="abduction", motion=Motion.ABDUCTION, degrees=30)
    lower = replace(FORM.angles[0], degrees=94)
    correct_session(logged.ports, asked(logged), replace(FORM, angles=(lower, added)))
    for _ in range(3):
        known = {r.motion: (r.when.day, r.known_on) for r in logged.ports.logbook.record("Patient/ana").readings}
        assert known == {Motion.FLEXION: (DAY_ONE, DAY_ONE), Motion.ABDUCTION: (DAY_ONE, later)}
        keep_step(logged.ports)
    issued = {r["code"]["text"].split(",")[0]: r.get("issued", "")[:10] for r in logged.resources("Observation")}
    assert issued["passive abduction"] == later.isoformat()
    assert issued["passive flexion"] == ""


def test_only_a_changed_angle_is_asked_about(logged: Ward) -> None:
    logged.on(DAY_ONE + timedelta(days=7))
    later = replace(FORM, token="2b4e28ba-2fa1-41d2-883f-0016d3cca427", day=DAY_ONE + timedelta(days=7))
    log_session(logged.ports, later)
    stands = logged_session(logged.ports, "Patient/ana", later.token)
    assert questions_about_change(logged.ports, stands, later) == ()
    lower = replace(later, angles=(replace(later.angles[0], degrees=60), later.angles[1]))
    assert [q.field for q in questions_about_change(logged.ports, stands, lower)] == ["flexion"]
