"""Two records of one person are merged, in whatever order it is told: one open suspicion, one set of reminders."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from horehab.domain.entries import Decision
from horehab.domain.reminder import ReminderState
from horehab.usecases.decide_suspicion import DecisionForm, decide_suspicion
from horehab.usecases.exchange import ReminderRow
from horehab.usecases.keep_step import StepOrder, keep_step
from horehab.usecases.send_reminders import send_reminders
from scheduler.postbox import NoPostbox
from tests.store.making import LEFT_HIP
from tests.usecases.conftest import DAY_ONE, PATIENT, Ward, falling, flexion, mistaken, pain

ANA, EVA = "Patient/ana", "Patient/eva"
SURVIVOR = PATIENT | {"id": "eva", "name": [{"text": "Eva Synthetic"}], "identifier": []}
MERGED = PATIENT | {"active": False, "link": [{"type": "replaced-by", "other": {"reference": EVA}}]}


def of(patient: str, *resources: dict[str, Any]) -> list[dict[str, Any]]:
    """Make resources about Ana another patient's, with ids of their own."""
    name = patient.partition("/")[2]
    return [r | {"id": f"{name}-{r['id']}", "subject": {"reference": patient}} for r in resources]


def suspected(ward: Ward) -> None:
    """Let Ana's hip fall and be suspected, and let a second record, Eva's, stand beside hers."""
    falling(ward)
    ward.chart(SURVIVOR)
    keep_step(ward.ports)
    assert [c["subject"]["reference"] for c in opened(ward)] == [ANA]


def status(condition: dict[str, Any]) -> str:
    return str(condition["verificationStatus"]["coding"][0]["code"])


def opened(ward: Ward) -> list[dict[str, Any]]:
    """Give the Conditions of ours that are open at the server."""
    return [c for c in ward.conditions() if status(c) in ("unconfirmed", "provisional")]


def subjects(ward: Ward) -> list[str]:
    return [c["subject"]["reference"] for c in opened(ward)]


def asked(ward: Ward, patient: str = EVA) -> list[tuple[object, ...]]:
    """List what is to be reminded of and waits or went, whoever it was made for."""
    rows = ward.ports.logbook.reminders(patient=patient)
    return sorted(
        (r.reminder.rule.value, str(r.reminder.place), r.reminder.channel)
        for r in rows
        if r.state is not ReminderState.CANCELLED
    )


def steps(ward: Ward, count: int = 3) -> None:
    for _ in range(count):
        assert keep_step(ward.ports).is_complete


def conflicts(ward: Ward) -> list[str]:
    return [row.key.partition(":")[0] for row in ward.ports.logbook.outbox() if row.state != "waiting"]


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


def test_a_merge_taken_back_gives_each_their_own_again(ward: Ward) -> None:
    suspected(ward)
    before = asked(ward, ANA)
    ward.chart(MERGED)
    steps(ward)
    ward.chart(PATIENT)
    steps(ward)
    assert subjects(ward) == [ANA]
    assert len(ward.conditions()) == 1
    assert asked(ward, ANA) == before
    assert asked(ward, EVA) == []
    assert conflicts(ward) == []
    assert sorted(ward.ports.logbook.patients()) == [ANA, EVA]


def test_merged_unmerged_and_merged_again_is_still_one(ward: Ward) -> None:
    suspected(ward)
    for identity in (MERGED, PATIENT, MERGED, PATIENT, MERGED):
        ward.chart(identity)
        steps(ward, 2)
    assert subjects(ward) == [EVA]
    assert len(ward.conditions()) == 1
    assert conflicts(ward) == []


def test_a_merge_that_comes_before_its_survivor_was_ever_seen_loses_nobody(ward: Ward) -> None:
    falling(ward)
    keep_step(ward.ports)
    before = asked(ward, ANA)
    ward.chart(MERGED)
    keep_step(ward.ports)
    assert ward.ports.logbook.patients() == (EVA,)
    assert asked(ward) == before
    assert subjects(ward) == [ANA], "nothing is written for a record that nobody has seen"
    report = keep_step(ward.ports, StepOrder(patient=ANA, is_dry_run=True))
    assert report.reviews[0].why_silent == "the record into which the patient was merged was not read yet"
    ward.chart(SURVIVOR)
    steps(ward)
    assert subjects(ward) == [EVA]
    assert asked(ward) == before
    assert len(ward.conditions()) == 1


@pytest.mark.parametrize("is_survivor_first", [True, False])
def test_merged_before_anything_was_suspected_it_is_suspected_once_in_either_order(
    ward: Ward, is_survivor_first: bool
) -> None:
    told = (SURVIVOR, MERGED) if is_survivor_first else (MERGED, SURVIVOR)
    for identity in told:
        ward.chart(identity)
    keep_step(ward.ports)
    falling(ward)
    steps(ward)
    assert subjects(ward) == [EVA]


def _chain(ward: Ward, length: int) -> str:
    """Let Ana be replaced over that many steps; gives the last of the chain."""
    names = ["ana", *(f"c{number}" for number in range(1, length + 1))]
    for name, following in pairwise(names):
        link = [{"type": "replaced-by", "other": {"reference": f"Patient/{following}"}}]
        ward.chart(PATIENT | {"id": name, "link": link})
    ward.chart(PATIENT | {"id": names[-1]})
    return f"Patient/{names[-1]}"


def test_a_chain_of_five_is_followed_to_its_end(ward: Ward) -> None:
    suspected(ward)
    last = _chain(ward, 5)
    steps(ward)
    assert subjects(ward) == [last]
    assert "replaced in a circle" not in ward.ports.logbook.health(now=ward.clock.now()).details["notes"]


def test_a_chain_of_six_and_a_circle_end_and_leave_each_where_they_were_and_are_told(ward: Ward) -> None:
    suspected(ward)
    before = asked(ward, ANA)
    _chain(ward, 6)
    steps(ward)
    assert subjects(ward) == [ANA]
    assert asked(ward, ANA) == before
    assert "1 patient is replaced in a circle" in ward.ports.logbook.health(now=ward.clock.now()).details["notes"]
    ward.chart(MERGED, SURVIVOR | {"link": [{"type": "replaced-by", "other": {"reference": ANA}}]})
    steps(ward)
    assert subjects(ward) == [ANA]
    assert asked(ward, ANA) == before


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
    assert send_reminders(ward.ports, NoPostbox(), address_of=lambda _: None).sent >= 0
