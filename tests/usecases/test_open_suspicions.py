"""An open suspicion is kept up to date; a decided or deleted one is quiet until somebody observes something new."""

from datetime import timedelta
from typing import Any

from horehab.usecases.conflict_queue import Settlement
from horehab.usecases.keep_step import StepOrder, keep_step
from horehab.usecases.settle_conflict import SettlementForm, settle_conflict
from tests.usecases.conftest import Ward, flexion, pain
from tests.usecases.retracting import activities, episode, improved_and_worse_again, reviews_asked, states


def decided(ward: Ward, state: str, **more: Any) -> dict[str, Any]:
    """Let a clinician decide about the last suspicion at the EHR."""
    condition = max(ward.conditions(), key=episode)
    condition["verificationStatus"]["coding"][0]["code"] = state
    ward.chart(condition | more)
    return condition


def refuted_and_later_worse(ward: Ward) -> None:
    """Let a clinician refute it; days without news stay quiet, an Observation that nobody had seen does not."""
    decided(ward, "refuted")
    for _ in range(3):
        ward.on(ward.clock.today() + timedelta(days=1))
        keep_step(ward.ports)
        assert states(ward) == ["refuted"]
    ward.on(ward.clock.today() + timedelta(days=1))
    ward.chart(flexion("rom-6", ward.clock.today(), 70), pain("pain-6", ward.clock.today(), 8))
    keep_step(ward.ports)


def test_a_refuted_suspicion_is_quiet_until_an_observation_that_nobody_had_seen_and_then_a_new_episode(
    suspected: Ward,
) -> None:
    refuted_and_later_worse(suspected)
    assert states(suspected) == ["refuted", "unconfirmed"]
    assert activities(suspected) == ["raise", "raise"]


def test_the_request_to_review_ends_when_a_clinician_has_decided(suspected: Ward) -> None:
    decided(suspected, "refuted")
    keep_step(suspected.ports)
    assert reviews_asked(suspected)[0] == {"cancelled"}


def test_a_joint_that_improves_and_worsens_again_updates_its_open_suspicion(suspected: Ward) -> None:
    improved_and_worse_again(suspected)
    (condition,) = suspected.conditions()
    assert states(suspected) == ["unconfirmed"]
    assert condition["clinicalStatus"]["coding"][0]["code"] == "active"
    cited = {item["reference"] for evidence in condition["evidence"] for item in evidence["detail"]}
    assert "Observation/later-6" in cited
    assert set(activities(suspected)) == {"raise", "update"}


def test_a_request_to_review_outlives_an_improvement_since_the_suspicion_is_still_open(suspected: Ward) -> None:
    day = suspected.clock.today()
    for visit in range(4):
        suspected.on(day + timedelta(days=7 * (visit + 1)))
        suspected.chart(flexion(f"better-{visit}", suspected.clock.today(), 111))
        keep_step(suspected.ports)
    assert states(suspected) == ["unconfirmed"]
    assert "requested" in reviews_asked(suspected)[0]


def test_what_we_wrote_is_no_evidence_when_it_is_read_back(suspected: Ward) -> None:
    before = suspected.ports.logbook.basis("Patient/ana")
    for _ in range(2):
        report = keep_step(suspected.ports, StepOrder(patient="Patient/ana"))
        assert report.delivered.done == 0
    cited = {reference for review in report.reviews for verdict in review.verdicts for reference in verdict.evidence}
    assert {reference.partition("/")[0] for reference in cited} == {"Observation"}
    assert suspected.ports.logbook.basis("Patient/ana") == before
    assert len(suspected.ports.logbook.record("Patient/ana").ossifications) == 1


def test_a_suspicion_that_was_deleted_at_the_ehr_waits_for_a_person_and_comes_back_as_a_new_episode(
    suspected: Ward,
) -> None:
    ward = suspected
    (condition,) = ward.conditions()
    for each in ward.resources("Provenance"):
        ward.server.store.remove(f"Provenance/{each['id']}")
    ward.server.store.remove(f"Condition/{condition['id']}")

    def news(visit: int, degrees: float) -> None:
        ward.on(ward.clock.today() + timedelta(days=4))
        ward.chart(flexion(f"rom-{visit}", ward.clock.today(), degrees), pain(f"pain-{visit}", ward.clock.today(), 9))
        keep_step(ward.ports)

    news(6, 72)
    assert not ward.conditions()
    (row,) = ward.ports.logbook.queue.listed()
    assert (row.reference, "deleted in the chart" in row.detail) == (f"Condition/{condition['id']}", True)
    settled = SettlementForm(row=row.row, how=Settlement.KEEP_THEIRS, who="Dr. Synthetic", why="it is a contracture")
    settle_conflict(ward.ports, settled)
    for _ in range(2):
        ward.on(ward.clock.today() + timedelta(days=1))
        assert keep_step(ward.ports).is_complete
        assert not ward.conditions()
    news(7, 66)
    assert [episode(each) for each in ward.conditions()] == [2]
