"""What the team enters for the patient of the tests of delivery, and the server that it is to stand on."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from horehab.domain.entries import (
    ChartEntry,
    Decision,
    DecisionEntry,
    MeasurementEntry,
    ReasonsEntry,
    SessionEntry,
    TaskEntry,
)
from horehab.domain.joints import Motion
from horehab.domain.moment import Moment
from horehab.domain.range_of_motion import Mode, Reading
from horehab.domain.reminder import ReminderRule
from horehab.domain.session import Session, SessionKind, SessionStatus
from tests.fhir.ward import HIP, PATIENT, SUSPICION, Desk, observation
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
READING = Reading(
    source="urn:uuid:7c9e6679-7425-40de-944b-e07fc1f90ae7",
    joint=HIP.joint,
    side=HIP.side,
    motion=Motion.FLEXION,
    mode=Mode.PASSIVE,
    degrees=85.5,
    when=WHEN,
    known_on=DAY,
)
MEASUREMENT = MeasurementEntry(
    measurement_id="7c9e6679-7425-40de-944b-e07fc1f90ae7",
    session_id=SESSION_ID,
    patient="Patient/p1",
    performer="Test Physiotherapist",
    fact=READING,
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
ENTRIES: list[ChartEntry] = [SESSION, MEASUREMENT, TASK, REASONS]


def gives_its_own_ids(statement: dict[str, Any]) -> None:
    """Say in the statement that no id of ours is taken."""
    for resource in statement["rest"][0]["resource"]:
        resource["updateCreate"] = False


def about_what(server: MeddledServer, desk: Desk) -> Any:
    """Deliver the reasons, and say of what they stand in the chart."""
    reasons = desk.deliver(REASONS)
    assert reasons.reference is not None
    stored = server.store.read(reasons.reference)
    assert stored is not None
    return stored["target"]


@contextmanager
def ward_server() -> Iterator[MeddledServer]:
    """Start a server that holds the patient and three observations."""
    with start_meddled() as running:
        running.store.put(PATIENT)
        for name in ("o1", "o2", "o3"):
            running.store.put(observation(name))
        yield running


def fresh(desk: Desk) -> Desk:
    """Take another desk, which remembers nothing, at the same chart."""
    return Desk(chart=desk.chart)
