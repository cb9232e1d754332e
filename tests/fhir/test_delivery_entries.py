"""Sessions, measurements, tasks, reasons and decisions on their way into the chart."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from horehab.domain.entries import (
    ChartEntry,
    Decision,
    DecisionEntry,
    MeasurementEntry,
    Outcome,
    ReasonsEntry,
    SessionEntry,
    TaskEntry,
)
from horehab.domain.joints import Motion
from horehab.domain.moment import Moment
from horehab.domain.range_of_motion import Mode, Reading
from horehab.domain.reminder import ReminderRule
from horehab.domain.session import Session, SessionKind, SessionStatus
from tests.fhir.ward import HIP, NAME, PATIENT, SUSPICION, WITH_MORE, WITHDRAWN, Desk, chart_at, observation
from tests.servers.meddler import MeddledServer, start_meddled

DAY = date(2026, 1, 9)
WHEN = Moment(
    text="2026-01-09T10:00:00Z",
    earliest=datetime(2026, 1, 9, 10, tzinfo=UTC),
    latest=datetime(2026, 1, 9, 10, tzinfo=UTC),
    day=DAY,
)
SESSION_ID = "0f8fad5b-d9cb-469f-a165-70867728950e"
SESSION = SessionEntry(
    session_id=SESSION_ID,
    patient="Patient/p1",
    performer="Test Physiotherapist",
    session=Session(
        source=f"urn:uuid:{SESSION_ID}",
        kind=SessionKind.PASSIVE_MOBILIZATION,
        status=SessionStatus.COMPLETED,
        when=WHEN,
        known_on=DAY,
        minutes=30,
        places=(HIP,),
    ),
)
MEASUREMENT = MeasurementEntry(
    measurement_id="7c9e6679-7425-40de-944b-e07fc1f90ae7",
    session_id=SESSION_ID,
    patient="Patient/p1",
    performer="Test Physiotherapist",
    fact=Reading(
        source="urn:uuid:7c9e6679-7425-40de-944b-e07fc1f90ae7",
        joint=HIP.joint,
        side=HIP.side,
        motion=Motion.FLEXION,
        mode=Mode.PASSIVE,
        degrees=85.5,
        when=WHEN,
        known_on=DAY,
    ),
)
TASK = TaskEntry(
    key="Patient/p1|measure-rom|left hip|team|task|2026-W03",
    patient="Patient/p1",
    rule=ReminderRule.MEASURE_ROM,
    place=HIP,
    condition_id=None,
    due=date(2026, 1, 16),
    authored=DAY,
    text="Please measure the joint again.",
)
REASONS = ReasonsEntry(
    provenance_id=f"{SUSPICION.condition_id}-0123456789abcdef",
    condition_id=SUSPICION.condition_id,
    patient="Patient/p1",
    activity="raise",
    recorded=DAY,
    sentence="Motion was lost.",
    evidence=SUSPICION.evidence,
    rule_version="1",
)
ACCEPT = DecisionEntry(
    decision_id="d1",
    condition_id=SUSPICION.condition_id,
    patient="Patient/p1",
    place=HIP,
    decision=Decision.ACCEPT,
    reason="It fits what I felt.",
    by="Test Physiotherapist",
    decided=DAY,
)
CONFIRM = replace(ACCEPT, decision_id="d2", decision=Decision.CONFIRM, imaging="CT 2026-01-09: bone in the capsule")


@pytest.fixture
def server() -> Iterator[MeddledServer]:
    with start_meddled() as running:
        running.store.put(PATIENT)
        for name in ("o1", "o2", "o3"):
            running.store.put(observation(name))
        yield running


@pytest.fixture
def desk(server: MeddledServer) -> Iterator[Desk]:
    with chart_at(server.url) as chart:
        yield Desk(chart=chart)


def gives_its_own_ids(statement: dict[str, Any]) -> None:
    for resource in statement["rest"][0]["resource"]:
        resource["updateCreate"] = False


def takes_no(*kinds: str) -> Any:
    def edit(statement: dict[str, Any]) -> None:
        for resource in statement["rest"][0]["resource"]:
            if resource["type"] in kinds:
                resource["interaction"] = [{"code": "read"}, {"code": "search-type"}]
                resource["updateCreate"] = False

    return edit


def says_nothing_of_ids(statement: dict[str, Any]) -> None:
    for resource in statement["rest"][0]["resource"]:
        del resource["updateCreate"]


def fresh(desk: Desk) -> Desk:
    return Desk(chart=desk.chart)


def of_one_suspicion(server: MeddledServer) -> list[dict[str, Any]]:
    found = server.store.search("Condition")
    return [c for c in found if c["verificationStatus"]["coding"][0]["code"] != "entered-in-error"]


ENTRIES: list[ChartEntry] = [SESSION, MEASUREMENT, TASK, REASONS]
KINDS = {SessionEntry: "Procedure", MeasurementEntry: "Observation", TaskEntry: "Task", ReasonsEntry: "Provenance"}


@pytest.mark.parametrize("has_own_ids", [True, False], ids=["our ids", "the server's ids"])
@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: type(entry).__name__)
def test_an_entry_is_written_once_whatever_happens_to_the_first_answer(
    server: MeddledServer, desk: Desk, entry: ChartEntry, has_own_ids: bool
) -> None:
    server.edit_metadata = None if has_own_ids else gives_its_own_ids
    for before in (SUSPICION, SESSION):
        assert fresh(desk).deliver(before).outcome is Outcome.DONE
    kind = KINDS[type(entry)]
    count = len(server.store.search(kind)) + (0 if entry is SESSION else 1)
    server.lose_answers = 1 if entry is not SESSION else 0
    own = fresh(desk)
    first = own.deliver(entry)
    assert first.outcome is (Outcome.DONE if entry is SESSION else Outcome.LATER), first
    second = own.deliver(entry)
    assert second.outcome is Outcome.DONE, second
    assert len(server.store.search(kind)) == count
    assert second.reference is not None
    stored = server.store.read(second.reference)
    assert stored is not None
    assert stored["meta"]["versionId"] == "1"


def test_a_server_that_says_nothing_of_ids_is_given_ours(server: MeddledServer, desk: Desk) -> None:
    server.edit_metadata = says_nothing_of_ids
    assert desk.deliver(SUSPICION).reference == NAME
    reasons = fresh(desk).deliver(REASONS)
    assert reasons.reference is not None
    stored = server.store.read(reasons.reference)
    assert stored is not None
    assert stored["target"] == [{"reference": NAME}]


@pytest.mark.parametrize("status", [400, 404, 405, 422])
def test_a_server_that_says_nothing_of_ids_and_refuses_ours_gives_its_own(
    server: MeddledServer, desk: Desk, status: int
) -> None:
    server.edit_metadata = says_nothing_of_ids
    server.refuse = {"PUT": status}
    suspicion = desk.deliver(SUSPICION)
    assert suspicion.outcome is Outcome.DONE
    assert suspicion.reference not in (None, NAME)
    reasons = fresh(desk).deliver(REASONS)
    assert reasons.reference is not None
    stored = server.store.read(reasons.reference)
    assert stored is not None
    assert stored["target"] == [{"reference": suspicion.reference}]


def test_a_server_that_changes_its_mind_about_ids_gets_no_double(server: MeddledServer, desk: Desk) -> None:
    server.edit_metadata = says_nothing_of_ids
    server.refuse = {"PUT": 405}
    first = fresh(desk).deliver(SUSPICION)
    server.refuse = {}
    assert fresh(desk).deliver(SUSPICION).reference == first.reference
    assert len(server.store.search("Condition")) == 1


def test_what_was_delivered_and_is_there_no_more_is_for_a_person(server: MeddledServer, desk: Desk) -> None:
    desk.target, desk.own = NAME, {"1"}
    assert desk.deliver(WITH_MORE).outcome is Outcome.CONFLICT
    assert server.store.search("Condition") == ()


def test_a_measurement_cites_the_session_where_it_stands(server: MeddledServer, desk: Desk) -> None:
    server.edit_metadata = gives_its_own_ids
    session = fresh(desk).deliver(SESSION)
    measured = fresh(desk).deliver(MEASUREMENT)
    assert measured.reference is not None
    stored = server.store.read(measured.reference)
    assert stored is not None
    assert stored["partOf"] == [{"reference": session.reference}]


def test_the_reasons_cite_the_condition_under_the_servers_id(server: MeddledServer, desk: Desk) -> None:
    server.edit_metadata = gives_its_own_ids
    suspicion = fresh(desk).deliver(SUSPICION)
    assert suspicion.reference != NAME
    reasons = fresh(desk).deliver(REASONS)
    assert reasons.reference is not None
    stored = server.store.read(reasons.reference)
    assert stored is not None
    assert stored["target"] == [{"reference": suspicion.reference}]


def test_with_the_servers_ids_a_suspicion_is_updated_and_withdrawn_in_place(
    server: MeddledServer, desk: Desk
) -> None:
    server.edit_metadata = gives_its_own_ids
    for entry in (SUSPICION, WITH_MORE, WITHDRAWN):
        assert desk.deliver(entry).outcome is Outcome.DONE
    assert len(server.store.search("Condition")) == 1
    assert of_one_suspicion(server) == []


def test_a_double_on_a_server_deaf_to_if_none_exist_is_swept_up(server: MeddledServer, desk: Desk) -> None:
    server.edit_metadata = gives_its_own_ids
    server.deaf_to = {"If-None-Exist"}

    def meddle(method: str, _path: str) -> None:
        if method == "POST":
            server.before = lambda _m, _p: None
            with chart_at(server.url) as twin:
                assert Desk(chart=twin).deliver(SUSPICION).outcome is Outcome.DONE

    server.before = meddle
    assert desk.deliver(SUSPICION).outcome is Outcome.DONE
    assert len(server.store.search("Condition")) == 2
    sweeps = list(desk.chart.end_doubles([SUSPICION], lambda _: frozenset()))
    assert {sweep.kept for sweep in sweeps} == {desk.target}
    assert len(of_one_suspicion(server)) == 1


def test_of_two_doubles_the_one_that_a_person_confirmed_stays(server: MeddledServer, desk: Desk) -> None:
    server.edit_metadata = gives_its_own_ids
    first = desk.deliver(SUSPICION)
    assert first.reference is not None
    twin = server.store.read(first.reference)
    assert twin is not None
    twin["verificationStatus"]["coding"][0]["code"] = "confirmed"
    server.store.put({**twin, "id": "twin"})
    delivery = fresh(desk).deliver(SUSPICION)
    assert delivery.outcome is Outcome.CONFLICT
    assert {sweep.kept for sweep in desk.chart.end_doubles([SUSPICION], lambda _: frozenset())} == {"Condition/twin"}
    assert [c["id"] for c in of_one_suspicion(server)] == ["twin"]


def test_two_doubles_that_people_worked_on_are_for_people(server: MeddledServer, desk: Desk) -> None:
    server.edit_metadata = gives_its_own_ids
    first = desk.deliver(SUSPICION)
    assert first.reference is not None
    twin = server.store.read(first.reference)
    assert twin is not None
    twin["verificationStatus"]["coding"][0]["code"] = "confirmed"
    server.store.put({**twin, "id": "twin"})
    server.store.put(twin)
    assert fresh(desk).deliver(SUSPICION).outcome is Outcome.CONFLICT
    assert len(of_one_suspicion(server)) == 2


def test_a_server_that_takes_no_conditions_gets_a_task_with_its_reasons(server: MeddledServer, desk: Desk) -> None:
    server.edit_metadata = takes_no("Condition")
    task = desk.deliver(SUSPICION)
    assert task.outcome is Outcome.DONE
    assert task.reference is not None
    assert task.reference.startswith("Task/")
    assert server.store.search("Condition") == ()
    reasons = fresh(desk).deliver(REASONS)
    assert reasons.reference is not None
    stored = server.store.read(reasons.reference)
    assert stored is not None
    assert stored["target"] == [{"reference": task.reference}]


def test_a_server_that_takes_neither_leaves_it_on_the_outbox_page(server: MeddledServer, desk: Desk) -> None:
    server.edit_metadata = takes_no("Condition", "Task")
    delivery = desk.deliver(SUSPICION)
    assert delivery.outcome is Outcome.REFUSED
    assert "outbox" in delivery.detail


def test_an_accepted_suspicion_is_provisional_and_still_takes_new_evidence(server: MeddledServer, desk: Desk) -> None:
    desk.deliver(SUSPICION)
    decided = desk.chart.deliver(ACCEPT, own_versions=frozenset(), target=None)
    assert (decided.outcome, decided.reference, decided.version) == (Outcome.DONE, NAME, "2")
    desk.own.add("2")
    assert desk.deliver(WITH_MORE).outcome is Outcome.DONE
    stored = server.store.read(NAME)
    assert stored is not None
    assert stored["verificationStatus"]["coding"][0]["code"] == "provisional"
    assert len(stored["evidence"][0]["detail"]) == 3
    assert len(stored["note"]) == 2


def test_an_accepted_suspicion_is_not_withdrawn_without_a_person(desk: Desk) -> None:
    desk.deliver(SUSPICION)
    desk.chart.deliver(ACCEPT, own_versions=frozenset(), target=None)
    desk.own.add("2")
    assert desk.deliver(WITHDRAWN).outcome is Outcome.CONFLICT


def test_a_decision_delivered_twice_is_noted_once(server: MeddledServer, desk: Desk) -> None:
    desk.deliver(SUSPICION)
    server.lose_answers = 1
    assert fresh(desk).deliver(CONFIRM).outcome is Outcome.LATER
    assert fresh(desk).deliver(CONFIRM).outcome is Outcome.DONE
    stored = server.store.read(NAME)
    assert stored is not None
    assert stored["meta"]["versionId"] == "2"
    assert stored["verificationStatus"]["coding"][0]["code"] == "confirmed"


def test_a_decision_does_not_undo_what_somebody_else_decided_in_the_chart(server: MeddledServer, desk: Desk) -> None:
    desk.deliver(SUSPICION)
    theirs = server.store.read(NAME)
    assert theirs is not None
    theirs["verificationStatus"]["coding"][0]["code"] = "refuted"
    server.store.put(theirs)
    assert fresh(desk).deliver(CONFIRM).outcome is Outcome.CONFLICT
    stored = server.store.read(NAME)
    assert stored is not None
    assert stored["verificationStatus"]["coding"][0]["code"] == "refuted"


def test_a_decision_keeps_what_others_added(server: MeddledServer, desk: Desk) -> None:
    desk.deliver(SUSPICION)
    theirs = server.store.read(NAME)
    assert theirs is not None
    theirs["severity"] = {"text": "moderate"}
    server.store.put(theirs)
    assert fresh(desk).deliver(CONFIRM).outcome is Outcome.DONE
    stored = server.store.read(NAME)
    assert stored is not None
    assert stored["severity"] == {"text": "moderate"}


def test_a_decision_about_a_suspicion_that_is_not_there_is_for_a_person(desk: Desk) -> None:
    assert desk.deliver(CONFIRM).outcome is Outcome.CONFLICT


def test_a_task_is_cancelled_but_not_taken_out_of_somebodys_hands(server: MeddledServer, desk: Desk) -> None:
    desk.deliver(TASK)
    assert desk.deliver(replace(TASK, is_cancelled=True)).outcome is Outcome.DONE
    assert desk.target is not None
    stored = server.store.read(desk.target)
    assert stored is not None
    assert stored["status"] == "cancelled"

    other = fresh(desk)
    other.deliver(replace(TASK, key="Patient/p1|measure-rom|left hip|team|task|2026-W04"))
    assert other.target is not None
    taken = server.store.read(other.target)
    assert taken is not None
    taken["status"] = "completed"
    server.store.put(taken)
    later = replace(TASK, key="Patient/p1|measure-rom|left hip|team|task|2026-W04", is_cancelled=True)
    assert other.deliver(later).outcome is Outcome.DONE
    stored = server.store.read(other.target)
    assert stored is not None
    assert stored["status"] == "completed"


def test_a_session_that_somebody_corrected_in_the_chart_stays_corrected(server: MeddledServer, desk: Desk) -> None:
    desk.deliver(SESSION)
    assert desk.target is not None
    theirs = server.store.read(desk.target)
    assert theirs is not None
    theirs["performedPeriod"] = {"start": "2026-01-09T09:00:00Z", "end": "2026-01-09T09:20:00Z"}
    server.store.put(theirs)
    longer = replace(SESSION, session=replace(SESSION.session, minutes=45))
    assert desk.deliver(longer).outcome is Outcome.CONFLICT
    stored = server.store.read(desk.target)
    assert stored is not None
    assert stored["performedPeriod"] == theirs["performedPeriod"]


def test_a_session_that_we_correct_ourselves_is_corrected_in_the_chart(desk: Desk) -> None:
    desk.deliver(SESSION)
    longer = replace(SESSION, session=replace(SESSION.session, minutes=45))
    delivery = desk.deliver(longer)
    assert (delivery.outcome, delivery.version) == (Outcome.DONE, "2")
