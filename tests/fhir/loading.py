"""A ward's chart on the embedded server behind the faulty proxy, and a desk that loads it for the first time."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from horehab.fhir.basis.scope import read_scope
from horehab.fhir.basis.site import Site
from horehab.fhir.chart import FhirChart
from horehab.fhir.wire.client import Client
from horehab.fhir.wire.connection import Connection
from horehab.settings import Settings
from horehab.usecases.chart_copy import CopyOrder
from horehab.usecases.exchange import PullReport
from horehab.usecases.first_load import LoadProgress, Voice, first_load
from horehab.usecases.ports import Ports
from horehab.usecases.pull_chart import pull_chart
from horehab.wiring import opened_ports
from tests.fhir.ward import MADRID, NOW, Naps, clock
from tests.servers.faults import FaultyProxy
from tests.servers.proxying import faulty_proxy
from tests.servers.sandbox import RunningSandbox

TOKEN = "a-token-that-stays-at-home"  # a canary
READINGS = 103

_LEFT_HIP = {"system": "http://snomed.info/sct", "code": "287679003"}


def reading(number: int, **more: Any) -> dict[str, Any]:
    """Passive flexion of somebody's left hip; the name stands in a text with signs of many languages."""
    return {
        "resourceType": "Observation",
        "id": f"o{number}",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "41320-3"}], "text": 'Flexión "à gauche" \\ 關節'},
        "subject": {"reference": f"Patient/p{number % 7}"},
        "effectiveDateTime": f"2025-12-{1 + number % 28:02d}T10:00:00Z",
        "bodySite": {"coding": [_LEFT_HIP]},
        "valueQuantity": {"value": 60 + number % 50, "code": "deg", "system": "http://unitsofmeasure.org"},
        **more,
    }


def fill(server: RunningSandbox, *, readings: int = READINGS) -> None:
    """Let seven patients have been measured; one reading cannot be read."""
    for number in range(7):
        server.store.put({"resourceType": "Patient", "id": f"p{number}"})
    for number in range(readings):
        server.store.put(reading(number))
    server.store.put(reading(readings, valueQuantity={"value": 88, "unit": "m"}))


@dataclass(kw_only=True)
class LoadingDesk:
    """Ports whose chart never really sleeps; what was told, and how long it would have slept."""

    ports: Ports
    naps: Naps = field(default_factory=Naps)
    heard: list[LoadProgress] = field(default_factory=list)
    told: Callable[[LoadProgress], object] = lambda _: None

    def load(self, order: CopyOrder | None = None, *, is_resumed: bool = False) -> PullReport:
        """Load, or go on with a load."""
        return first_load(self.ports, order, voice=Voice(sleep=self.naps, tell=self._hear), is_resumed=is_resumed)

    def _hear(self, progress: LoadProgress) -> None:
        self.heard.append(progress)
        self.told(progress)

    def sync(self) -> PullReport:
        """Read what changed, as `horehab sync` does."""
        report = pull_chart(self.ports)
        self.ports.logbook.finish_pass(marks=report.marks, reviews=(), now=NOW, problems=report.problems)
        return report


Desk = tuple[LoadingDesk, FaultyProxy]


@contextmanager
def desk_at(url: str, folder: Path, *, scope: str = "", **options: Any) -> Iterator[LoadingDesk]:
    """Open a desk with a fresh memory, or with what a desk before it left in the folder."""
    settings = Settings(
        fhir_url=url, database_url=f"sqlite:///{folder}/memory.sqlite3", time_zone=MADRID.key, bearer_token=TOKEN
    )
    with opened_ports(settings, clock=clock()) as ports:
        connection = Connection(url=url, bearer_token=TOKEN, **options)
        naps = Naps()
        client = Client(connection, clock(), sleep=naps, dice=Random(7))  # jitter
        chart = FhirChart(connection, Site(zone=MADRID, base=url, scope=read_scope(scope)), clock(), client=client)
        try:
            yield LoadingDesk(ports=replace(ports, chart=chart), naps=naps)
        finally:
            chart.close()


@contextmanager
def loading_desk(server: RunningSandbox, folder: Path, **options: Any) -> Iterator[Desk]:
    """Open a desk before the proxy before the server."""
    with faulty_proxy(server.url) as proxy, desk_at(proxy.url, folder, **options) as desk:
        yield desk, proxy


def held(ports: Ports) -> dict[str, object]:
    """Tell all that a memory holds of the chart: every fact of every patient, and what was set aside, and why."""
    logbook = ports.logbook
    found: dict[str, object] = {patient: logbook.record(patient) for patient in logbook.patients()}
    for each in logbook.set_aside():
        found[f"{each.reference} {each.code} {each.path}"] = each.version
    return found


def outcome(severity: str, code: str) -> str:
    """Write one line of an error file."""
    issue = [{"severity": severity, "code": code, "diagnostics": "could not read Jane Doe"}]
    return json.dumps({"resourceType": "OperationOutcome", "issue": issue})


LATER = datetime(2026, 1, 2, tzinfo=UTC)
