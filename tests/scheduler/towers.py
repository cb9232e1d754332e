"""Clock towers as they run on a ward: `python -m scheduler` as a process of its own, and reminders that are due."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from horehab.usecases.decide_reminder import release_reminders
from horehab.usecases.keep_step import keep_step
from horehab.usecases.ports import Ports
from tests.soak.reminder_ward import wanted

ROOT = Path(__file__).parents[2]


@contextmanager
def running_tower(settings: Mapping[str, str], said: Path) -> Iterator["subprocess.Popen[str]"]:
    """Run one; what it says goes into a file, so that it never waits to be heard."""
    environment = {**os.environ, **settings, "PYTHONUNBUFFERED": "1"}
    with said.open("a", encoding="utf-8") as ear:
        tower = subprocess.Popen(
            [sys.executable, "-m", "scheduler"], cwd=ROOT, env=environment, stderr=ear, text=True
        )  # fmt: skip
        try:
            yield tower
        finally:
            tower.kill()
            tower.wait()


def put_down(ports: Ports, reminders: int) -> None:
    """Read the chart, let reminders go, and put down so many that are due since yesterday."""
    keep_step(ports)
    release_reminders(ports, who="coordinator")
    today = ports.clock.today()
    for one in wanted(reminders, seconds=1):
        due = replace(one, due_day=today - timedelta(days=1), void_after=today + timedelta(days=30))
        ports.logbook.log(patient=one.patient, entries=(), reminders=[due], now=ports.clock.now())
