"""One step in time with the chart: read, judge, write once, and again when the evidence changes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
import requests

from horehab.domain.entries import SuspicionEntry
from horehab.domain.suspicion import Tier
from horehab.errors import UnknownPatient
from horehab.usecases.keep_step import StepOrder, keep_step
from horehab.usecases.review_joints import review_joints
from tests.usecases.conftest import DAY_ONE, PATIENT, Ward, falling, flexion, mistaken


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
    mistaken(ward)
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
    mistaken(ward)
    keep_step(ward.ports)
    (entry,) = [r.entry for r in ward.ports.logbook.outbox() if isinstance(r.entry, SuspicionEntry)]
    assert entry.is_withdrawn


def test_an_unknown_patient_is_said_to_be_unknown(ward: Ward) -> None:
    with pytest.raises(UnknownPatient, match="Patient/nobody"):
        review_joints(ward.ports, patient="Patient/nobody")


def test_progress_is_told_page_by_page_and_patient_by_patient(ward: Ward) -> None:
    falling(ward)
    pages: list[str] = []
    seen: list[tuple[int, int]] = []
    keep_step(ward.ports, on_page=lambda page: pages.append(page.kind), on_progress=lambda *c: seen.append(c))
    assert "Observation" in pages
    assert seen == [(1, 1)]


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


def test_category_and_profile_of_a_suspicion_are_the_sites_to_choose(open_ward: Callable[..., Ward]) -> None:
    ward = open_ward(suspicion_category="problem-list-item", has_profiles=True)
    ward.chart(PATIENT)
    falling(ward)
    keep_step(ward.ports)
    (condition,) = ward.conditions()
    assert condition["category"][0]["coding"][0]["code"] == "problem-list-item"
    assert condition["meta"]["profile"][0].endswith("/horehab-ho-suspicion")
