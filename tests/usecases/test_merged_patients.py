"""Two records of one person are merged: one open suspicion and one set of reminders go on under the survivor."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from horehab.domain.entries import Decision
from horehab.domain.reminder import ReminderState
from horehab.usecases.decide_suspicion import DecisionForm, decide_suspicion
from horehab.usecases.exchange import ReminderRow
from horehab.usecases.keep_step import StepOrder, keep_step
from horehab.usecases.send_reminders import send_reminders
from tests.store.making import LEFT_HIP
from tests.usecases.conftest import DAY_ONE, PATIENT, Ward, flexion, mistaken, pain
from tests.usecases.merging import (
    ANA,
    EVA,
    MERGED,
    SURVIVOR,
    asked,
    conflicts,
    opened,
    status,
    steps,
    subjects,
    suspected,
)
from tests.usecases.posting import PaperPostbox


def of(patient: str, *resources: dict[str, Any]) -> list[dict[str, Any]]:
    """Make resources about Ana another patient's, with ids of their own."""
    name = patient.partition("/")[2]
    return [r | {"id": f"{name}-{r['id']}", "subject": {"reference": patient}} for r in resources]


def test_a_suspicion_goes_on_under_the_survivor_once_and_so_do_its_reminders(ward: Ward) -> None:
    suspected(ward)
    before = asked(ward, ANA)
    assert before
    ward.chart(MERGED)
    steps(ward)
    assert subjects(ward) == [EVA]
    assert asked(ward) == before
    assert len(ward.conditions()) == 1
    tasks = [t for t in ward.resources("Task") if t["status"] != "cancelled"]
    assert {t["for"]["reference"] for t in tasks} == {EVA}
    assert len(tasks) == len({(t["code"]["coding"][0]["code"]) for t in tasks})
    assert conflicts(ward) == []


def test_a_merge_says_why_it_changed_the_suspicion(ward: Ward) -> None:
    suspected(ward)
    ward.chart(MERGED)
    steps(ward)
    words = [p.get("reason", [{}])[0].get("text", "") for p in ward.resources("Provenance")]
    assert [w for w in words if "merged" in w] == ["its patient was merged with another, or the merge was taken back"]


def test_where_the_ehr_moves_everything_by_itself_its_version_is_ours_again_and_can_be_withdrawn(ward: Ward) -> None:
    suspected(ward)
    ward.chart(MERGED)
    for kind in ("Observation", "Condition"):
        ward.chart(*(r | {"subject": {"reference": EVA}} for r in ward.resources(kind)))
    steps(ward)
    assert subjects(ward) == [EVA]
    assert conflicts(ward) == []
    for wrong in ward.resources("Observation"):
        if wrong["id"] in {f"{what}-{visit}" for what in ("rom", "pain") for visit in (3, 4, 5)}:
            ward.chart(wrong | {"status": "entered-in-error"})
    steps(ward)
    assert [status(c) for c in ward.conditions()] == ["entered-in-error"]


def test_evidence_that_falls_away_with_the_merge_takes_the_suspicion_back_in_the_same_pass(ward: Ward) -> None:
    suspected(ward)
    ward.chart(MERGED)
    mistaken(ward)
    keep_step(ward.ports)
    assert [(status(c), c["subject"]["reference"]) for c in ward.conditions()] == [("entered-in-error", EVA)]


def _both_fall(ward: Ward) -> None:
    """Let the same hip be measured and suspected under both records."""
    for visit, degrees in enumerate((110, 112, 111, 96, 84, 80)):
        day = DAY_ONE + timedelta(days=4 * visit)
        ward.on(day)
        facts = flexion(f"rom-{visit}", day, degrees), pain(f"pain-{visit}", day, 2 if visit < 3 else 6)
        ward.chart(*facts, *of(EVA, *facts))
    ward.chart(SURVIVOR)
    keep_step(ward.ports)
    assert sorted(subjects(ward)) == [ANA, EVA]


def test_of_two_suspicions_of_one_joint_one_goes_on(ward: Ward) -> None:
    _both_fall(ward)
    ward.chart(MERGED)
    steps(ward)
    assert subjects(ward) == [EVA]
    assert sorted(status(c) for c in ward.conditions()) == ["entered-in-error", "unconfirmed"]
    assert conflicts(ward) == []
    open_tasks = [
        t for t in ward.resources("Task")
        if t["status"] != "cancelled" and t["code"]["coding"][0]["code"] == "review-suspicion"
    ]  # fmt: skip
    assert len(open_tasks) == 1


