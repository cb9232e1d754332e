"""Processes of horehab that begin quickly: forked from one that has imported and opened everything once.

    python -m tests.soak.life URL FOLDER [ABLATION]

It reads a line for each life from stdin, forks, and waits until the child is dead. The child reads a line for each
step in time with the chart, takes it, and tells as JSON what it holds then; or it kills itself (`kill -9`) at the
statement to its database that the line names. Time stands where each line says.
"""

import gc
import json
import os
import shutil
import signal
import sys
import traceback
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from horehab import wiring
from horehab.clock import SetClock
from horehab.domain.record import base_references
from horehab.rules import load_rules
from horehab.settings import Settings
from horehab.store import engine, opening
from horehab.usecases.keep_step import keep_step
from horehab.usecases.ports import Ports
from horehab.wiring import open_ports, opened_ports
from tests.soak.ablations import TAKEN_AWAY

OURS = "ours"
"""The folder of our memory, and of what lies beside it."""

FRESH = "fresh"
"""The folder of a copy of it as it was made: bound to the server, and empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """What a process shall do next, at which time; `statements` after so many it is dead, 0 for never."""

    now: str
    passes: int = 1
    statements: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What our memory holds: the number of each reading by the id of its Observation, and the entries that wait."""

    numbers: dict[str, float]
    waiting: list[str]


def _numbers(ports: Ports) -> dict[str, float]:
    found: dict[str, float] = {}
    for patient in ports.logbook.patients():
        record = ports.logbook.record(patient)
        measured = [(r.source, r.degrees) for r in record.readings] + [(p.source, p.score) for p in record.pains]
        for source, number in measured:
            (reference,) = base_references([source])
            assert reference not in found, f"{reference} is held twice"
            found[reference.partition("/")[2]] = float(number)
    return found


def _held(ports: Ports) -> Held:
    waiting = [row.key for row in ports.logbook.outbox() if row.state == "waiting"]
    return Held(numbers=_numbers(ports), waiting=waiting)


def _say(told: dict[str, Any]) -> None:
    os.write(1, (json.dumps(told) + "\n").encode())


class _Death:
    """Strikes before a statement, or a commit, when so many were left to it."""

    left = 0

    def come_nearer(self, *_: object) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def _live(settings: Settings, clock: SetClock, death: _Death) -> None:
    ports = None
    for line in sys.stdin:
        steps = Steps(**json.loads(line))
        clock.instant = datetime.fromisoformat(steps.now)
        death.left = steps.statements
        ports = ports or open_ports(settings, clock=clock)
        for _ in range(steps.passes):
            keep_step(ports)
        death.left = 0
        _say({"held": asdict(_held(ports))})


def _open_once(folder: Path, settings: Settings, clock: SetClock, death: _Death) -> None:
    """Make the database, and take the first steps: what is imported and compiled for them is there after a fork."""
    made: dict[object, Engine] = {}

    def made_once(url: Any) -> Engine:
        if url not in made:
            made[url] = engine.make_engine(url)
            for moment in ("before_cursor_execute", "commit"):
                event.listen(made[url], moment, death.come_nearer)
        return made[url]

    vars(opening)["make_engine"] = made_once
    rules = load_rules(settings.rules_file)
    vars(wiring)["load_rules"] = lambda _: rules
    with opened_ports(settings, clock=clock):
        pass
    shutil.copytree(folder / OURS, folder / FRESH)
    with opened_ports(settings, clock=clock) as ports:
        for _ in range(2):
            keep_step(ports)
            _held(ports)


def main(url: str, folder: str, ablation: str = "") -> None:
    """Open everything once, then fork a child for each line that comes in."""
    (Path(folder) / OURS).mkdir()
    database = f"sqlite:///{folder}/{OURS}/memory.sqlite3"
    settings = Settings(fhir_url=url, database_url=database, time_zone="Europe/Madrid")
    clock, death = SetClock(zone=settings.zone), _Death()
    clock.instant = datetime.fromisoformat(sys.stdin.readline().strip())
    _open_once(Path(folder), settings, clock, death)
    if ablation:
        TAKEN_AWAY[ablation]()
    gc.collect()
    gc.freeze()
    _say({"ready": True})
    while sys.stdin.readline():
        child = os.fork()
        if child == 0:
            try:
                _live(settings, clock, death)
            except BaseException:  # noqa: BLE001  # whoever reads our lines raises it
                _say({"error": traceback.format_exc()})
            finally:
                os._exit(0)
        _say({"born": child})
        _, status = os.waitpid(child, 0)
        _say({"dead": os.waitstatus_to_exitcode(status)})


if __name__ == "__main__":
    main(*sys.argv[1:])
