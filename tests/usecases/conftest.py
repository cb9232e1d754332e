"""Real ports for the use cases: the embedded FHIR server, SQLite, and a clock that stands where it is put."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from horehab.clock import SetClock
from horehab.settings import Settings
from horehab.usecases.keep_step import keep_step
from horehab.usecases.ports import Ports
from horehab.wiring import opened_ports
from tests.servers.sandbox import RunningSandbox

DAY_ONE = date(2026, 3, 2)
PATIENT = {
    "resourceType": "Patient",
    "id": "ana",
    "name": [{"text": "Ana Synthetic"}],
    "birthDate": "1962-05-01",
    "identifier": [{"system": "urn:ward", "value": "000-ana"}],
}
LEFT_HIP = {"system": "http://snomed.info/sct", "code": "287679003", "display": "Left hip region structure"}


def flexion(name: str, day: date, degrees: float, **more: Any) -> dict[str, Any]:
    """Passive flexion of Ana's left hip, measured at ten in the morning of a day."""
    when = datetime(day.year, day.month, day.day, 9, tzinfo=UTC).isoformat()
    return {
        "resourceType": "Observation",
        "id": name,
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "41320-3"}]},
        "subject": {"reference": "Patient/ana"},
        "effectiveDateTime": when,
        "performer": [{"display": "pt-1"}],
        "bodySite": {"coding": [LEFT_HIP]},
        "valueQuantity": {"value": degrees, "unit": "deg", "system": "http://unitsofmeasure.org", "code": "deg"},
        **more,
    }


def pain(name: str, day: date, score: int) -> dict[str, Any]:
    """Pain in Ana's left hip, 0-10."""
    coding = {"system": "http://loinc.org", "code": "72514-3"}
    value = {"value": score, "unit": "{score}", "system": "http://unitsofmeasure.org", "code": "{score}"}
    return flexion(name, day, 0) | {"code": {"coding": [coding]}, "valueQuantity": value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ward:
    """A FHIR server that a test fills, and horehab before it."""

    server: RunningSandbox
    ports: Ports
    clock: SetClock

    def chart(self, *resources: dict[str, Any]) -> None:
        """Let the EHR hold these resources, as of today's ward day."""
        for resource in resources:
            self.server.store.put(resource, at=self.clock.now())

    def on(self, day: date) -> None:
        """Let it be noon of that day, for us and for the server."""
        self.clock.set_day(day)
        self.server.clock.instant = self.clock.instant

    def conditions(self) -> list[dict[str, Any]]:
        """Give the Conditions that stand at the server."""
        return [r for r in self.resources("Condition") if "hr-" in str(r["id"])]

    def resources(self, kind: str) -> list[dict[str, Any]]:
        """Give the resources of a kind that stand at the server."""
        bundle = requests.get(f"{self.server.url}/{kind}", params={"_count": 500}, timeout=10).json()
        return [entry["resource"] for entry in bundle.get("entry", [])]


@pytest.fixture
def open_ward(sandbox: RunningSandbox, tmp_path: Path) -> Iterator[Callable[..., Ward]]:
    """Open horehab before the embedded server, with settings of the test's choice."""
    opened = []

    def _open(**settings: Any) -> Ward:
        clock = SetClock(zone=Settings(time_zone="Europe/Madrid").zone)
        chosen = Settings(
            **{
                "fhir_url": sandbox.url,
                "database_url": f"sqlite:///{tmp_path}/horehab.sqlite3",
                "time_zone": "Europe/Madrid",
                "timeout": 5.0,
                **settings,
            }
        )
        context = opened_ports(chosen, clock=clock)
        ward = Ward(server=sandbox, ports=context.__enter__(), clock=clock)
        opened.append(context)
        ward.on(DAY_ONE)
        return ward

    yield _open
    for context in opened:
        context.__exit__(None, None, None)


@pytest.fixture
def ward(open_ward: Callable[..., Ward]) -> Ward:
    """A ward with one patient of whom nothing is known."""
    ward = open_ward()
    ward.chart(PATIENT)
    return ward


def falling(ward: Ward) -> date:
    """Let Ana's hip stand at 110° for three visits, then lose 30° with pain over three more; give the last day."""
    for visit, degrees in enumerate((110, 112, 111, 96, 84, 80)):
        day = DAY_ONE + timedelta(days=4 * visit)
        ward.on(day)
        ward.chart(flexion(f"rom-{visit}", day, degrees), pain(f"pain-{visit}", day, 2 if visit < 3 else 6))
    return ward.clock.today()


def visits() -> Iterator[tuple[int, date, float]]:
    """Give the last three visits of `falling`, in which the hip got worse: number, day, degrees."""
    for visit, degrees in ((3, 96), (4, 84), (5, 80)):
        yield visit, DAY_ONE + timedelta(days=4 * visit), degrees


def mistaken(ward: Ward) -> None:
    """Let the last three visits of `falling` turn out to be another patient's: motion and pain entered in error."""
    for visit, day, degrees in visits():
        for wrong in (flexion(f"rom-{visit}", day, degrees), pain(f"pain-{visit}", day, 6)):
            ward.chart(wrong | {"status": "entered-in-error"})


@pytest.fixture
def suspected(ward: Ward) -> Ward:
    """A ward in which Ana's hip got worse, and the suspicion stands at the EHR."""
    falling(ward)
    assert keep_step(ward.ports).is_complete
    (condition,) = ward.conditions()
    assert condition["verificationStatus"]["coding"][0]["code"] == "unconfirmed"
    return ward
