"""Intensive care stays out of Encounters."""

from dataclasses import replace
from typing import Any

import pytest

from horehab.domain.exposure import Exposure, ExposureKind
from horehab.domain.record import Attendance, Visit
from horehab.fhir.resources.encounter import icu_locations
from tests.fhir.charts import HL7, SITE, SNOMED, concept, understood, why_not

STAY = {"start": "2026-02-01T08:00:00+01:00", "end": "2026-02-28T17:00:00+01:00"}
ICU = {"resourceType": "Location", "id": "3", "type": [concept((SNOMED, "309904001"))]}


def encounter(**content: Any) -> dict[str, Any]:
    return {
        "resourceType": "Encounter",
        "id": "4",
        "status": "finished",
        "class": {"system": HL7 + "v3-ActCode", "code": "IMP"},
        "subject": {"reference": "Patient/1"},
        "period": {"start": "2026-01-20T08:00:00+01:00", "end": "2026-03-20T17:00:00+01:00"},
    } | content


@pytest.mark.parametrize(
    "content",
    [
        {"location": [{"location": {"reference": "Location/3"}, "period": STAY}]},
        {"location": [{"location": {"display": "ICU 2 West"}, "period": STAY}]},
        {"location": [{"location": {"reference": "#w"}, "period": STAY}], "contained": [ICU | {"id": "w"}]},
        {"type": [concept((SNOMED, "305351004"))], "period": STAY},
        {"serviceType": concept((HL7 + "v3-RoleCode", "ICU")), "period": STAY},
        {"class": {"system": HL7 + "v3-RoleCode", "code": "ICU"}, "period": STAY},
        {"class": [concept((HL7 + "v3-RoleCode", "ICU"))], "period": None, "actualPeriod": STAY},
    ],
)
def test_a_stay_in_intensive_care_is_known_by_place_or_kind(content: dict[str, Any]) -> None:
    site = replace(SITE, icu_locations=icu_locations([ICU], SITE))
    (fact,) = understood(encounter(**content), site).facts
    assert isinstance(fact, Exposure)
    assert fact.kind is ExposureKind.ICU_STAY
    assert (fact.start.text, fact.end and fact.end.text) == (STAY["start"], STAY["end"])


def test_only_wards_of_intensive_care_are_listed() -> None:
    ward = {"resourceType": "Location", "id": "8", "physicalType": concept((HL7 + "location-physical-type", "wa"))}
    assert icu_locations([ICU, ward], SITE) == {"Location/3"}


def test_two_stays_are_two_exposures() -> None:
    again = STAY | {"start": "2026-03-05T08:00:00+01:00", "end": None}
    places = [{"location": {"display": "ICU"}, "period": period} for period in (STAY, again)]
    facts = understood(encounter(location=places)).facts
    assert [fact.source for fact in facts] == ["Encounter/4#location[0]", "Encounter/4#location[1]"]


def test_a_stay_without_times_of_its_own_has_those_of_the_encounter() -> None:
    (fact,) = understood(encounter(location=[{"location": {"display": "ICU"}}])).facts
    assert isinstance(fact, Exposure)
    assert fact.start.day.isoformat() == "2026-01-20"


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"location": [{"location": {"display": "Orthopaedic ward"}}]},
        {"location": [{"location": {"display": "ICU"}, "status": "planned"}]},
        {"location": [{"location": {"display": "ICU"}}], "status": "planned"},
        {"location": [{"location": {"display": "ICU"}}], "status": "entered-in-error"},
    ],
)
def test_anything_else_is_no_stay_in_intensive_care(content: dict[str, Any]) -> None:
    item = understood(encounter(**content))
    assert (item.facts, item.unreadable) == ((), ())


def test_a_stay_without_any_time_is_set_aside() -> None:
    assert why_not(encounter(location=[{"location": {"display": "ICU"}}], period=None)) == ["no-time"]
    assert why_not(encounter(location=[{"location": {"display": "ICU"}}], implicitRules="urn:x")) == ["modifier"]


def discharged(code: str, **more: Any) -> dict[str, Any]:
    system = HL7.replace("v3-", "") + "discharge-disposition"
    return encounter(hospitalization={"dischargeDisposition": concept((system, code))}, **more)


def test_who_went_home_is_an_outpatient_from_that_day_on() -> None:
    (fact,) = understood(discharged("home")).facts
    assert isinstance(fact, Visit)
    assert (fact.attendance, str(fact.when.day), fact.source) == (
        Attendance.DISCHARGED, "2026-03-20", "Encounter/4#discharge"
    )  # fmt: skip


@pytest.mark.parametrize(
    "stay",
    [discharged("other-hcf"), discharged("rehab"), discharged("home", status="in-progress"), encounter()],
)
def test_who_went_to_another_hospital_or_is_still_here_did_not_go_home(stay: dict[str, Any]) -> None:
    assert understood(stay).facts == ()


def test_a_discharge_without_its_time_is_set_aside() -> None:
    assert why_not(discharged("home", period={"start": "2026-01-20T08:00:00+01:00"})) == ["no-time"]
