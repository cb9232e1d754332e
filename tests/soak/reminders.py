"""The crash harness for reminders: schedulers on one database that are killed and stopped, and a bad SMS gateway.

    python -m tests.soak.reminders --schedulers 3 --postgresql --reminders 8000 --seed 1
    python -m tests.soak.reminders --schedulers 2 --sqlite --reminders 8000
    python -m tests.soak.reminders --ablate lease --reminders 300        must find something: exit code 1

Each run goes through two gateways, half of the reminders through each: one that drops a message of a name that it
had before, and one that does not. Exit codes: 0 nothing lost and nothing doubled, 1 something was, 2 usage.
"""

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

import click

from horehab.domain.reminder import ReminderState
from horehab.sandbox import SandboxStore, create_sandbox, serve
from horehab.settings import read_settings
from horehab.usecases.ports import Ports
from horehab.wiring import opened_ports
from tests.servers.postgresql import start_postgresql
from tests.servers.sms import SmsGateway, start_sms
from tests.soak.hurry import FastClock, begin
from tests.soak.reminder_ablations import ABLATIONS
from tests.soak.reminder_comparing import Findings, Ledger, compare
from tests.soak.reminder_fleet import Fleet, started
from tests.soak.reminder_ward import patient_of, patients, settings_of, to_be_told
from tests.soak.reminder_worker import Order

FAULTS = 0.1
PER_SECOND = 40.0
"""Reminders that fall due in a second of the machine's."""

_PAUSE = 0.3
"""Seconds between two things that are done to a scheduler, about."""

_SPEED = 100.0
"""The ward's seconds in one of the machine's."""

_PAST_LEASE = 3.3
"""Seconds, in which a lease of 300 of the ward's is over."""

_NIGHT = 2.0
"""Seconds in which no scheduler runs at all."""

_REST = 1300.0
"""The ward's seconds that let every lease and every rest run out."""

_STRIKES = 0.01
"""The share of requests before or after which a scheduler is killed, or stopped, while its answer is waited for."""

_AT_ANY_TIME = 0.3
"""The share of pauses after which one is killed or stopped, whatever it does."""

_STOPS = 0.3
"""The share of these that are stopped past their lease, and not killed."""

_LONGEST, _LEFT_IN_PEACE = 4.0, 0.1
"""The storm lasts until a tenth of the reminders is left, and four times as long as they fall due at the most."""

_CALM = 30.0
"""Seconds without any reminder being settled after which the rest is taken for lost, when all is well again."""

_CALM_WHEN_ABLATED = 5.0


@dataclass(slots=True, kw_only=True)
class Report:
    """What a run through one gateway came to."""

    drops_repeats: bool
    reminders: int
    seconds: float = 0.0
    raw: int = 0
    delivered: int = 0
    repeats: int = 0
    attempts: int = 0
    unknown: int = 0
    events: Counter[str] = field(default_factory=Counter)
    findings: Findings = field(default_factory=Findings)

    def line(self) -> str:
        """Say it in one line."""
        kind = "drops repeats" if self.drops_repeats else "drops no repeats"
        events = ", ".join(f"{count} {name}" for name, count in sorted(self.events.items()))
        log = f"{self.attempts} attempts logged"
        counts = ", ".join(f"{count} {name}" for name, count in self.findings.counts().items())
        return (
            f"gateway that {kind}: {self.reminders} reminders in {self.seconds:.0f} s ({events}); {self.raw} "
            f"requests ({self.repeats} repeats), {log}, {self.delivered} read on telephones,"
            f" {self.unknown} unknown: {counts}"
        )


