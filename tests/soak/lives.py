"""Horehab before a real server, in processes that are killed one after the other: at a request, or at a statement."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from http import HTTPMethod
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import requests
from flask import Flask

from horehab.clock import SetClock
from horehab.sandbox import SandboxStore, create_sandbox, serve
from horehab.sandbox.shelf import Shelf
from tests.servers.in_process import BASE, answering
from tests.soak.life import FRESH, OURS, Held, Steps

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

MADRID = ZoneInfo("Europe/Madrid")
_MEMORY = "/dev/shm"
_KINDS = ("Patient", "Observation", "Condition", "Provenance")
_WRITES = (HTTPMethod.PUT, HTTPMethod.POST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """When a process dies: at its request, write or statement of that number; `is_done` after it was carried out."""

    at: str
    number: int
    is_done: bool = False


@dataclass(slots=True, kw_only=True)
class Door:
    """The server's door: it offers few kinds, so that a pass asks for little, and kills who asks at the moment."""

    sandbox: Any
    capability: bytes
    process: int = 0
    kill: Kill | None = None
    _left: int = 0

    def aim(self, kill: Kill | None) -> None:
        """Choose the request; None for no more."""
        self.kill, self._left = kill, kill.number if kill else 0

    def __call__(self, asked: "WSGIEnvironment", begin: "StartResponse") -> Iterable[bytes]:
        """Answer a request, unless it is the one at which the process dies."""
        is_now = self._is_now(str(asked["REQUEST_METHOD"]))
        if is_now and self.kill and not self.kill.is_done:
            os.kill(self.process, signal.SIGKILL)
            begin("503 Service Unavailable", [])
            return []
        if asked["PATH_INFO"] == "/fhir/metadata":
            begin("200 OK", [("Content-Type", "application/fhir+json")])
            answer: Iterable[bytes] = [self.capability]
        else:
            answer = self.sandbox(asked, begin)
        if is_now:
            os.kill(self.process, signal.SIGKILL)
        return answer

    def _is_now(self, method: str) -> bool:
        if self.kill is None or self.kill.at == "statement" or (self.kill.at == "write" and method not in _WRITES):
            return False
        self._left -= 1
        return self._left == 0


@dataclass(slots=True, kw_only=True)
class Table:
    """A server, and before it processes of horehab, one at a time; `anew` empties both."""

    door: Door
    url: str
    folder: Path
    process: "subprocess.Popen[str]"
    clock: SetClock
    store: SandboxStore
    kills: int = 0
    is_alive: bool = False

    def anew(self, day: date) -> None:
        """Empty the server and our memory; it is noon of that day."""
        self.end()
        self.clock.set_day(day)
        self.store.close()
        self.store.shelf = Shelf(None)
        for each in (self.folder / OURS).iterdir():
            each.unlink()
        shutil.copytree(self.folder / FRESH, self.folder / OURS, dirs_exist_ok=True)

    def step(self, kill: Kill | None = None, *, passes: int = 1) -> Held | None:
        """Take steps in time with the chart; gives what is held then, or None when the process died of the kill."""
        if not self.is_alive:
            self.say("begin")
            self.door.process = int(self.hear("born")["born"])
            self.is_alive = True
        self.door.aim(kill)
        statements = kill.number if kill and kill.at == "statement" else 0
        steps = Steps(now=self.clock.now().isoformat(), passes=passes, statements=statements)
        self.say(json.dumps(asdict(steps)))
        told = self.hear("held", "dead", "error")
        self.door.aim(None)
        if "held" in told:
            return Held(**told["held"])
        self.is_alive = False
        if "error" in told:
            self.hear("dead")
            raise AssertionError(told["error"])
        assert told["dead"] == -signal.SIGKILL
        self.kills += 1
        return None

    def end(self) -> None:
        """Kill the process that works, if one does."""
        if self.is_alive:
            os.kill(self.door.process, signal.SIGKILL)
            self.hear("dead")
            self.is_alive = False

    def say(self, words: str) -> None:
        """Send a line to the process that forks, or to the one that works."""
        assert self.process.stdin is not None
        self.process.stdin.write(words + "\n")
        self.process.stdin.flush()

    def hear(self, *what: str) -> dict[str, Any]:
        """Wait for a line that tells one of these."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the process that forks has ended"
        told: dict[str, Any] = json.loads(line)
        assert any(each in told for each in what), told
        return told


def in_memory() -> str | None:
    """Name the folder whose files Linux keeps in memory, if there is one: a kill is no power cut."""
    return _MEMORY if Path(_MEMORY).is_dir() else None


@contextmanager
def laid(warm_up: Iterable[dict[str, Any]], day: date, *, ablation: str = "") -> Iterator[Table]:
    """Start a server and the process that forks, which warms up on these resources as of that day."""
    clock = SetClock(zone=MADRID)
    clock.set_day(day)
    with ExitStack() as stack:
        store = SandboxStore(clock=clock)
        stack.callback(store.close)
        for resource in warm_up:
            store.put(resource)
        sandbox = create_sandbox(store, clock=clock)
        door = Door(sandbox=sandbox, capability=_offering_few(sandbox))
        url = stack.enter_context(serve(door)).url
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="horehab-lives-", dir=in_memory()))
        command = [sys.executable, "-m", "tests.soak.life", url, folder, *filter(None, [ablation])]
        process = stack.enter_context(
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        )
        stack.callback(process.kill)
        table = Table(door=door, url=url, folder=Path(folder), process=process, clock=clock, store=store)
        stack.callback(table.end)
        table.say(clock.now().isoformat())
        table.hear("ready")
        yield table


def _offering_few(sandbox: Flask) -> bytes:
    asked = requests.Request("GET", f"{BASE}/metadata").prepare()
    statement = json.loads(answering(sandbox)(asked).body)
    for rest in statement["rest"]:
        rest["resource"] = [each for each in rest["resource"] if each["type"] in _KINDS]
    return json.dumps(statement).encode()
