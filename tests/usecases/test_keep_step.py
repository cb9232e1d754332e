"""One step in time with the chart: read, judge, write once, and again when the evidence changes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import requests

from horehab.domain.entries import SuspicionEntry
from horehab.domain.reminder import ReminderState
from horehab.domain.suspicion import Tier
from horehab.errors import UnknownPatient
from horehab.usecases.keep_step import StepOrder, keep_step
from horehab.usecases.ports import Ports
from horehab.usecases.review_joints import review_joints
from tests.servers.faults import answers, outcome_as_body
from tests.servers.proxying import faulty_proxy
from tests.servers.sandbox import RunningSandbox
from tests.usecases.conftest import DAY_ONE, PATIENT, Ward, falling, flexion, pain


def test_a_hip_that_falls_is_suspected_once_with_evidence_and_reasons(ward: Ward) -> None:
    falling(ward)
    report = keep_step(ward.ports)
    assert report.is_complete
    (condition,) = ward.conditions()
    assert condition["verificationStatus"]["coding"][0]["code"] == "unconfirmed"
    assert condition["code"]["text"].startswith("Suspected")
    cited = {item["reference"] for evidence in condition["evidence"] for item in evidence["detail"]}
    assert {"Observation/rom-5", "Observation/rom-4"} <= cited
    (why,) = ward.resources("Provenance")
    assert why["target"] == [{"reference": f"Condition/{condition['id']}"}]


def test_a_second_step_writes_nothing(ward: Ward) -> None:
    falling(ward)
    keep_step(ward.ports)
    again = keep_step(ward.ports, StepOrder(patient="Patient/ana"))
    assert (again.delivered.done, again.waiting) == (0, 0)
    assert ward.conditions()[0]["meta"]["versionId"] == "1"


def test_withdrawn_evidence_withdraws_the_suspicion_and_says_why(ward: Ward) -> None:
    falling(ward)
    keep_step(ward.ports)
    for visit in (3, 4, 5):
        wrong = flexion(f"rom-{visit}", DAY_ONE + timedelta(days=4 * visit), 80, status="entered-in-error")
        ward.chart(wrong)
    keep_step(ward.ports)
    (condition,) = ward.conditions()
    assert condition["verificationStatus"]["coding"][0]["code"] == "entered-in-error"
    assert "clinicalStatus" not in condition
    assert len(ward.resources("Provenance")) == 2


def test_improvement_leaves_the_suspicion_open(ward: Ward) -> None:
    day = falling(ward)
    keep_step(ward.ports)
    for visit in range(4):
        ward.on(day + timedelta(days=7 * (visit + 1)))
        ward.chart(flexion(f"better-{visit}", ward.clock.today(), 110))
    keep_step(ward.ports)
    (condition,) = ward.conditions()
    assert condition["clinicalStatus"]["coding"][0]["code"] == "active"


def test_a_person_refutes_at_the_ehr_and_the_same_evidence_stays_quiet(ward: Ward) -> None:
    falling(ward)
    keep_step(ward.ports)
    (condition,) = ward.conditions()
    condition["verificationStatus"]["coding"][0]["code"] = "refuted"
    address = f"{ward.server.url}/Condition/{condition['id']}"
    requests.put(address, json=condition, timeout=10).raise_for_status()
    for _ in range(2):
        keep_step(ward.ports, StepOrder(patient="Patient/ana"))
    (standing,) = ward.conditions()
    assert standing["verificationStatus"]["coding"][0]["code"] == "refuted"


def test_a_dry_run_shows_and_writes_nothing(ward: Ward) -> None:
    falling(ward)
    report = keep_step(ward.ports, StepOrder(is_dry_run=True))
    assert report.is_dry
    assert any(v.tier is Tier.SUSPECT for review in report.reviews for v in review.verdicts)
    assert not ward.conditions()
    assert keep_step(ward.ports).delivered.done >= 2


def test_a_review_before_the_last_one_is_a_dry_run(ward: Ward) -> None:
    day = falling(ward)
    keep_step(ward.ports)
    report = keep_step(ward.ports, StepOrder(as_of=day - timedelta(days=1)))
    assert "was closed already" in report.why_dry


def test_a_past_day_knows_nothing_later(ward: Ward) -> None:
    falling(ward)
    report = keep_step(ward.ports, StepOrder(as_of=DAY_ONE + timedelta(days=9)))
    tiers = {v.tier for review in report.reviews for v in review.verdicts}
    assert Tier.SUSPECT not in tiers
    assert not ward.conditions()


def test_a_deceased_patient_is_listed_and_nothing_is_written(ward: Ward) -> None:
    falling(ward)
    ward.chart(PATIENT | {"deceasedBoolean": True})
    report = keep_step(ward.ports)
    assert any(v.tier is Tier.SUSPECT for review in report.reviews for v in review.verdicts)
    assert not ward.conditions()


def test_evidence_older_than_the_policy_is_listed_and_nothing_is_written(ward: Ward) -> None:
    day = falling(ward)
    ward.on(day + timedelta(days=ward.ports.rules.stale_after_days + 1))
    keep_step(ward.ports)
    assert not ward.conditions()


def test_writing_switched_off_writes_nothing(open_ward: Callable[..., Ward]) -> None:
    ward = open_ward(write="off")
    ward.chart(PATIENT)
    falling(ward)
    report = keep_step(ward.ports)
    assert (report.waiting, report.delivered.done) == (0, 0)
    assert not ward.conditions()


def test_writing_by_approval_waits_for_a_person(open_ward: Callable[..., Ward]) -> None:
    ward = open_ward(write="approve")
    ward.chart(PATIENT)
    falling(ward)
    report = keep_step(ward.ports)
    assert report.waiting >= 2
    assert not ward.conditions()


def _known_ossification(recorded: date) -> dict[str, object]:
    return {
        "resourceType": "Condition",
        "id": "known",
        "subject": {"reference": "Patient/ana"},
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "verificationStatus": {"coding": [{"code": "confirmed"}]},
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "128491006"}]},
        "bodySite": [{"coding": [{"system": "http://snomed.info/sct", "code": "287679003"}]}],
        "recordedDate": recorded.isoformat(),
    }


def _asked(ward: Ward) -> list[str]:
    tasks = ward.resources("Task")
    return [task["description"] for task in tasks if "known ossification" in task.get("description", "")]


def test_a_known_ossification_is_not_suspected_again(ward: Ward) -> None:
    day = falling(ward)
    ward.chart(_known_ossification(day))
    keep_step(ward.ports)
    assert not ward.conditions()
    assert not _asked(ward)


def test_a_known_ossification_that_worsens_is_a_question_to_people_asked_once(ward: Ward) -> None:
    ward.chart(_known_ossification(DAY_ONE))
    falling(ward)
    keep_step(ward.ports)
    keep_step(ward.ports, StepOrder(patient="Patient/ana"))
    assert not ward.conditions()
    assert len(_asked(ward)) == 1


def test_a_kind_that_was_not_read_to_its_end_is_read_again_from_its_old_mark(
    open_ward: Callable[..., Ward], sandbox: RunningSandbox
) -> None:
    with faulty_proxy(sandbox.url) as proxy:
        ward = open_ward(fhir_url=proxy.url)
        ward.chart(PATIENT)
        falling(ward)
        proxy.set(outcome_as_body().only("GET", path="/Observation"))
        broken = keep_step(ward.ports)
        assert not broken.is_complete
        assert "Observation" not in ward.ports.logbook.marks()
        assert "Patient" in ward.ports.logbook.marks()
        proxy.set()
        assert keep_step(ward.ports).is_complete
        assert len(ward.conditions()) == 1


def test_a_server_that_falls_silent_is_left_alone_after_three_entries(
    open_ward: Callable[..., Ward], sandbox: RunningSandbox
) -> None:
    with faulty_proxy(sandbox.url) as proxy:
        ward = open_ward(fhir_url=proxy.url, timeout=1.0)
        for number in range(6):
            name = f"p{number}"
            ward.chart(PATIENT | {"id": name})
            ward.chart(*(r | {"subject": {"reference": f"Patient/{name}"}} for r in _fall(name)))
        ward.on(DAY_ONE + timedelta(days=20))
        proxy.set(answers(503).only("PUT"), answers(503).only("POST"))
        report = keep_step(ward.ports)
        assert report.delivered.later >= 3
        assert len({r.headers.get("x-request-id", r.path) for r in proxy.requests(method="PUT")}) <= 4
        proxy.set()
        ward.clock.advance(timedelta(minutes=20))
        assert keep_step(ward.ports).is_complete
        assert len(ward.conditions()) == 6


def _fall(name: str) -> list[dict[str, Any]]:
    readings = []
    for visit, degrees in enumerate((110, 112, 111, 96, 84, 80)):
        day = DAY_ONE + timedelta(days=4 * visit)
        readings += [flexion(f"{name}-r{visit}", day, degrees), pain(f"{name}-p{visit}", day, 2 if visit < 3 else 6)]
    return readings


def test_a_past_day_on_a_foreign_server_writes_only_when_allowed(ward: Ward) -> None:
    day = falling(ward)
    ward.on(day + timedelta(days=1))
    foreign = replace(ward.ports, may_write_past=False)
    assert "--write allows it" in keep_step(foreign, StepOrder(as_of=day)).why_dry
    assert not ward.conditions()
    keep_step(foreign, StepOrder(as_of=day, is_past_allowed=True))
    assert len(ward.conditions()) == 1


def test_a_suspicion_that_is_withdrawn_before_it_left_is_shown_as_withdrawn(open_ward: Callable[..., Ward]) -> None:
    ward = open_ward(write="approve")
    ward.chart(PATIENT)
    falling(ward)
    keep_step(ward.ports)
    for visit in (3, 4, 5):
        day = DAY_ONE + timedelta(days=4 * visit)
        ward.chart(flexion(f"rom-{visit}", day, 80, status="entered-in-error"))
    keep_step(ward.ports)
    (entry,) = [r.entry for r in ward.ports.logbook.outbox() if isinstance(r.entry, SuspicionEntry)]
    assert entry.is_withdrawn


def test_an_unknown_patient_is_said_to_be_unknown(ward: Ward) -> None:
    with pytest.raises(UnknownPatient, match="Patient/nobody"):
        review_joints(ward.ports, patient="Patient/nobody")


def test_a_silent_server_makes_the_pass_incomplete_and_loses_nothing(open_ward: Callable[..., Ward]) -> None:
    ward = open_ward(fhir_url="http://127.0.0.1:9/fhir", timeout=1.0)
    report = keep_step(ward.ports)
    assert not report.is_complete
    assert report.pulled.problems


def test_progress_is_told_page_by_page_and_patient_by_patient(ward: Ward) -> None:
    falling(ward)
    pages: list[str] = []
    seen: list[tuple[int, int]] = []
    keep_step(ward.ports, on_page=lambda page: pages.append(page.kind), on_progress=lambda *c: seen.append(c))
    assert "Observation" in pages
    assert seen == [(1, 1)]


def _with_rule(ward: Ward, version: str) -> Ports:
    return replace(ward.ports, rules=replace(ward.ports.rules, version=version))


def test_a_newer_rule_alone_neither_raises_nor_withdraws_until_there_is_new_evidence(ward: Ward) -> None:
    day = falling(ward)
    strict = replace(ward.ports.rules.loss, large_degrees=90, suspect_floor=90, suspect_multiplier=9)
    blind = replace(ward.ports.rules, version="1", loss=strict, pain=replace(ward.ports.rules.pain, level=11))
    first = keep_step(replace(ward.ports, rules=blind))
    assert Tier.SUSPECT not in {v.tier for review in first.reviews for v in review.verdicts}
    for days in (1, 2):
        ward.on(day + timedelta(days=days))
        shown = keep_step(_with_rule(ward, "2"))
        assert Tier.SUSPECT in {v.tier for review in shown.reviews for v in review.verdicts}
        assert not ward.conditions()
    ward.chart(flexion("rom-6", ward.clock.today(), 79))
    keep_step(_with_rule(ward, "2"))
    assert len(ward.conditions()) == 1


def test_a_person_who_names_the_patient_applies_a_newer_rule(ward: Ward) -> None:
    falling(ward)
    keep_step(ward.ports)
    report = keep_step(_with_rule(ward, "2"), StepOrder(patient="Patient/ana"))
    assert [str(review.basis).split()[0] for review in report.reviews] == ["2"]


def test_a_review_of_one_patient_leaves_the_others_to_the_days_review(ward: Ward) -> None:
    ward.chart(PATIENT | {"id": "ben"})
    keep_step(ward.ports)
    ward.on(DAY_ONE + timedelta(days=1))
    keep_step(ward.ports, StepOrder(patient="Patient/ana"))
    rest = keep_step(ward.ports)
    assert [review.patient for review in rest.reviews] == ["Patient/ben"]


@pytest.mark.parametrize(
    ("settings", "why"), [({}, "the newest evidence is older than"), ({"write": "off"}, "writing is off")]
)
def test_a_suspicion_that_is_only_listed_says_why(
    open_ward: Callable[..., Ward], settings: dict[str, str], why: str
) -> None:
    ward = open_ward(**settings)
    ward.chart(PATIENT)
    day = falling(ward)
    if not settings:
        ward.on(day + timedelta(days=200))
    report = keep_step(ward.ports)
    assert why in report.reviews[0].why_silent


def test_a_withdrawal_that_waits_is_not_decided_again_and_arrives_later(
    open_ward: Callable[..., Ward], sandbox: RunningSandbox
) -> None:
    with faulty_proxy(sandbox.url) as proxy:
        ward = open_ward(fhir_url=proxy.url)
        ward.chart(PATIENT)
        falling(ward)
        keep_step(ward.ports)
        for visit in (3, 4, 5):
            day = DAY_ONE + timedelta(days=4 * visit)
            ward.chart(flexion(f"rom-{visit}", day, 80, status="entered-in-error"))
        proxy.set(answers(503).only("PUT"))
        for _ in range(2):
            keep_step(ward.ports, StepOrder(patient="Patient/ana"))
        waiting = [row for row in ward.ports.logbook.outbox() if isinstance(row.entry, SuspicionEntry)]
        assert [row.entry.is_withdrawn for row in waiting if isinstance(row.entry, SuspicionEntry)] == [True]
        proxy.set()
        ward.clock.advance(timedelta(minutes=20))
        keep_step(ward.ports)
        (condition,) = ward.conditions()
        assert condition["verificationStatus"]["coding"][0]["code"] == "entered-in-error"


def _calendar_reminders(ward: Ward) -> set[ReminderState]:
    rows = ward.ports.logbook.reminders()
    return {row.state for row in rows if row.reminder.window.startswith("from-")}


def test_a_reminder_to_measure_ends_when_it_was_measured(ward: Ward) -> None:
    ward.chart(flexion("rom", DAY_ONE, 110))
    keep_step(ward.ports)
    ward.on(DAY_ONE + timedelta(days=8))
    keep_step(ward.ports)
    assert _calendar_reminders(ward) == {ReminderState.DUE}
    ward.on(DAY_ONE + timedelta(days=12))
    ward.chart(flexion("rom-again", ward.clock.today(), 110))
    keep_step(ward.ports)
    assert _calendar_reminders(ward) == {ReminderState.CANCELLED}
