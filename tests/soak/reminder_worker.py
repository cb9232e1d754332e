"""Schedulers that are killed: real processes with the clock tower's own loop, its ticks a third of a second apart.

Reads orders as JSON, a line each, from stdin, and forks a child for each; lines on stdout: {"pid"} when one begins,
{"done"} when one came to its end by itself. Time runs fast, the same for all.
"""

import ctypes
import gc
import json
import logging
import os
import signal
import sys
import threading
import traceback
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from horehab.settings import read_settings
from horehab.usecases.decide_reminder import release_reminders
from horehab.usecases.keep_step import keep_step
from horehab.usecases.ports import Ports
from horehab.wiring import opened_ports
from scheduler.postbox import postbox_of
from scheduler.ticks import TICKS, Tower, start_clock
from tests.soak.hurry import FastClock
from tests.soak.reminder_ablations import ABLATIONS, JOBS, clock_of_jobs
from tests.soak.reminder_ward import wanted

if TYPE_CHECKING:
    from horehab.domain.reminder import Reminder

_DIES_WITH_PARENT = 1  # PR_SET_PDEATHSIG, prctl(2): nobody is left behind by a run that was broken off
_SECONDS = {"heartbeat": 1.0, "reminders": 0.3}
"""The ticks that run here, and how often; the others read the chart, and nothing changes in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a child shall do: put down so many reminders, due within `seconds`, or, with none, run as a scheduler."""

    settings: dict[str, str]
    since: float
    speed: float
    reminders: int = 0
    seconds: float = 0.0
    ablation: str = ""


def put_down(ports: Ports, order: Order) -> None:
    """Read the chart, let reminders go, and put down those that the ward asks for."""
    keep_step(ports)
    release_reminders(ports, who="harness")
    by_patient: dict[str, list[Reminder]] = {}
    for reminder in wanted(order.reminders, seconds=order.seconds):
        by_patient.setdefault(reminder.patient, []).append(reminder)
    for patient, theirs in by_patient.items():
        ports.logbook.log(patient=patient, entries=(), reminders=theirs, now=ports.clock.now())


def run_scheduler(ports: Ports, order: Order, stop: threading.Event) -> None:
    """Tick until asked to stop, as `python -m scheduler` does."""
    postbox = postbox_of(read_settings(order.settings), ports)
    tower = Tower(ports=ports, postbox=postbox, stop=stop)
    ticks = tuple(replace(tick, seconds=_SECONDS[tick.name]) for tick in TICKS if tick.name in _SECONDS)
    clock = clock_of_jobs(tower, order.speed) if order.ablation == JOBS else start_clock(tower, ticks)
    tower.wait()
    clock.shutdown(wait=True)


def _child(order: Order) -> None:
    stop = threading.Event()
    ctypes.CDLL(None).prctl(_DIES_WITH_PARENT, signal.SIGKILL)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    clock = FastClock(since=order.since, speed=order.speed)
    if order.ablation:
        ABLATIONS[order.ablation].take_away()
    with opened_ports(read_settings(order.settings), clock=clock) as ports:
        if order.reminders:
            put_down(ports, order)
        else:
            run_scheduler(ports, order, stop)


def _say(told: dict[str, object]) -> None:
    os.write(1, (json.dumps(told) + "\n").encode())


def serve() -> None:
    """Fork a child for each order that comes in; who dies is buried at once."""
    logging.getLogger("scheduler").setLevel(logging.CRITICAL)
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            told: dict[str, object] = {"done": os.getpid()}
            try:
                _child(Order(**json.loads(line)))
            except BaseException:  # noqa: BLE001  # whoever reads our lines raises it
                told["error"] = traceback.format_exc()
            finally:
                _say(told)
                os._exit(0)
        _say({"pid": child})


if __name__ == "__main__":
    serve()
