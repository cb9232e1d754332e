"""On which ward a patient lies is read from an Encounter that goes on; what they have left or will come to is not."""

from typing import Any

import pytest

from horehab.domain.ward_stay import WardStay
from tests.fhir.charts import HL7, concept, understood
from tests.fhir.test_encounter_translator import encounter

SINCE = {"start": "2026-02-28T17:00:00+01:00"}
WARD = {"location": {"reference": "Location/3b", "display": "Ward 3B"}, "period": SINCE}


def kind(code: str) -> dict[str, Any]:
    return {"physicalType": concept((f"{HL7.replace('v3-', '')}location-physical-type", code))}


def stays(*places: dict[str, Any], **content: Any) -> list[WardStay]:
    item = understood(encounter(status="in-progress", location=list(places), **content))
    assert item.unreadable == ()
    return [fact for fact in item.facts if isinstance(fact, WardStay)]


def test_a_patient_lies_where_an_encounter_that_goes_on_says() -> None:
    (stay,) = stays(WARD, period={"start": "2026-01-20T08:00:00+01:00"})
    assert (stay.source, stay.ward, stay.name) == ("Encounter/4#ward[0]", "Location/3b", "Ward 3B")
    assert stay.when.text == SINCE["start"]


def test_a_ward_without_times_of_its_own_counts_from_the_begin_of_the_encounter() -> None:
    (stay,) = stays({"location": {"display": "Ward 3B"}}, period={"start": "2026-01-20T08:00:00+01:00"})
    assert (stay.ward, stay.words, stay.when.day.isoformat()) == ("Ward 3B", "Ward 3B", "2026-01-20")


def test_of_ward_room_and_bed_the_ward_is_named() -> None:
    places = [
        {**WARD, **kind("bd"), "location": {"display": "Bed 12"}},
        {**WARD, **kind("wa")},
        {**WARD, **kind("ro")},
    ]
    assert [stay.source for stay in stays(*places)] == ["Encounter/4#ward[1]"]


@pytest.mark.parametrize(
    "place",
    [
        WARD | {"status": "completed"},
        WARD | {"status": "planned"},
        WARD | {"period": SINCE | {"end": "2026-03-01T10:00:00+01:00"}},
        {"period": SINCE},
        {"location": {}, "period": SINCE},
        WARD | {"period": {"start": "when it rained"}},
        "Ward 3B",
    ],
)
def test_a_place_that_was_left_or_cannot_be_read_is_no_ward_and_nothing_to_mend(place: Any) -> None:
    assert stays(place) == []


def test_who_lies_nowhere_since_nobody_knows_when_lies_nowhere() -> None:
    assert stays({"location": {"display": "Ward 3B"}}, period={}) == []


def test_an_intensive_care_unit_is_a_ward_as_long_as_the_patient_lies_there() -> None:
    facts = understood(encounter(status="in-progress", location=[WARD | {"location": {"display": "ICU 2"}}])).facts
    assert [type(fact).__name__ for fact in facts] == ["Exposure", "WardStay"]


@pytest.mark.parametrize("status", ["finished", "planned", "entered-in-error", "cancelled"])
def test_an_encounter_that_does_not_go_on_keeps_nobody_on_a_ward(status: str) -> None:
    assert understood(encounter(status=status, location=[WARD])).facts == ()
