"""Evidence that is corrected, withdrawn, deleted or somebody else's takes along the suspicion that rests on it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import requests

from horehab.domain.reminder import ReminderRule, ReminderState
from horehab.usecases.conflict_queue import Settlement
from horehab.usecases.keep_step import StepOrder, keep_step
from horehab.usecases.settle_conflict import SettlementForm, settle_conflict
from tests.servers.faults import Fault, FaultyProxy, Forward, Reply, Seen
from tests.servers.proxying import faulty_proxy
from tests.servers.sandbox import RunningSandbox
from tests.usecases.conftest import DAY_ONE, PATIENT, Ward, falling, flexion, mistaken, pain

WORSE = ((3, 96), (4, 84), (5, 80))


@pytest.fixture
def suspected(ward: Ward) -> Ward:
    falling(ward)
    assert keep_step(ward.ports).is_complete
    assert states(ward) == ["unconfirmed"]
    return ward


def states(ward: Ward) -> list[str]:
    """Tell the states of all suspicions at the server, by episode."""
    found = sorted(ward.conditions(), key=episode)
    return [str(each["verificationStatus"]["coding"][0]["code"]) for each in found]


def episode(condition: dict[str, Any]) -> int:
    return int(next(each["valueInteger"] for each in condition["extension"] if "episode" in each["url"]))


def activities(ward: Ward) -> list[str]:
    found = sorted(ward.resources("Provenance"), key=lambda each: str(each["meta"]["lastUpdated"]))
    return [str(each["activity"]["text"]) for each in found]


def reviews_asked(ward: Ward) -> tuple[set[str], set[ReminderState]]:
    """Tell how the requests to review a suspicion stand: as tasks at the server, and as reminders here."""
    code = ReminderRule.REVIEW_SUSPICION.value
    tasks = {str(t["status"]) for t in ward.resources("Task") if t["code"]["coding"][0]["code"] == code}
    rows = ward.ports.logbook.reminders()
    return tasks, {row.state for row in rows if row.reminder.rule is ReminderRule.REVIEW_SUSPICION}


def everything(ward: Ward) -> dict[str, str]:
    """Tell the version of all that we may have written."""
    kinds = ("Condition", "Provenance", "Task")
    return {f"{k}/{r['id']}": str(r["meta"]["versionId"]) for k in kinds for r in ward.resources(k)}


def visits() -> Iterator[tuple[int, date, float]]:
    for visit, degrees in WORSE:
        yield visit, DAY_ONE + timedelta(days=4 * visit), degrees


def amended(ward: Ward) -> None:
    for visit, day, _ in visits():
        ward.chart(
            flexion(f"rom-{visit}", day, 111) | {"status": "amended"},
            pain(f"pain-{visit}", day, 2) | {"status": "amended"},
        )


def deleted(ward: Ward) -> None:
    for visit, _, _ in visits():
        ward.server.store.remove(f"Observation/rom-{visit}")
        ward.server.store.remove(f"Observation/pain-{visit}")


def all_deleted(ward: Ward) -> None:
    for visit in range(6):
        ward.server.store.remove(f"Observation/rom-{visit}")
        ward.server.store.remove(f"Observation/pain-{visit}")


def given_to_another(ward: Ward) -> None:
    ward.chart(PATIENT | {"id": "ben"})
    for visit, day, degrees in visits():
        whose = {"subject": {"reference": "Patient/ben"}}
        ward.chart(flexion(f"rom-{visit}", day, degrees) | whose, pain(f"pain-{visit}", day, 6) | whose)
    ward.chart(PATIENT | {"id": "ben", "deceasedBoolean": True})


RETRACTIONS = [mistaken, amended, deleted, all_deleted, given_to_another]


@pytest.mark.parametrize("retract", RETRACTIONS, ids=lambda retract: retract.__name__)
def test_a_suspicion_falls_with_its_evidence_within_one_step(
    suspected: Ward, retract: Callable[[Ward], None]
) -> None:
    assert reviews_asked(suspected) == ({"requested"}, {ReminderState.DUE})
    retract(suspected)
    assert keep_step(suspected.ports).is_complete
    (condition,) = suspected.conditions()
    assert condition["verificationStatus"]["coding"][0]["code"] == "entered-in-error"
    assert "clinicalStatus" not in condition
    assert activities(suspected) == ["raise", "withdraw"]
    assert reviews_asked(suspected) == ({"cancelled"}, {ReminderState.CANCELLED})
    stands = everything(suspected)
    for _ in range(2):
        keep_step(suspected.ports, StepOrder(patient="Patient/ana"))
    assert everything(suspected) == stands


@pytest.mark.parametrize("retract", [mistaken, all_deleted], ids=lambda retract: retract.__name__)
def test_also_when_what_is_left_is_too_old_to_raise_anything(
    suspected: Ward, retract: Callable[[Ward], None]
) -> None:
    suspected.on(suspected.clock.today() + timedelta(days=suspected.ports.rules.stale_after_days + 20))
    keep_step(suspected.ports)
    assert states(suspected) == ["unconfirmed"]
    retract(suspected)
    keep_step(suspected.ports)
    assert states(suspected) == ["entered-in-error"]


def test_a_suspicion_that_holds_without_a_part_of_its_evidence_cites_it_no_more(suspected: Ward) -> None:
    suspected.chart(pain("pain-5", DAY_ONE + timedelta(days=20), 6) | {"status": "entered-in-error"})
    keep_step(suspected.ports)
    (condition,) = suspected.conditions()
    cited = {item["reference"] for evidence in condition["evidence"] for item in evidence["detail"]}
    assert states(suspected) == ["unconfirmed"]
    assert "Observation/pain-5" not in cited
    assert "Observation/rom-5" in cited
    assert activities(suspected) == ["raise", "update"]


def test_what_comes_back_after_a_withdrawal_is_a_new_episode(suspected: Ward) -> None:
    mistaken(suspected)
    keep_step(suspected.ports)
    for visit, day, degrees in visits():
        suspected.chart(flexion(f"rom-{visit}", day, degrees), pain(f"pain-{visit}", day, 6))
    keep_step(suspected.ports)
    assert states(suspected) == ["entered-in-error", "unconfirmed"]


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


def improved_and_worse_again(ward: Ward) -> None:
    """Let the hip win back what it lost over four visits, and lose it again over three."""
    day = ward.clock.today()
    for visit, degrees in enumerate((96, 108, 111, 112, 96, 84, 72)):
        ward.on(day + timedelta(days=7 * (visit + 1)))
        today = ward.clock.today()
        ward.chart(
            flexion(f"later-{visit}", today, degrees), pain(f"later-pain-{visit}", today, 2 if visit < 4 else 7)
        )
        keep_step(ward.ports)


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


def test_of_a_deceased_patient_nothing_is_written_and_the_reminders_end(suspected: Ward) -> None:
    stands = everything(suspected)
    suspected.chart(PATIENT | {"deceasedBoolean": True})
    mistaken(suspected)
    keep_step(suspected.ports)
    assert everything(suspected) == stands
    assert reviews_asked(suspected)[1] == {ReminderState.CANCELLED}


def test_what_we_wrote_is_no_evidence_when_it_is_read_back(suspected: Ward) -> None:
    before = suspected.ports.logbook.basis("Patient/ana")
    for _ in range(2):
        report = keep_step(suspected.ports, StepOrder(patient="Patient/ana"))
        assert report.delivered.done == 0
    cited = {reference for review in report.reviews for verdict in review.verdicts for reference in verdict.evidence}
    assert {reference.partition("/")[0] for reference in cited} == {"Observation"}
    assert suspected.ports.logbook.basis("Patient/ana") == before
    assert len(suspected.ports.logbook.record("Patient/ana").ossifications) == 1


def gives_its_own_ids() -> Fault:
    """The server says that it takes no ids of ours, and takes none."""

    def strike(seen: Seen, forward: Forward, _: FaultyProxy) -> Reply:
        reply = forward(seen)
        statement = json.loads(reply.body)
        for resource in statement["rest"][0]["resource"]:
            resource["updateCreate"] = False
        return replace(reply, body=json.dumps(statement).encode())

    return Fault(strike=strike, methods=("GET",), path="/metadata")


@pytest.fixture
def with_its_own_ids(open_ward: Callable[..., Ward], sandbox: RunningSandbox) -> Iterator[Ward]:
    with faulty_proxy(sandbox.url) as proxy:
        proxy.set(gives_its_own_ids())
        ward = open_ward(fhir_url=proxy.url)
        ward.chart(PATIENT)
        falling(ward)
        assert keep_step(ward.ports).is_complete
        assert not ward.conditions()
        yield replace(ward, ports=ward.ports)


def suspicions(ward: Ward) -> list[dict[str, Any]]:
    return sorted(ward.resources("Condition"), key=episode)


def codes(ward: Ward) -> list[str]:
    return [str(each["verificationStatus"]["coding"][0]["code"]) for each in suspicions(ward)]


def test_under_ids_of_the_servers_a_suspicion_is_updated_and_withdrawn_in_place(with_its_own_ids: Ward) -> None:
    improved_and_worse_again(with_its_own_ids)
    assert codes(with_its_own_ids) == ["unconfirmed"]
    assert int(suspicions(with_its_own_ids)[0]["meta"]["versionId"]) > 1
    for visit in range(7):
        with_its_own_ids.server.store.remove(f"Observation/later-{visit}")
        with_its_own_ids.server.store.remove(f"Observation/later-pain-{visit}")
    all_deleted(with_its_own_ids)
    keep_step(with_its_own_ids.ports)
    assert codes(with_its_own_ids) == ["entered-in-error"]


def test_under_ids_of_the_servers_a_refuted_suspicion_is_quiet_and_then_a_new_episode(with_its_own_ids: Ward) -> None:
    ward = with_its_own_ids
    (condition,) = suspicions(ward)
    condition["verificationStatus"]["coding"][0]["code"] = "refuted"
    requests.put(f"{ward.server.url}/Condition/{condition['id']}", json=condition, timeout=10).raise_for_status()
    for _ in range(3):
        ward.on(ward.clock.today() + timedelta(days=1))
        keep_step(ward.ports)
        assert codes(ward) == ["refuted"]
    ward.chart(flexion("rom-6", ward.clock.today(), 70), pain("pain-6", ward.clock.today(), 8))
    keep_step(ward.ports)
    assert codes(ward) == ["refuted", "unconfirmed"]


def test_under_ids_of_the_servers_a_double_is_ended_in_the_step_and_silences_nothing(with_its_own_ids: Ward) -> None:
    ward = with_its_own_ids
    (condition,) = suspicions(ward)
    ward.on(ward.clock.today() + timedelta(days=1))
    ward.chart(condition | {"id": "twin"})
    keep_step(ward.ports)
    by_id = {str(each["id"]): str(each["verificationStatus"]["coding"][0]["code"]) for each in suspicions(ward)}
    assert by_id == {str(condition["id"]): "unconfirmed", "twin": "entered-in-error"}
    mistaken(ward)
    keep_step(ward.ports)
    assert codes(ward) == ["entered-in-error", "entered-in-error"]


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


def test_what_was_deleted_at_the_ehr_needs_no_withdrawal(suspected: Ward) -> None:
    (condition,) = suspected.conditions()
    for each in suspected.resources("Provenance"):
        suspected.server.store.remove(f"Provenance/{each['id']}")
    suspected.server.store.remove(f"Condition/{condition['id']}")
    mistaken(suspected)
    keep_step(suspected.ports)
    assert not suspected.conditions()
    assert [row.key for row in suspected.ports.logbook.queue.listed()] == []