@dataclass(slots=True, kw_only=True)
class Run:
    """One run: the database, the gateway, the schedulers, the dice and the ward's clock."""

    settings: dict[str, str]
    gateway: SmsGateway
    fleet: Fleet
    clock: FastClock
    ports: Ports
    dice: Random
    schedulers: int
    ablation: str
    report: Report

    def seed(self, seconds: float) -> None:
        """Put the reminders down, due within that many of the machine's seconds."""
        fast = seconds * self.clock.speed
        self.fleet.work(self._order(reminders=self.report.reminders, seconds=fast))
        self.clock.since = time.monotonic()

    def storm(self, seconds: float) -> None:
        """Kill and stop schedulers, and start them again, while the reminders fall due, and a while after that."""
        self.gateway.faults, self.gateway.strike = FAULTS, self._strike
        began = time.monotonic()
        night = began + seconds / 2
        while (now := time.monotonic()) < began + seconds or self._is_half_done(now - began, seconds):
            self._fill_up()
            time.sleep(self.dice.uniform(0.3, 1.7) * _PAUSE)
            self.fleet.wake()
            if now > night:
                night += max(seconds / 4, 20.0)
                self.fleet.kill_all()
                time.sleep(_NIGHT)
            elif self.dice.random() < _AT_ANY_TIME:
                self._strike_one("at any time")

    def calm(self) -> None:
        """End all faults and let schedulers work until nothing waits; then end them, and compare."""
        self.gateway.faults, self.gateway.strike = 0.0, lambda _: None
        self.fleet.end()
        self.clock.jump(_REST)
        self._fill_up()
        patience = _CALM_WHEN_ABLATED if self.ablation else _CALM
        before, since = (-1, -1), time.monotonic()
        while (waiting := self._waiting()) and time.monotonic() - since < patience:
            if (waiting, len(self.gateway.raw)) != before:
                before, since = (waiting, len(self.gateway.raw)), time.monotonic()
            time.sleep(0.2)
        self.fleet.end()
        self._compare()

    def _is_half_done(self, elapsed: float, seconds: float) -> bool:
        """Say whether there is still much to be disturbed; never for longer than four times the planned time."""
        return elapsed < _LONGEST * seconds and self._waiting() > self.report.reminders * _LEFT_IN_PEACE

    def _strike(self, when: str) -> None:
        if self.dice.random() < _STRIKES:
            self._strike_one(f"{when} a message was taken")

    def _strike_one(self, when: str) -> None:
        if self.dice.random() < _STOPS:
            self.fleet.stop(_PAST_LEASE, f"stopped past the lease {when}")
        else:
            self.fleet.kill(f"killed {when}")

    def _fill_up(self) -> None:
        while self.fleet.size < self.schedulers:
            self.fleet.start(self._order())

    def _waiting(self) -> int:
        by_state = self.ports.logbook.reminding.counts(now=self.clock.now()).by_state
        return by_state[ReminderState.DUE] + by_state[ReminderState.CLAIMED]

    def _compare(self) -> None:
        logbook, report, gateway = self.ports.logbook, self.report, self.gateway
        ledger = Ledger(rows=logbook.reminders(), attempts=logbook.reminding.attempts())
        compare(to_be_told(report.reminders), gateway, ledger, report.findings)
        report.findings.unforeseen += self.fleet.errors
        report.raw, report.delivered, report.repeats = len(gateway.raw), len(gateway.delivered()), gateway.repeats()
        report.attempts, report.unknown, report.events = len(ledger.attempts), ledger.unknown, self.fleet.events

    def _order(self, *, reminders: int = 0, seconds: float = 0.0) -> Order:
        return Order(
            settings=self.settings,
            since=self.clock.since,
            speed=self.clock.speed,
            reminders=reminders,
            seconds=seconds,
            ablation=self.ablation,
        )


def soak(
    *, reminders: int, schedulers: int, database: str, seed: int, drops_repeats: bool, ablation: str = ""
) -> Report:
    """Run so many reminders through one gateway while schedulers are killed and stopped; then compare."""
    began = time.monotonic()
    report = Report(drops_repeats=drops_repeats, reminders=reminders)
    with ExitStack() as stack:
        chart = SandboxStore()
        stack.callback(chart.close)
        for number in range(patients(reminders)):
            chart.put(patient_of(number))
        url = stack.enter_context(serve(create_sandbox(chart))).url
        gateway = stack.enter_context(start_sms(drops_repeats=drops_repeats))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="horehab-reminders-")))
        (folder / "gateway.toml").write_text(gateway.template(), encoding="utf-8")
        settings = settings_of(fhir=url, database=database, template=str(folder / "gateway.toml"))
        clock = replace(begin(), speed=_SPEED)
        run = Run(
            settings=settings,
            gateway=gateway,
            fleet=stack.enter_context(started(Random(seed))),
            clock=clock,
            ports=stack.enter_context(opened_ports(read_settings(settings), clock=clock)),
            dice=Random(seed + 1),
            schedulers=schedulers,
            ablation=ablation,
            report=report,
        )
        gateway.dice = Random(seed + 2)
        seconds = reminders / PER_SECOND
        run.seed(seconds)
        run.storm(seconds)
        run.calm()
    report.seconds = time.monotonic() - began
    return report


@contextmanager
def databases(*, is_postgresql: bool) -> Iterator[Iterator[str]]:
    """Give a fresh database as often as one is asked for."""
    with ExitStack() as stack:
        if is_postgresql:
            server = stack.enter_context(start_postgresql())
            yield (stack.enter_context(server.fresh_database()) for _ in range(100))
        else:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="horehab-reminders-")))
            yield (f"sqlite:///{folder}/horehab-{number}.sqlite3" for number in range(100))


@click.command()
@click.option("--reminders", type=click.IntRange(4), default=8000, show_default=True, help="How many, in all.")
@click.option("--schedulers", type=click.IntRange(1), default=2, show_default=True, help="Processes on one database.")
@click.option("--postgresql/--sqlite", default=False, help="Where our memory is kept; SQLite if not said.")
@click.option("--seed", type=int, default=1, show_default=True, help="The dice of faults, kills and stops.")
@click.option("--ablate", type=click.Choice(sorted(ABLATIONS)), help="Take one idea away: that must be found.")
def main(reminders: int, schedulers: int, seed: int, ablate: str | None, *, postgresql: bool) -> None:
    """Kill and stop schedulers while reminders go through a bad gateway, and say what was lost or doubled."""
    is_wrong = False
    gateways = (ABLATIONS[ablate].drops_repeats,) if ablate else (True, False)
    with databases(is_postgresql=postgresql) as fresh:
        for drops_repeats in gateways:
            report = soak(
                reminders=reminders // len(gateways),
                schedulers=schedulers,
                database=next(fresh),
                seed=seed,
                drops_repeats=drops_repeats,
                ablation=ablate or "",
            )
            click.echo(report.line())
            for name in report.findings.counts():
                for words in getattr(report.findings, name)[:10]:
                    click.echo(f"  {name}: {words}")
            is_wrong = is_wrong or bool(report.findings)
    sys.exit(1 if is_wrong else 0)


if __name__ == "__main__":
    main()
