"""The concurrent editor: a person edits the same Conditions while we write them, and none of their work may be lost.

    python -m tests.soak.concurrent_editor --writes 1000 --server sandbox      deaf to If-Match, If-None-Match, both
    python -m tests.soak.concurrent_editor --writes 1000 --server hapi         which ignores If-None-Match by itself

Exit codes: 0 nothing of theirs was overwritten and every conflict is done or in the queue, 1 otherwise, 2 usage.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import click
import requests

from horehab.clock import SetClock
from horehab.domain.entries import SuspicionEntry
from horehab.domain.joints import Joint, JointSide, Side
from horehab.settings import Settings
from horehab.usecases.deliver_entries import deliver_entries
from horehab.usecases.ports import Ports
from horehab.wiring import opened_ports
from tests.servers.faults import Fault, FaultyProxy, Forward, Reply, Seen
from tests.servers.hapi import start_hapi
from tests.servers.proxying import faulty_proxy
from tests.servers.sandbox import start_sandbox

MODES = {
    "hears all": (),
    "deaf to If-None-Match": ("if-none-match",),
    "deaf to If-Match": ("if-match",),
    "deaf to both": ("if-match", "if-none-match"),
}
STATES = ("confirmed", "refuted", "provisional", "differential", "entered-in-error")
HIP = JointSide(joint=Joint.HIP, side=Side.LEFT)
DAY = date(2026, 3, 2)
WRITES_EACH = 3
_MOMENTS = 9
_MOST_EDITS = 3


@dataclass(kw_only=True)
class Person:
    """Somebody at the EHR, which knows nothing of versions: it puts what stands there, changed by them.

    They act up to `edits` times, each some moments after the time before; a moment is before or after one of our
    requests. What they decided and wrote last must stand in the end.
    """

    address: str
    dice: Random
    browser: requests.Session
    edits: int
    waits: int = 0
    acted: int = 0
    decided: int = 0
    state: str | None = None
    is_inactive: bool = False
    words: str | None = None
    notes: list[str] = field(default_factory=list)

    def moment(self) -> None:
        """Let a moment pass, and act if it is the one."""
        self.waits -= 1
        if self.waits < 0 and self.acted < self.edits:
            self.waits = self.dice.randrange(_MOMENTS)
            self.act()

    def act(self) -> None:
        """Look at the Condition, change something, and put it there; where there is none, perhaps write another."""
        body = self.stands()
        if body is None:
            self._write_something_else()
            return
        self.acted += 1
        change = self.dice.choice((self._decide, self._decide, self._close, self._note, self._reword))
        change(body)
        self._put(body)

    def stands(self) -> dict[str, Any] | None:
        """Read what stands there now."""
        answer = self.browser.get(self.address, headers={"Cache-Control": "no-cache"}, timeout=60)
        found: dict[str, Any] | None = answer.json() if answer.status_code == requests.codes.ok else None
        return found

    def overwritten(self) -> list[str]:
        """Name what of their work does not stand any more."""
        if not self.acted:
            return []
        body = self.stands() or {}
        notes = {note.get("text") for note in body.get("note", ())}
        lost = [f"note {text}" for text in self.notes if text not in notes]
        if self.state and _code(body, "verificationStatus") != self.state:
            lost.append(f"state {self.state}")
        if self.is_inactive and _code(body, "clinicalStatus") != "inactive":
            lost.append("made inactive")
        if self.words and body.get("code", {}).get("text") != self.words:
            lost.append(f"words {self.words}")
        return lost

    def _put(self, body: dict[str, Any]) -> None:
        body.pop("meta", None)
        self.browser.put(self.address, json=body, timeout=60).raise_for_status()

    def _write_something_else(self) -> None:
        """Write a Condition of their own under the id that we are about to use: a server that was moved does so."""
        if self.dice.random() < 0.8:  # one in five who come too early
            return
        self.acted += 1
        self.words = "Gout"
        kind, name = self.address.rsplit("/", 2)[1:]
        active = {"coding": [{"system": f"{_TERMINOLOGY}condition-clinical", "code": "active"}]}
        who = {"reference": "Patient/editor"}
        self._put(
            {"resourceType": kind, "id": name, "clinicalStatus": active, "subject": who, "code": {"text": "Gout"}}
        )

    def _decide(self, body: dict[str, Any]) -> None:
        self.decided += 1
        self.state = self.dice.choice(STATES)
        body["verificationStatus"] = {
            "coding": [{"system": f"{_TERMINOLOGY}condition-ver-status", "code": self.state}]
        }
        if self.state == "entered-in-error":
            self.is_inactive = False
            body.pop("clinicalStatus", None)
        elif "clinicalStatus" not in body:
            body["clinicalStatus"] = {"coding": [{"system": f"{_TERMINOLOGY}condition-clinical", "code": "active"}]}

    def _close(self, body: dict[str, Any]) -> None:
        if "clinicalStatus" not in body:
            self._note(body)
            return
        self.decided += 1
        self.is_inactive = True
        body["clinicalStatus"] = {"coding": [{"system": f"{_TERMINOLOGY}condition-clinical", "code": "inactive"}]}

    def _note(self, body: dict[str, Any]) -> None:
        self.notes.append(f"Seen, {self.acted}.")
        body["note"] = [*body.get("note", ()), {"authorString": "Dr. Synthetic", "text": self.notes[-1]}]

    def _reword(self, body: dict[str, Any]) -> None:
        self.words = f"Haematoma, not ossification ({self.acted})"
        body["code"] = {**body["code"], "text": self.words}


_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"


def _code(body: dict[str, Any], name: str) -> str | None:
    codings = body.get(name, {}).get("coding", ())
    return codings[0].get("code") if codings else None


@dataclass(kw_only=True)
class Figures:
    """What a run came to."""

    server: str
    suspicions: int = 0
    writes: int = 0
    edits: int = 0
    decisions: int = 0
    done: int = 0
    queued: int = 0
    neither: int = 0
    seconds: float = 0.0
    overwritten: list[str] = field(default_factory=list)

    @property
    def is_well(self) -> bool:
        """Whether nothing was lost, and every entry is done or in the queue."""
        return not self.overwritten and not self.neither

    def line(self) -> str:
        """Say it in one line."""
        return (
            f"concurrent editor, {self.server}: {self.writes} writes of {self.suspicions} suspicions against "
            f"{self.edits} edits ({self.decisions} decisions): {len(self.overwritten)} overwritten; "
            f"{self.done} ended done, {self.queued} in the queue, {self.neither} neither; {self.seconds:.0f} s"
        )


@dataclass(kw_only=True)
class Table:
    """Where the two sit: we write through the proxy, the person works at the EHR itself."""

    proxy: FaultyProxy
    ports: Ports
    clock: SetClock
    browser: requests.Session
    dice: Random
    deaf_to: tuple[str, ...]

    def suspicion(self, number: int) -> tuple[SuspicionEntry, Person]:
        """Begin a suspicion and find somebody who will edit it."""
        entry = SuspicionEntry(
            condition_id=f"hr-{number:032x}", patient="Patient/editor", place=HIP, episode=1, is_withdrawn=False,
            onset=DAY, recorded=DAY, sentence="Motion was lost.", evidence=("Observation/editor-1",),
            rule_version="1", strength=3,
        )  # fmt: skip
        edits = self.dice.randint(1, _MOST_EDITS)
        waits = self.dice.randrange(2 * _MOMENTS)
        address = f"{self.proxy.upstream}/Condition/{entry.condition_id}"
        return entry, Person(address=address, dice=self.dice, browser=self.browser, edits=edits, waits=waits)

    def write(self, entry: SuspicionEntry, person: Person) -> None:
        """Write an entry while the person may act at any moment; what has to wait is tried until it is settled."""

        def strike(seen: Seen, forward: Forward, _: FaultyProxy) -> Reply:
            person.moment()
            headers = {name: value for name, value in seen.headers.items() if name not in self.deaf_to}
            reply = forward(replace(seen, headers=headers))
            person.moment()
            return reply

        self.proxy.set(Fault(strike=strike, path=entry.condition_id))
        logbook = self.ports.logbook
        logbook.log(patient=entry.patient, entries=(entry,), reminders=(), now=self.clock.now())
        for _ in range(5):
            deliver_entries(self.ports)
            if not any(row.state == "waiting" for row in logbook.outbox()):
                break
            self.clock.advance(timedelta(minutes=20))


def edit_concurrently(table: Table, figures: Figures, *, writes: int) -> Figures:
    """Raise, update and withdraw suspicions, three writes each, while a person edits them."""
    begun = time.monotonic()
    for number in range(-(-writes // WRITES_EACH)):
        entry, person = table.suspicion(number)
        newer = replace(entry, evidence=("Observation/editor-1", "Observation/editor-2"), strength=4)
        for each in (entry, newer, replace(newer, is_withdrawn=True)):
            table.write(each, person)
            figures.writes += 1
        figures.suspicions += 1
        figures.edits += person.acted
        figures.decisions += person.decided
        figures.overwritten += [f"{entry.condition_id}: {lost}" for lost in person.overwritten()]
    last = {row.key: row.state for row in table.ports.logbook.outbox(open_only=False)}
    states = list(last.values())
    figures.done, figures.queued = states.count("done"), len(table.ports.logbook.queue.listed())
    figures.neither = len(states) - figures.done - figures.queued
    figures.seconds = time.monotonic() - begun
    return figures


@contextmanager
def table_at(upstream: str, folder: Path, *, deaf_to: tuple[str, ...] = (), seed: int = 1) -> Iterator[Table]:
    """Sit down at a server with a store of our own; one patient and two Observations are put there first."""
    clock = SetClock(zone=Settings(time_zone="Europe/Madrid").zone, instant=datetime(2026, 3, 2, 12, tzinfo=UTC))
    with faulty_proxy(upstream) as proxy, requests.Session() as browser:
        patient = {"resourceType": "Patient", "id": "editor"}
        seen = {"resourceType": "Observation", "status": "final", "code": {"text": "shoe size"}}
        whose = {"subject": {"reference": "Patient/editor"}, "effectiveDateTime": "2026-03-01"}
        readings: list[dict[str, Any]] = [{**seen, **whose, "id": f"editor-{number}"} for number in (1, 2)]
        for body in (patient, *readings):
            address = f"{upstream}/{body['resourceType']}/{body['id']}"
            browser.put(address, json=body, timeout=60).raise_for_status()
        settings = Settings(fhir_url=proxy.url, database_url=f"sqlite:///{folder}/editor.sqlite3", timeout=60)
        with opened_ports(settings, clock=clock) as ports:
            dice = Random(seed)
            yield Table(proxy=proxy, ports=ports, clock=clock, browser=browser, dice=dice, deaf_to=deaf_to)


def run(server: str, *, writes: int, seed: int = 1) -> Iterator[Figures]:
    """Run on the sandbox in each of its moods, or on HAPI as it is."""
    modes = MODES if server == "sandbox" else {"as it is": ()}
    for mode, deaf_to in modes.items():
        start = start_sandbox() if server == "sandbox" else start_hapi()
        with start as running, tempfile.TemporaryDirectory() as folder:
            url = running if isinstance(running, str) else running.url
            with table_at(url, Path(folder), deaf_to=deaf_to, seed=seed) as table:
                yield edit_concurrently(table, Figures(server=f"{server}, {mode}"), writes=writes)


@click.command()
@click.option("--writes", default=1000, show_default=True, help="How many writes, on each mood of the server.")
@click.option("--server", type=click.Choice(["sandbox", "hapi"]), default="sandbox", show_default=True)
@click.option("--seed", default=1, show_default=True, help="When the person acts, and what they do.")
def main(writes: int, server: str, seed: int) -> None:
    """Write against a person who edits the same Conditions."""
    is_well = True
    for figures in run(server, writes=writes, seed=seed):
        click.echo(figures.line())
        for lost in figures.overwritten[:10]:
            click.echo(f"  overwritten: {lost}", err=True)
        is_well &= figures.is_well
    sys.exit(0 if is_well else 1)


if __name__ == "__main__":
    main()
