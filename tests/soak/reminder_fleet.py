"""The schedulers of a run: real processes that are killed, stopped past their lease, let go on, and started again."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from queue import Empty, Queue
from random import Random
from typing import Any

from tests.soak.reminder_worker import Order

_PATIENCE = 60.0
"""Seconds after which a process that was asked to end is taken for stuck."""


@dataclass(slots=True, kw_only=True)
class Fleet:
    """The processes that run; `events` counts what was done to them, `errors` what they said that they should not."""

    zygote: "subprocess.Popen[str]"
    dice: Random
    events: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    _running: set[int] = field(default_factory=set)
    _stopped: dict[int, float] = field(default_factory=dict)
    _born: Queue[int] = field(default_factory=Queue)
    _done: Queue[int] = field(default_factory=Queue)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def size(self) -> int:
        """How many are alive, those that are stopped included."""
        return len(self._running)

    def start(self, order: Order) -> int:
        """Start one more and give its process number."""
        stdin = self.zygote.stdin
        assert stdin is not None
        stdin.write(json.dumps(asdict(order)) + "\n")
        stdin.flush()
        process = self._born.get(timeout=_PATIENCE)
        with self._lock:
            self._running.add(process)
        return process

    def work(self, order: Order) -> None:
        """Let one do its work to its end."""
        process = self.start(order)
        while self._done.get(timeout=_PATIENCE * 4) != process:
            pass
        self._running.discard(process)

    def kill(self, why: str) -> None:
        """`kill -9` any one of them."""
        with self._lock:
            if self._running:
                self._kill(self.dice.choice(sorted(self._running)), why)

    def kill_all(self) -> None:
        """`kill -9` all of them: nobody runs until one is started."""
        with self._lock:
            for process in sorted(self._running):
                self._kill(process, "killed with all others")

    def stop(self, seconds: float, why: str) -> None:
        """SIGSTOP any one of them for some seconds."""
        with self._lock:
            if self._running - set(self._stopped):
                process = self.dice.choice(sorted(self._running - set(self._stopped)))
                os.kill(process, signal.SIGSTOP)
                self._stopped[process] = time.monotonic() + seconds
                self.events[why] += 1

    def wake(self, *, all_of_them: bool = False) -> None:
        """SIGCONT those that were stopped long enough, or all."""
        with self._lock:
            now = time.monotonic()
            for process in [one for one, until in self._stopped.items() if all_of_them or until <= now]:
                os.kill(process, signal.SIGCONT)
                del self._stopped[process]

    def end(self) -> None:
        """SIGTERM all: each finishes the piece in hand; whoever does not end is noted as an error."""
        self.wake(all_of_them=True)
        for process in sorted(self._running):
            os.kill(process, signal.SIGTERM)
        deadline = time.monotonic() + _PATIENCE
        while self._running and time.monotonic() < deadline:
            with suppress(Empty):
                self._running.discard(self._done.get(timeout=1))
        for process in sorted(self._running):
            self.errors.append(f"scheduler {process} did not end within {_PATIENCE:.0f} s of SIGTERM")
        self.kill_all()

    def listen(self) -> None:
        """Hear what the processes say, until the one that forks has ended."""
        assert self.zygote.stdout is not None
        for line in self.zygote.stdout:
            told: dict[str, Any] = json.loads(line)
            if "error" in told:
                self.errors.append(str(told["error"]))
            if "pid" in told:
                self._born.put(told["pid"])
            else:
                self._done.put(told["done"])

    def _kill(self, process: int, why: str) -> None:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
        self._running.discard(process)
        self._stopped.pop(process, None)
        self.events[why] += 1


@contextmanager
def started(dice: Random) -> Iterator[Fleet]:
    """Start the process that forks, and end all with the block."""
    command = [sys.executable, "-m", "tests.soak.reminder_worker"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as zygote:
        fleet = Fleet(zygote=zygote, dice=dice)
        ear = threading.Thread(target=fleet.listen, daemon=True)
        ear.start()
        try:
            yield fleet
        finally:
            fleet.kill_all()
            zygote.kill()
            ear.join(_PATIENCE)
