"""An Encounter that names its ward by reference is a stay in intensive care when the ward is one."""

import pytest

from horehab.domain.exposure import Exposure, ExposureKind
from horehab.usecases.exchange import ChartItem
from tests.fhir.ward import PATIENT, chart_at
from tests.servers.faults import answers
from tests.servers.proxying import faulty_proxy
from tests.servers.sandbox import RunningSandbox

WARD = {
    "resourceType": "Location",
    "id": "ward-9",
    "type": [{"coding": [{"system": "http://snomed.info/sct", "code": "309904001"}]}],
}
STAY = {
    "resourceType": "Encounter",
    "id": "e1",
    "status": "finished",
    "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP"},
    "subject": {"reference": "Patient/p1"},
    "location": [
        {"location": {"reference": "Location/ward-9"}, "period": {"start": "2026-01-02", "end": "2026-01-28"}}
    ],
}


@pytest.fixture
def hospital(sandbox: RunningSandbox) -> RunningSandbox:
    for resource in (PATIENT, WARD, STAY):
        sandbox.store.put(resource)
    return sandbox


def _stays(url: str) -> list[ExposureKind]:
    with chart_at(url) as chart:
        items = [item for page in chart.changes({}) for item in page.items]
    told = [fact for item in items if isinstance(item, ChartItem) for fact in item.facts]
    return [fact.kind for fact in told if isinstance(fact, Exposure)]


def test_a_ward_that_is_intensive_care_by_its_type_makes_the_stay_one(hospital: RunningSandbox) -> None:
    assert _stays(hospital.url) == [ExposureKind.ICU_STAY]


def test_an_ordinary_ward_makes_no_stay_in_intensive_care(hospital: RunningSandbox) -> None:
    hospital.store.put(WARD | {"type": []})
    assert _stays(hospital.url) == []


def test_a_server_that_does_not_show_its_places_costs_nothing_else(hospital: RunningSandbox) -> None:
    with faulty_proxy(hospital.url) as proxy:
        proxy.set(answers(403).only("GET", path="/Location"))
        assert _stays(proxy.url) == []
