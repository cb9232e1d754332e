"""horehab on the same pages: its own chart reader into its own store, and what the store then holds."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from benchmarks.sync_interpret import Row
from horehab.clock import SystemClock
from horehab.fhir.basis.site import Site
from horehab.fhir.chart import FhirChart
from horehab.fhir.wire.client import Connection
from horehab.rules import load_rules
from horehab.store import open_logbook
from horehab.usecases.gather import gathered
from horehab.usecases.ports import Logbook

TITLE = "horehab"
_ZONE = ZoneInfo("Europe/Madrid")
_ASKED = (
    "SELECT r.reference, r.version, r.patient, r.kind, f.kind, f.payload"
    " FROM horehab_resource r LEFT JOIN horehab_fact f USING (reference)"
)


@contextmanager
def opened(base: str, path: str) -> Iterator[Callable[[], int]]:
    """Open chart and store, and give what reads all pages into the file and counts the entries."""
    clock = SystemClock(zone=_ZONE)
    limits = {motion: (numbers.lowest, numbers.highest) for motion, numbers in load_rules().motions.items()}
    chart = FhirChart(Connection(url=base), Site(zone=_ZONE, base=base, limits=limits), clock)
    logbook = open_logbook(f"sqlite:///{path}", zone=_ZONE)
    try:
        yield lambda: _pull(chart, logbook, clock.now())
    finally:
        chart.close()
        logbook.close()


def _pull(chart: FhirChart, logbook: Logbook, now: datetime) -> int:
    """Read and keep as `pull_chart` does, from the beginning each time."""
    entries = 0
    for page in gathered(chart.changes({})):
        assert not page.problems, page.problems
        logbook.keep(page, now=now)
        entries += len(page.items)
    return entries


def rows_kept(path: str) -> set[Row]:
    """Read back what horehab kept, in the words of the peers."""
    with closing(sqlite3.connect(path)) as connection:
        return {_row(columns) for columns in connection.execute(_ASKED)}


def _row(columns: tuple[str, str, str, str, str | None, str | None]) -> Row:
    reference, version, patient, kind, fact, payload = columns
    told = msgspec.json.decode(payload or "{}")
    name, value = kind, None
    if fact == "Reading":
        name, value = f"reading {told['side']} {told['joint']} {told['motion']} {told['mode']}", told["degrees"]
    elif fact == "PainRating":
        name, value = f"pain {told['place']['side']} {told['place']['joint']}", told["score"]
    elif fact == "LabResult":
        name, value = told["analyte"], told["value"]
    return reference, version, patient, name, value
