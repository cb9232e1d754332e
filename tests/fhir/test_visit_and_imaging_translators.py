"""Appointments with their outcome, and imaging reports."""

from typing import Any

import pytest

from horehab.domain.record import Attendance, Imaging, Visit
from tests.fhir.charts import HL7, LOINC, concept, understood, why_not


def appointment(**content: Any) -> dict[str, Any]:
    return {
        "resourceType": "Appointment",
        "id": "2",
        "status": "booked",
        "description": "Physiotherapy",
        "created": "2026-02-20",
        "start": "2026-03-05T09:00:00+01:00",
        "participant": [{"actor": {"display": "room 4"}}, {"actor": {"reference": "Patient/1"}}],
    } | content


def report(**content: Any) -> dict[str, Any]:
    return {
        "resourceType": "DiagnosticReport",
        "id": "6",
        "status": "final",
        "category": [concept((HL7 + "v2-0074", "RAD"))],
        "code": concept((LOINC, "36018-0"), text="CT of the left hip"),
        "subject": {"reference": "Patient/1"},
        "effectiveDateTime": "2026-03-05",
        "issued": "2026-03-06T09:00:00Z",
        "conclusion": "Immature ossification.",
    } | content


@pytest.mark.parametrize(
    ("status", "attendance", "known"),
    [
        ("booked", Attendance.BOOKED, "2026-02-20"),
        ("cancelled", Attendance.CANCELLED, "2026-02-20"),
        ("fulfilled", Attendance.ATTENDED, "2026-03-05"),
        ("noshow", Attendance.MISSED, "2026-03-05"),
    ],
)
def test_an_appointment_says_whether_the_patient_came(status: str, attendance: Attendance, known: str) -> None:
    item = understood(appointment(status=status))
    (fact,) = item.facts
    assert isinstance(fact, Visit)
    assert (fact.attendance, fact.text, fact.known_on.isoformat()) == (attendance, "Physiotherapy", known)
    assert item.patient == "Patient/1"


@pytest.mark.parametrize(
    "content", [{"status": "proposed"}, {"status": "entered-in-error"}, {"status": "cancelled", "start": None}]
)
def test_what_was_never_planned_is_no_visit(content: dict[str, Any]) -> None:
    item = understood(appointment(**content))
    assert (item.facts, item.unreadable) == ((), ())


def test_an_appointment_without_a_time_is_set_aside() -> None:
    assert why_not(appointment(start=None)) == ["no-time"]


@pytest.mark.parametrize(
    ("content", "modality"),
    [
        ({}, "CT"),
        ({"code": concept((LOINC, "25031-6"), text="Bone scan")}, "NM"),
        ({"code": {"text": "Hip"}, "category": [concept((HL7 + "v2-0074", "NMR"))]}, "MR"),
        ({"code": {"text": "Hip"}}, None),
        ({"category": []}, "CT"),
    ],
)
def test_imaging_has_a_modality_where_it_is_coded(content: dict[str, Any], modality: str | None) -> None:
    (fact,) = understood(report(**content)).facts
    assert isinstance(fact, Imaging)
    assert (fact.modality, fact.conclusion) == (modality, "Immature ossification.")
    assert (fact.when.day.isoformat(), fact.known_on.isoformat()) == ("2026-03-05", "2026-03-06")


@pytest.mark.parametrize(
    "content",
    [{"status": "preliminary"}, {"category": [concept((HL7 + "v2-0074", "LAB"))], "code": {"text": "Blood count"}}],
)
def test_what_is_no_final_imaging_report_is_not_shown(content: dict[str, Any]) -> None:
    assert understood(report(**content)).facts == ()


def test_a_report_without_a_time_is_set_aside() -> None:
    assert why_not(report(effectiveDateTime=None, issued=None)) == ["no-time"]
