"""A first load from a real HAPI's $export: the same memory as by sync, and the next sync goes on from it."""

import time
from pathlib import Path
from typing import Any

import pytest
import requests

from horehab.clock import new_id
from horehab.usecases.chart_copy import CopyOrder
from horehab.usecases.exchange import PullReport
from horehab.usecases.first_load import LoadProgress, Stage, Voice, first_load
from tests.fhir.loading import LoadingDesk, desk_at, held, reading

READINGS = 45


@pytest.fixture(scope="module")
def patient(hapi_url: str) -> str:
    """One patient of our own with readings, and a group that holds nobody else."""
    name = f"p-{new_id()}"
    _put(hapi_url, {"resourceType": "Patient", "id": name})
    for number in range(READINGS):
        _put(hapi_url, _reading(name, number))
    group = {"resourceType": "Group", "id": f"g-{name}", "type": "person", "actual": True}
    _put(hapi_url, group | {"member": [{"entity": {"reference": f"Patient/{name}"}}]})
    return name


def _reading(patient: str, number: int) -> dict[str, Any]:
    unit = {"value": 60 + number, "unit": "deg", "code": "deg", "system": "http://unitsofmeasure.org"}
    name = f"o{number}-{patient}"
    return reading(number, id=name, subject={"reference": f"Patient/{patient}"}, valueQuantity=unit)


def _put(base: str, resource: dict[str, Any]) -> None:
    url = f"{base}/{resource['resourceType']}/{resource['id']}"
    requests.put(url, json=resource, timeout=60).raise_for_status()


def _load(desk: LoadingDesk, order: CopyOrder | None = None) -> tuple[PullReport, list[LoadProgress]]:
    """Load, but ask more often than HAPI wants to be asked."""
    told: list[LoadProgress] = []
    voice = Voice(sleep=lambda seconds: time.sleep(min(seconds, 0.5)), tell=told.append)
    return first_load(desk.ports, order, voice=voice), told


@pytest.mark.needs("HAPI")
def test_the_export_of_hapi_gives_the_same_memory_as_a_sync(hapi_url: str, patient: str, tmp_path: Path) -> None:
    for name in ("loaded", "synced"):
        (tmp_path / name).mkdir()
    with desk_at(hapi_url, tmp_path / "loaded", timeout=60) as loaded:
        report, told = _load(loaded)
        assert report.problems == ()
        assert {"Patient", "Observation"} <= set(report.marks)
        assert {one.wait for one in told if one.stage is Stage.PREPARING} == {120.0}, "HAPI asks for two minutes"
        with desk_at(hapi_url, tmp_path / "synced", timeout=60) as synced:
            assert synced.sync().problems == ()
            assert held(loaded.ports) == held(synced.ports)
        assert len(loaded.ports.logbook.record(f"Patient/{patient}").readings) == READINGS
        _put(hapi_url, _reading(patient, READINGS))
        assert loaded.sync().kept.changed == 1


@pytest.mark.needs("HAPI")
def test_hapi_exports_the_patients_of_a_group_alone(hapi_url: str, patient: str, tmp_path: Path) -> None:
    with desk_at(hapi_url, tmp_path, timeout=60) as desk:
        report, _ = _load(desk, CopyOrder(whose=f"Group/g-{patient}"))
        assert (report.problems, report.marks) == ((), {})
        assert desk.ports.logbook.patients() == (f"Patient/{patient}",)
