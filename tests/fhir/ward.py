"""What the tests of delivery speak of: one patient, one hip, one suspicion, and a chart to write it into."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from horehab.clock import SetClock
from horehab.domain.entries import ChartEntry, Delivery, SuspicionEntry, suspicion_id
from horehab.domain.joints import Joint, JointSide, Side
from horehab.fhir.basis.scope import read_scope
from horehab.fhir.basis.site import Site
from horehab.fhir.chart import FhirChart
from horehab.fhir.wire.client import Client, Connection
from horehab.usecases.exchange import Choice

MADRID = ZoneInfo("Europe/Madrid")
HIP = JointSide(joint=Joint.HIP, side=Side.LEFT)
NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)

SUSPICION = SuspicionEntry(
    condition_id=suspicion_id("Patient/p1", HIP, 1),
    patient="Patient/p1",
    place=HIP,
    episode=1,
    is_withdrawn=False,
    onset=date(2026, 1, 1),
    recorded=date(2026, 1, 9),
    sentence="Passive flexion of the left hip fell by 25 degrees in nine days.",
    evidence=("Observation/o1", "Observation/o2"),
    rule_version="1",
    strength=3,
)
NAME = f"Condition/{SUSPICION.condition_id}"
WITHDRAWN = replace(SUSPICION, is_withdrawn=True)
WITH_MORE = replace(SUSPICION, evidence=("Observation/o1", "Observation/o2", "Observation/o3"), strength=4)

PATIENT = {"resourceType": "Patient", "id": "p1"}


def observation(name: str, **more: Any) -> dict[str, Any]:
    """Make an Observation that none of our readers has any use for."""
    return {
        "resourceType": "Observation",
        "id": name,
        "status": "final",
        "code": {"text": "shoe size"},
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": "2026-01-01",
        **more,
    }


def clock() -> SetClock:
    """Stand at noon of New Year's day."""
    return SetClock(zone=MADRID, instant=NOW)


@dataclass(kw_only=True)
class Naps:
    """Sleeps that take no time; `slept` says how long they would have been."""

    slept: list[float] = field(default_factory=list)

    def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)


@contextmanager
def client_at(url: str, *, naps: Naps | None = None, **options: Any) -> Iterator[Client]:
    """Open a client that never really sleeps and throws the same dice each time."""
    client = Client(Connection(url=url, **options), clock(), sleep=naps or Naps(), dice=Random(7))  # jitter
    try:
        yield client
    finally:
        client.close()


@contextmanager
def chart_at(
    url: str, *, scope: str = "everything", at: SetClock | None = None, **options: Any
) -> Iterator[FhirChart]:
    """Open a chart over such a client; `scope` as in HOREHAB_SCOPE, `at` a clock of the test's own."""
    connection = Connection(url=url, **options)
    client = Client(connection, at or clock(), sleep=Naps(), dice=Random(7))  # jitter
    site = Site(zone=MADRID, base=url, scope=read_scope(scope))
    chart = FhirChart(connection, site, at or clock(), client=client)
    try:
        yield chart
    finally:
        chart.close()


def look(url: str, **options: Any) -> dict[str, Choice]:
    """Find what doctor says of a server, by subject."""
    with chart_at(url, **options) as chart:
        return {choice.subject: choice for choice in chart.inspect()}


@dataclass(kw_only=True)
class Desk:
    """Delivers as the outbox does: it remembers which versions are our own, and where an entry stands."""

    chart: FhirChart
    own: set[str] = field(default_factory=set)
    target: str | None = None

    def deliver(self, entry: ChartEntry) -> Delivery:
        """Deliver an entry and note the answer."""
        delivery = self.chart.deliver(entry, own_versions=frozenset(self.own), target=self.target)
        if delivery.outcome.value == "done":
            self.target = delivery.reference
            if delivery.version:
                self.own.add(delivery.version)
        return delivery
