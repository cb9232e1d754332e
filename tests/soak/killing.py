"""The process that is killed, and the moment at which it is: while it reads, while it writes, or in between."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from random import Random
from typing import IO

from tests.servers.faults import Fault, FaultyProxy, Forward, Reply, Seen

_LONGEST = 0.8
"""Seconds after which it is killed in any case."""

_WRITES = ("PUT", "POST")
_LAST_KIND = "/Provenance?"
_DECIDING = 0.25
"""Seconds after the last page was read in which a pass is decided and closed."""

UNFORESEEN = "HR-1001"
_SAID = (0, 1, 3)
"""Exit codes with a sentence of their own: done, incomplete, and a server that is none (a redirect, a web page)."""


@dataclass(slots=True, kw_only=True)
class Zygote:
    """A process that has imported everything and forks one child at a time; gathers what they said."""

    process: "subprocess.Popen[str]"
    passes: int = 0
    unforeseen: list[str] = field(default_factory=list)

    @contextmanager
    def working(self, order: dict[str, object]) -> Iterator[int]:
        """Start a child and give its process number; the block must see to its death."""
        self._send(order)
        yield self._until("pid")
        self._until("dead")

    def work(self, order: dict[str, object]) -> None:
        """Let a child do its passes to their end."""
        with self.working(order):
            pass

    def _send(self, order: dict[str, object]) -> None:
        stdin: IO[str] | None = self.process.stdin
        assert stdin is not None
        stdin.write(json.dumps(order) + "\n")
        stdin.flush()

    def _until(self, what: str) -> int:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            told = json.loads(line)
            if what in told:
                return int(told[what])
            self._note(told)
        raise AssertionError("the process that forks has ended")

    def _note(self, told: dict[str, object]) -> None:
        if "exit" in told:
            self.passes += 1
            if told["exit"] not in _SAID or UNFORESEEN in str(told["said"]):
                self.unforeseen.append(str(told["said"])[-300:])


@contextmanager
def started() -> Iterator[Zygote]:
    """Start the process that forks, and end it with the block."""
    command = [sys.executable, "-m", "tests.soak.worker"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Zygote(process=process)
        finally:
            process.kill()


@dataclass(slots=True, kw_only=True)
class Killing:
    """One kill: where it is aimed, and what the process was doing when it struck."""

    dice: Random
    moment: str = "between requests"
    _process: int = 0
    _dead: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _flying: list[str] = field(default_factory=list)
    _aim: str = ""
    _left: int = 0

    def aim(self, process: int) -> None:
        """Choose the moment: some time, a certain request before or after the server sees it, or the deciding."""
        self._process = process
        (self._aim,) = self.dice.choices(("time", "before", "after", "decide"), weights=(5, 2, 3, 2))
        self._left = self.dice.randint(1, 4)

    def watch(self) -> Fault:
        """Stand before the server and strike when the request comes that was aimed at."""
        return Fault(strike=self._watch)

    def strike(self) -> None:
        """Wait for that moment, or for some time, and kill."""
        wait = self.dice.uniform(0.01, _LONGEST) if self._aim == "time" else _LONGEST * 2
        self._dead.wait(wait)
        self._kill()

    def _watch(self, seen: Seen, forward: Forward, _: FaultyProxy) -> Reply:
        what = "writing" if seen.method in _WRITES else "reading"
        with self._lock:
            self._flying.append(what)
            is_aimed = what == "writing" and self._aim in ("before", "after")
            self._left -= is_aimed
            is_now = is_aimed and self._left == 0
        try:
            if is_now and self._aim == "before":
                self._kill()
            reply = forward(seen)
            if is_now:
                self._kill()
            if self._aim == "decide" and _LAST_KIND in seen.path:
                threading.Timer(self.dice.uniform(0, _DECIDING), self._kill).start()
        finally:
            with self._lock:
                self._flying.remove(what)
        return reply

    def _kill(self) -> None:
        with self._lock:
            if not self._dead.is_set():
                self.moment = self._flying[-1] if self._flying else "between requests"
                with suppress(ProcessLookupError):
                    os.kill(self._process, signal.SIGKILL)
                self._dead.set()
