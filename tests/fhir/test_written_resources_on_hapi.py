"""Every kind of resource that we write is taken and found valid by a real HAPI server with validation on."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
import requests

from horehab.clock import new_id
from horehab.domain.entries import ChartEntry, Decision, suspicion_id
from horehab.domain.joints import Joint, JointSide, Motion, Side
from horehab.domain.message import MessageEntry, MessageRequestEntry
from horehab.domain.range_of_motion import Bound, Mode, Reading
from horehab.domain.recipient import Medium
from horehab.domain.session import SessionKind, SessionStatus
from horehab.domain.signs import PainOccasion, PainRating, Sign, SignKind
from horehab.fhir.writing.writing import apply_decision, resource_of
from tests.fhir import entries
from tests.fhir.charts import SITE, understood
from tests.fhir.entries import LEFT_HIP

pytestmark = pytest.mark.needs("hapi")

WHEN: dict[str, Any] = {"when": entries.at("2026-03-20T10:00:00+01:00"), "known_on": date(2026, 3, 21)}


def put(url: str, resource: dict[str, Any]) -> dict[str, Any]:
    """Write a resource under its id and give what the server then holds; its validation finds no error."""
    with requests.put(f"{url}/{resource['resourceType']}/{resource['id']}", json=resource, timeout=60) as answer:
        assert answer.status_code in (200, 201), answer.text
        held = answer.json()
    with requests.post(f"{url}/{resource['resourceType']}/$validate", json=resource, timeout=60) as answer:
        grave = [each for each in answer.json()["issue"] if each["severity"] in ("error", "fatal")]
    assert grave == []
    assert isinstance(held, dict)
    return held


def test_what_we_write_is_valid_and_read_back_as_ours(hapi_url: str) -> None:
    patient, session, measured = f"Patient/t-{new_id()}", str(new_id()), f"m-{new_id()}"
    put(hapi_url, {"resourceType": "Patient", "id": patient.partition("/")[2], "name": [{"family": "Synthetic"}]})
    walk = entries.session(
        kind=SessionKind.WALKING, places=(LEFT_HIP, JointSide(joint=Joint.ANKLE, side=Side.RIGHT)), mobility_level=7,
        exertion=3.5, sedation="RASS 0", adverse_event="dizzy", note="calm", known_on=date(2026, 3, 22),
    )  # fmt: skip
    skipped = entries.session(status=SessionStatus.NOT_DONE, reason_not_done="in theatre", minutes=None)
    reading = Reading(
        source="", joint=Joint.SHOULDER, side=Side.LEFT, motion=Motion.FLEXION, mode=Mode.ACTIVE, degrees=110.0,
        bound=Bound.AT_LEAST, device="goniometer", position="supine", **WHEN,
    )  # fmt: skip
    wrist = replace(reading, joint=Joint.WRIST, bound=None, mode=Mode.PASSIVE)
    pain = PainRating(source="", score=6.5, occasion=PainOccasion.END_RANGE, place=LEFT_HIP, **WHEN)
    sign = Sign(source="", kind=SignKind.WARMTH, is_present=True, place=None, **WHEN)
    written: list[ChartEntry] = [
        replace(walk, session_id=session, patient=patient),
        replace(skipped, session_id=f"s-{new_id()}", patient=patient),
    ]
    facts: tuple[Reading | PainRating | Sign, ...] = (reading, wrist, pain, sign)
    for number, fact in enumerate(facts):
        name = f"{measured}-{number}"
        measurement = entries.measured(fact)
        written.append(replace(measurement, measurement_id=name, session_id=session, patient=patient))
    condition_id = suspicion_id(patient, LEFT_HIP, 1)
    evidence = (f"Observation/{measured}-0", f"urn:uuid:{new_id()}")
    suspicion = entries.suspicion(condition_id=condition_id, patient=patient, evidence=evidence)
    written.append(suspicion)
    written.append(
        entries.reasons(
            provenance_id=f"{condition_id}-0123456789abcdef", condition_id=condition_id, evidence=evidence[:1]
        )
    )
    written.append(entries.task(patient=patient, condition_id=condition_id, key=f"{patient}|measure-rom|left hip"))
    for entry in written:
        resource = resource_of(entry, SITE, cited={f"session:{session}": f"Procedure/{session}"})
        held = put(hapi_url, resource | ({} if "id" in resource else {"id": f"t-{new_id()}"}))
        read = understood(held)
        assert read.unreadable == ()
        assert read.own_key == understood(resource | {"id": held["id"]}).own_key is not None
    for decision in Decision:
        put(hapi_url, apply_decision(resource_of(suspicion, SITE), entries.decided(decision, by="Dr. Ruiz")))
    put(hapi_url, resource_of(replace(suspicion, is_withdrawn=True), SITE))


def test_messages_to_a_patient_are_valid_in_the_chart(hapi_url: str) -> None:
    patient = f"Patient/t-{new_id()}"
    put(hapi_url, {"resourceType": "Patient", "id": patient.partition("/")[2], "name": [{"family": "Synthetic"}]})
    at, name = datetime(2026, 3, 30, 8, tzinfo=UTC), f"m-{new_id()}"
    sent = MessageEntry(message=name, patient=patient, medium=Medium.SMS, text="Your visit is on 30/03.", sent=at)
    asked = MessageRequestEntry(message=name, patient=patient, text="Your visit is on 30/03.", asked=at)
    mailed = replace(sent, medium=Medium.EMAIL)
    for entry, status in ((sent, "completed"), (mailed, "completed"), (asked, "active")):
        held = put(hapi_url, {**resource_of(entry, SITE), "id": name})
        assert held["status"] == status
        assert held["payload"] == [{"contentString": "Your visit is on 30/03."}]
