"""A first load that is killed again and again, with a bad server before it: the same memory as by sync.

python -m tests.soak.loads --kills 200 --seed 7
"""

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random

import click
import pytest

from horehab.sandbox import exporting
from tests.fhir.loading import desk_at, fill, held
from tests.fhir.ward import MADRID
from tests.servers.export_faults import cut_file, preparing, ranges
from tests.servers.faults import Fault, FaultyProxy, Forward, Reply, Seen, answers, lost_answer
from tests.servers.proxying import faulty_proxy
from tests.servers.sandbox import start_sandbox

_LONGEST = 120
_FAULTS = (
    answers(410).only("GET", path=exporting.STATUS, times=1),
    answers(410).only("GET", path="/2", times=1),
    answers(503, retry_after="0").only("GET", path=exporting.FILES, times=1),
    preparing(1, retry_after="1"),
    cut_file(9_000),
    lost_answer().only("GET", path=exporting.FILES, times=1),
    ranges(),
)


@dataclass(kw_only=True)
class LoadsReport:
    """How often it was killed, how many loads came to their end, and which of them hold something else."""

    kills: int = 0
    loads: int = 0
    resumed: int = 0
    wrong: int = 0

    def line(self) -> str:
        """Say it in one line."""
        return (
            f"{self.kills} kills of {self.loads} first loads, {self.resumed} process starts that went on: "
            f"{self.wrong} loads hold something else than a sync"
        )


def killed_loads(kills: int, *, seed: int, folder: Path) -> LoadsReport:
    """Load again and again into fresh memories, killing each process in its middle, until so many were killed."""
    dice, report = Random(seed), LoadsReport()
    with pytest.MonkeyPatch.context() as patch, start_sandbox() as server:
        patch.setattr(exporting, "LINES", 20)
        fill(server)
        with faulty_proxy(server.url) as proxy, desk_at(proxy.url, _fresh(folder, "sync")) as desk:
            desk.sync()
            expected = held(desk.ports)
            while report.kills < kills:
                report.loads += 1
                _one_load(proxy, _fresh(folder, str(report.loads)), dice, report, most=kills)
                with desk_at(proxy.url, folder / str(report.loads)) as loaded:
                    loaded.sync()
                    report.wrong += held(loaded.ports) != expected
    return report


def _fresh(folder: Path, name: str) -> Path:
    place = folder / name
    place.mkdir()
    return place


def _one_load(proxy: FaultyProxy, folder: Path, dice: Random, report: LoadsReport, *, most: int) -> None:
    """Start the load until it comes to its end; all but the last few starts are killed."""
    starts = 0
    while True:
        starts += 1
        report.resumed += starts > 1
        is_reached, count = threading.Event(), dice.randint(1, 9)
        proxy.set(_counted(count, is_reached), *dice.sample(_FAULTS, 2))
        process = _started(proxy.url, folder)
        if report.kills < most and starts < most and _kill(process, is_reached, dice):
            report.kills += 1
            continue
        said, _ = process.communicate(timeout=_LONGEST)
        if process.returncode == 0:
            return
        assert process.returncode == 1, said


def _kill(process: "subprocess.Popen[str]", is_reached: threading.Event, dice: Random) -> bool:
    """Kill it a moment after its request of that number; False when it ended before."""
    end = time.monotonic() + _LONGEST
    while not is_reached.wait(0.02) and process.poll() is None:
        assert time.monotonic() < end
    time.sleep(dice.uniform(0, 0.15))
    if process.poll() is not None:
        return False
    process.kill()
    process.communicate()
    return True


def _counted(count: int, is_reached: threading.Event) -> Fault:
    """Tell when so many requests have come."""
    left = [count]

    def strike(seen: Seen, forward: Forward, _: FaultyProxy) -> Reply:
        left[0] -= 1
        if left[0] <= 0:
            is_reached.set()
        return forward(seen)

    return Fault(strike=strike)


def _started(url: str, folder: Path) -> "subprocess.Popen[str]":
    settings = {
        "HOREHAB_FHIR_URL": url,
        "HOREHAB_DATABASE_URL": f"sqlite:///{folder}/memory.sqlite3",
        "HOREHAB_TIME_ZONE": MADRID.key,
    }
    command = [sys.executable, "-m", "tests.soak.loader"]
    return subprocess.Popen(
        command, env={**os.environ, **settings}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def _main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--kills", type=int, default=200)
    asked.add_argument("--seed", type=int, default=1)
    told = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = killed_loads(told.kills, seed=told.seed, folder=Path(folder))
    click.echo(report.line())
    return 1 if report.wrong else 0


if __name__ == "__main__":
    sys.exit(_main())
