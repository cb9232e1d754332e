"""A session logged by us and a person's decision reach the chart once, and stand in our memory before that."""

from collections.abc import Callable
from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest

from horehab.domain.entries import Decision, SuspicionEntry
from horehab.domain.imaging import ImagingForm, ImagingKind
from horehab.domain.joints import Joint, JointSide, Motion, Side
from horehab.domain.range_of_motion import Mode
from horehab.domain.session import SessionKind, SessionStatus
from horehab.domain.session_form import Angle, PainAnswer, SessionForm, SignAnswer
from horehab.domain.signs import PainOccasion, SignKind
from horehab.domain.suspicion import Tier
from horehab.errors import FormRefused, InputError, NotAllowed, UnknownPatient
from horehab.usecases.decide_suspicion import DecisionForm, decide_suspicion
from horehab.usecases.deliver_entries import deliver_entries
from horehab.usecases.keep_step import keep_step
from horehab.usecases.log_session import log_session, questions_about
from tests.usecases.conftest import DAY_ONE, PATIENT, Ward, falling, flexion

HIP = JointSide(joint=Joint.HIP, side=Side.LEFT)
FORM = SessionForm(
    token="1b4e28ba-2fa1-41d2-883f-0016d3cca427",
    patient="Patient/ana",
    performer="pt-1",
    kind=SessionKind.PASSIVE_MOBILIZATION,
    status=SessionStatus.COMPLETED,
    day=DAY_ONE,
    minutes=30,
    mobility_level=4,
    angles=(Angle(field="hip-left-flexion", place=HIP, motion=Motion.FLEXION, mode=Mode.PASSIVE, degrees=104),),
    pains=(PainAnswer(field="pain", place=HIP, occasion=PainOccasion.MOVEMENT, score=3),),
    signs=(SignAnswer(field="warmth", kind=SignKind.WARMTH, place=HIP, is_present=False),),
)
NO_BONE = ImagingForm(kind=ImagingKind.CT, day=DAY_ONE, finding="no bone")
ACCEPT = DecisionForm(
    token="t-1",
    patient="Patient/ana",
    place=HIP,
    decision=Decision.ACCEPT,
    reason="",
    by="Dr. Synthetic",
    role="physician",
)


@pytest.fixture
def known(ward: Ward) -> Ward:
    keep_step(ward.ports)
    return ward


def test_a_logged_session_stands_at_once_and_reaches_the_chart_once(known: Ward) -> None:
    assert log_session(known.ports, FORM)
    record = known.ports.logbook.record("Patient/ana")
    assert [r.degrees for r in record.readings] == [104]
    assert record.sessions[0].places == (HIP,)
    for _ in range(2):
        keep_step(known.ports)
    (procedure,) = known.resources("Procedure")
    parts = [r["partOf"][0]["reference"] for r in known.resources("Observation")]
    assert parts == [f"Procedure/{procedure['id']}"] * 3
    record = known.ports.logbook.record("Patient/ana")
    assert (len(record.readings), len(record.pains), len(record.signs), len(record.sessions)) == (1, 1, 1, 1)
    assert not record.readings[0].source.startswith("urn:")


def test_the_same_form_sent_twice_is_one_session(known: Ward) -> None:
    assert log_session(known.ports, FORM)
    assert not log_session(known.ports, FORM)
    assert len(known.ports.logbook.outbox()) == 4


def test_the_next_reminder_is_committed_with_the_session(known: Ward) -> None:
    log_session(known.ports, FORM)
    assert known.ports.logbook.reminders(patient="Patient/ana")


def test_a_refused_form_writes_nothing(known: Ward) -> None:
    with pytest.raises(FormRefused) as refused:
        log_session(known.ports, replace(FORM, minutes=-1))
    assert [error.field for error in refused.value.errors] == ["minutes"]
    assert not known.ports.logbook.outbox()


def test_a_session_of_an_unknown_patient_is_refused(known: Ward) -> None:
    with pytest.raises(UnknownPatient):
        log_session(known.ports, replace(FORM, patient="Patient/nobody"))


def test_an_angle_far_from_the_last_one_is_asked_again(known: Ward) -> None:
    known.chart(flexion("rom", DAY_ONE, 60))
    keep_step(known.ports)
    assert [question.field for question in questions_about(known.ports, FORM)] == ["hip-left-flexion"]