def test_of_two_suspicions_one_goes_on_where_evidence_of_the_other_was_deleted_meanwhile(ward: Ward) -> None:
    _both_fall(ward)
    ward.chart(MERGED)
    ward.server.store.remove("Observation/pain-5", at=ward.clock.now())
    ward.server.store.remove("Observation/eva-pain-5", at=ward.clock.now())
    keep_step(ward.ports)
    assert sorted(status(c) for c in ward.conditions()) == ["entered-in-error", "unconfirmed"]
    assert [row.key for row in ward.ports.logbook.outbox() if row.state in {"waiting", "refused"}] == []


def test_a_suspicion_moves_to_the_survivor_where_some_of_its_evidence_was_deleted_meanwhile(ward: Ward) -> None:
    suspected(ward)
    ward.chart(MERGED)
    ward.server.store.remove("Observation/pain-0", at=ward.clock.now())
    keep_step(ward.ports)
    assert subjects(ward) == [EVA]
    assert [row.key for row in ward.ports.logbook.outbox() if row.state in {"waiting", "refused"}] == []


def test_of_two_suspicions_the_one_that_a_person_accepted_goes_on(ward: Ward) -> None:
    _both_fall(ward)
    accepted = next(c for c in opened(ward) if c["subject"]["reference"] == EVA)
    form = DecisionForm(
        token="f1", patient=EVA, place=LEFT_HIP, decision=Decision.ACCEPT, reason="", by="Ana Ruiz",
        role="physiotherapist",
    )  # fmt: skip
    assert decide_suspicion(ward.ports, form)
    steps(ward)
    ward.chart(MERGED)
    steps(ward)
    assert [(c["id"], status(c)) for c in opened(ward)] == [(accepted["id"], "provisional")]


def test_a_suspicion_that_a_person_touched_is_not_moved_and_a_person_is_asked(ward: Ward) -> None:
    suspected(ward)
    (condition,) = opened(ward)
    ward.chart(condition | {"code": condition["code"] | {"text": "Seen by Dr Z, to be discussed"}})
    ward.chart(MERGED)
    keep_step(ward.ports)
    assert subjects(ward) == [ANA]
    assert conflicts(ward) == ["suspicion"]
    for _ in range(2):
        keep_step(ward.ports)
    assert conflicts(ward) == ["suspicion"]
    assert len(ward.conditions()) == 1


def test_a_suspicion_that_a_person_confirmed_stays_theirs_and_a_task_asks_whose_it_is_once(ward: Ward) -> None:
    suspected(ward)
    (condition,) = opened(ward)
    confirmed = {"coding": [{"system": condition["verificationStatus"]["coding"][0]["system"], "code": "confirmed"}]}
    ward.chart(condition | {"verificationStatus": confirmed})
    keep_step(ward.ports)
    ward.chart(MERGED)
    steps(ward)
    (still,) = ward.conditions()
    assert (status(still), still["subject"]["reference"]) == ("confirmed", ANA)
    words = [t["description"] for t in ward.resources("Task") if "merged" in t.get("description", "")]
    assert len(words) == 1
    assert conflicts(ward) == []


def test_a_reminder_that_was_sent_for_the_one_is_not_sent_again_for_the_survivor(
    open_ward: Callable[..., Ward],
) -> None:
    ward = open_ward()
    ward.chart(PATIENT)
    suspected(ward)
    sent = [_sent(ward, row) for row in _mails(ward, ANA)]
    assert sent
    ward.chart(MERGED)
    steps(ward)
    again = [row for row in _mails(ward, EVA) if row.state is ReminderState.DUE]
    what = {(row.reminder.rule, row.reminder.place, row.reminder.window) for row in again}
    assert what.isdisjoint(sent)


def _mails(ward: Ward, patient: str) -> list[ReminderRow]:
    return [row for row in ward.ports.logbook.reminders(patient=patient) if row.reminder.channel == "email"]


def _sent(ward: Ward, row: ReminderRow) -> tuple[object, ...]:
    """Let a reminder be due, claimed and sent."""
    logbook = ward.ports.logbook
    later = row.due + timedelta(minutes=1)
    for claimed in logbook.due_reminders(owner="t", now=later, limit=50):
        logbook.settle_reminder(claimed, ReminderState.SENT, detail="", now=later)
    return (row.reminder.rule, row.reminder.place, row.reminder.window)


def test_a_merged_patient_named_by_a_person_is_reviewed_as_the_survivor(ward: Ward) -> None:
    suspected(ward)
    ward.chart(MERGED)
    steps(ward)
    report = keep_step(ward.ports, StepOrder(patient=ANA))
    assert [review.patient for review in report.reviews] == [EVA]
    assert send_reminders(ward.ports, PaperPostbox()).sent >= 0
