"""A house before a server that can be made to misbehave, and all that an integrator hears of it."""

import json
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from click.testing import CliRunner

from horehab.cli import main
from horehab.clock import SetClock, SystemClock
from horehab.settings import Settings
from horehab.wiring import opened_ports
from scheduler.postbox import postbox_of
from scheduler.ticks import STEP, Tower, run_tick
from tests.servers.faults import Fault, FaultyProxy
from tests.servers.proxying import faulty_proxy
from tests.servers.sandbox import RunningSandbox, start_sandbox
from tests.usecases.conftest import flexion, pain
from tests.web.conftest import Ward, make_ward

_VISITS = ((110, 2), (112, 2), (111, 2), (96, 6), (84, 6), (80, 6))
_LONG = timedelta(seconds=1900)
_TICK = 0.2
_PATIENCE = 1.5
"""Seconds after which a server that does not answer is given up."""

_WAITS = 0.002
"""Seconds that a second of waiting for the server takes here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was said of one pass: in the log, by /health, and by `horehab doctor`; `is_done` when all went well."""

    is_done: bool
    log: str
    health: dict[str, Any]
    doctor: list[dict[str, Any]] = field(default_factory=list)

    @property
    def on_health(self) -> str:
        """Every sentence of /health."""
        ehr = self.health.get("ehr") or {}
        return " ".join([*self.health.get("problems", []), str(ehr.get("words", "")), self.health.get("notes", "")])

    @property
    def by_doctor(self) -> str:
        """Every finding of `horehab doctor` that is not well, with its remedy."""
        return " ".join(f"{each['finding']} {each['remedy']}" for each in self.doctor if not each["is_well"])


@dataclass(slots=True, kw_only=True)
class House:
    """A clock tower and its pages before a sandbox, with a proxy between; `serial` names what is charted."""

    sandbox: RunningSandbox
    proxy: FaultyProxy
    tower: Tower
    pages: Ward
    clock: SetClock
    settings: dict[str, str]
    serial: int = 0

    def chart_a_fall(self) -> str:
        """Let a new patient's hip stiffen over six visits; gives the patient's id."""
        self.serial += 1
        name = f"patient{self.serial}"
        self._put({"resourceType": "Patient", "id": name, "name": [{"text": name}]})
        for visit, (degrees, score) in enumerate(_VISITS):
            day = self.clock.today() - timedelta(days=4 * (6 - visit))
            of = {"subject": {"reference": f"Patient/{name}"}}
            self._put(flexion(f"{name}-rom-{visit}", day, degrees) | of)
            self._put(pain(f"{name}-pain-{visit}", day, score) | of)
        return name

    def _put(self, resource: dict[str, Any]) -> None:
        self.sandbox.store.put(resource, at=self.clock.now())

    def tick(self, *faults: Fault, asks_doctor: bool = False) -> Heard:
        """Let one pass go by in the scheduler under these faults, and gather what was said."""
        ports = self.tower.ports
        ports.logbook.tick(name="scheduler", now=ports.clock.now())
        self.proxy.set(*faults)
        lines: list[str] = []
        handler = _Lines(lines)
        logging.getLogger("scheduler").addHandler(handler)
        try:
            is_done = run_tick(self.tower, STEP)
        finally:
            logging.getLogger("scheduler").removeHandler(handler)
        health = self.pages.client.get("/horehab/health").get_json()
        doctor = self.ask_doctor() if asks_doctor else []
        self.proxy.set()
        return Heard(is_done=is_done, log=" ".join(lines), health=health, doctor=doctor)

    def ask_doctor(self) -> list[dict[str, Any]]:
        """Run `horehab doctor --json` and give its findings."""
        said = CliRunner().invoke(main, ["doctor", "--json"], env=self.settings)
        findings: list[dict[str, Any]] = json.loads(said.stdout)["findings"]
        return findings

    def rest(self) -> None:
        """Let every lease, rest and breaker run out."""
        self.clock.advance(_LONG)
        self.sandbox.clock.instant = self.clock.instant

    def held(self, name: str) -> int:
        """Count what is held of a patient's hip and pain."""
        record = self.tower.ports.logbook.record(f"Patient/{name}")
        return len(record.readings) + len(record.pains)

    def suspicions(self, name: str) -> list[dict[str, Any]]:
        """Give the suspicions of a patient that stand at the server."""
        found = self.sandbox.store.search("Condition", {"patient": f"Patient/{name}"})
        return [each for each in found if "clinicalStatus" in each]

    def reasons(self) -> set[str]:
        """Name the suspicions that have a Provenance."""
        return {each["target"][0]["reference"] for each in self.sandbox.store.search("Provenance")}


class _Lines(logging.Handler):
    def __init__(self, lines: list[str]) -> None:
        super().__init__(logging.INFO)
        self.lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@contextmanager
def open_house(folder: Path) -> Iterator[House]:
    """Open a house whose waits are short; it has read its server once, and all was well."""
    clock = SetClock(
        zone=ZoneInfo("Europe/Madrid"), instant=SystemClock(zone=ZoneInfo("UTC")).now() - timedelta(days=2)
    )
    logging.getLogger("scheduler").setLevel(logging.INFO)
    with start_sandbox() as sandbox, faulty_proxy(sandbox.url) as proxy:
        sandbox.clock.instant = clock.instant
        values = {
            "HOREHAB_FHIR_URL": proxy.url,
            "HOREHAB_DATABASE_URL": f"sqlite:///{folder}/horehab.sqlite3",
            "HOREHAB_TIME_ZONE": "Europe/Madrid",
            "HOREHAB_TIMEOUT": str(_PATIENCE),
            "HOREHAB_PAGE_SIZE": "4",
        }
        chosen = Settings(
            fhir_url=proxy.url,
            database_url=values["HOREHAB_DATABASE_URL"],
            time_zone="Europe/Madrid",
            timeout=_PATIENCE,
            page_size=4,
            max_body=2_000_000,
        )
        with opened_ports(chosen, clock=clock) as ports:
            _hasten(ports.chart)
            postbox = postbox_of(chosen, ports)
            tower = Tower(ports=ports, postbox=postbox, stop=threading.Event())
            house = House(
                sandbox=sandbox, proxy=proxy, tower=tower, pages=make_ward(ports), clock=clock, settings=values
            )
            assert house.tick().is_done
            yield house


def _hasten(chart: object) -> None:
    client = vars(chart)["_client"]
    pause = threading.Event()
    client._sleep = lambda seconds: pause.wait(min(seconds * _WAITS, _TICK)) and None