def test_an_angle_of_a_session_entered_late_is_compared_with_what_was_measured_before_it(known: Ward) -> None:
    later = DAY_ONE + timedelta(days=7)
    known.chart(flexion("before", DAY_ONE - timedelta(days=1), 104), flexion("after", later, 60))
    known.on(later)
    keep_step(known.ports)
    assert questions_about(known.ports, FORM) == ()
    at_noon = replace(FORM, day=later, at=time(12))
    assert [question.field for question in questions_about(known.ports, at_noon)] == ["hip-left-flexion"]
    assert questions_about(known.ports, replace(at_noon, at=time(9))) == ()


def test_an_accepted_suspicion_is_provisional_in_the_chart(suspected: Ward) -> None:
    assert decide_suspicion(suspected.ports, ACCEPT)
    assert not decide_suspicion(suspected.ports, ACCEPT)
    keep_step(suspected.ports)
    (condition,) = suspected.conditions()
    assert condition["verificationStatus"]["coding"][0]["code"] == "provisional"


def test_a_dismissed_suspicion_is_inactive_and_stays_quiet(suspected: Ward) -> None:
    decide_suspicion(suspected.ports, replace(ACCEPT, decision=Decision.DISMISS, reason="contracture"))
    for _ in range(3):
        keep_step(suspected.ports)
    (condition,) = suspected.conditions()
    assert condition["clinicalStatus"]["coding"][0]["code"] == "inactive"
    assert condition["verificationStatus"]["coding"][0]["code"] == "unconfirmed"


def test_a_suspicion_can_be_decided_before_the_chart_has_it(open_ward: Callable[..., Ward]) -> None:
    ward = open_ward(write="approve")
    ward.chart(PATIENT)
    falling(ward)
    keep_step(ward.ports)
    assert decide_suspicion(ward.ports, ACCEPT)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"decision": Decision.DISMISS}, "reason"),
        ({"decision": Decision.CONFIRM, "reason": "seen"}, "imaging_kind"),
        ({"place": HIP.opposite}, "place"),
    ],
)
def test_a_decision_that_lacks_something_says_what(suspected: Ward, changed: dict[str, Any], field: str) -> None:
    with pytest.raises(InputError) as refused:
        decide_suspicion(suspected.ports, replace(ACCEPT, **changed))
    assert refused.value.field == field


def test_only_a_physician_refutes(suspected: Ward) -> None:
    form = replace(ACCEPT, decision=Decision.REFUTE, imaging=NO_BONE, role="physiotherapist")
    with pytest.raises(NotAllowed):
        decide_suspicion(suspected.ports, form)
    assert decide_suspicion(suspected.ports, replace(form, role="physician"))
    keep_step(suspected.ports)
    assert suspected.conditions()[0]["verificationStatus"]["coding"][0]["code"] == "refuted"


def test_a_suspicion_waits_until_what_was_logged_here_can_be_cited(open_ward: Callable[..., Ward]) -> None:
    ward = open_ward(write="approve")
    ward.chart(PATIENT)
    keep_step(ward.ports)
    for visit, degrees in enumerate((110, 112, 111, 96, 84, 80)):
        ward.on(DAY_ONE + timedelta(days=4 * visit))
        log_session(
            ward.ports,
            replace(
                FORM,
                token=f"1b4e28ba-2fa1-41d2-883f-00000000000{visit}",
                day=ward.clock.today(),
                angles=(replace(FORM.angles[0], degrees=degrees),),
                pains=(replace(FORM.pains[0], score=2 if visit < 3 else 6),),
            ),
        )
    shown = keep_step(ward.ports)
    assert Tier.SUSPECT in {v.tier for review in shown.reviews for v in review.verdicts}
    assert not [row for row in ward.ports.logbook.outbox() if isinstance(row.entry, SuspicionEntry)]
    deliver_entries(ward.ports)
    keep_step(ward.ports)
    (entry,) = [row.entry for row in ward.ports.logbook.outbox() if isinstance(row.entry, SuspicionEntry)]
    assert all(reference.startswith("Observation/") for reference in entry.evidence)
