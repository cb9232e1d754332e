"""The crash harness: a ward that never stops, a server with faults, a horehab that is killed a thousand times.

    python -m tests.soak.crashes --kills 1000 --seed 1
    python -m tests.soak.crashes --ablation overlap          must find a loss: exit code 1
    python -m tests.soak.crashes --postgresql --kills 200

Exit codes: 0 nothing lost and nothing doubled, 1 something was, 2 usage.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import click

from horehab.sandbox import SandboxStore, create_sandbox, serve
from tests.servers.faults import FaultyProxy
from tests.servers.postgresql import start_postgresql
from tests.servers.proxying import faulty_proxy
from tests.soak.ablations import ABLATIONS
from tests.soak.charting import AS_OF, Charting, Ward
from tests.soak.comparing import Losses, compare
from tests.soak.hurry import FastClock, begin
from tests.soak.killing import Killing, Zygote, started
from tests.soak.weather import weather

_REST = 1300.0
"""Seconds that let every lease and every rest of the outbox run out, before the last passes."""

_PAUSE = 0.08
"""Seconds between two things that happen on the ward."""

_CHECKED_EVERY = 100
_CHECKED_EVERY_WHEN_ABLATED = 5


@dataclass(slots=True, kw_only=True)
class Report:
    """What a run came to."""

    kills: int = 0
    seconds: float = 0.0
    passes: int = 0
    observations: int = 0
    living: int = 0
    suspicions: int = 0
    stuck: list[str] = field(default_factory=list)
    """What was not delivered when all was well again, with its reason."""

    moments: dict[str, int] = field(default_factory=dict)
    losses: Losses = field(default_factory=Losses)

    def line(self) -> str:
        """Say it in one line."""
        counts = ", ".join(f"{count} {name}" for name, count in self.losses.counts().items())
        moments = ", ".join(f"{count} while {name}" for name, count in sorted(self.moments.items()))
        return (
            f"{self.kills} kills ({moments}) in {self.seconds:.0f} s, {self.passes} passes came to their end; "
            f"{self.observations} Observations written, {self.living} stand; {self.suspicions} suspicions: {counts}"
        )


@dataclass(slots=True, kw_only=True)
class Run:
    """One run: the ward and its server, the proxy before it, and the process that is killed."""

    ward: Ward
    clock: FastClock
    proxy: FaultyProxy
    zygote: Zygote
    database: str
    dice: Random
    ablation: str
    scope: str = ""
    report: Report = field(default_factory=Report)

    def kill_once(self) -> None:
        """Let it work in some weather, and kill it at some moment."""
        killing = Killing(dice=self.dice)
        with self.zygote.working(self._order()) as process:
            killing.aim(process)
            self.proxy.set(killing.watch(), *weather(self.dice, is_storm=bool(self.ablation)))
            killing.strike()
        moment = killing.moment
        self.report.moments[moment] = self.report.moments.get(moment, 0) + 1
        self.report.kills += 1
        self.proxy.seen.clear()

    def check(self) -> None:
        """All faults off, two clean passes, then compare; the ward holds still."""
        self.proxy.set()
        self.report.losses = Losses()
        self.clock.jump(_REST)
        self.zygote.work(self._order(passes=2))
        self.report.stuck = compare(self.ward, self.database, self.report.losses)
        self.report.losses.unforeseen += self.zygote.unforeseen
        self.zygote.unforeseen.clear()
        self.proxy.seen.clear()

    def has_found(self) -> bool:
        """Say whether something is lost; when ablated, whether that is lost which must be."""
        if self.ablation:
            return any(getattr(self.report.losses, name) for name in ABLATIONS[self.ablation].shows)
        return bool(self.report.losses)

    def _order(self, *, passes: int = 0) -> dict[str, object]:
        settings = {
            "HOREHAB_FHIR_URL": self.proxy.url,
            "HOREHAB_DATABASE_URL": self.database,
            "HOREHAB_TIME_ZONE": "Europe/Madrid",
            "HOREHAB_TIMEOUT": "1",
            "HOREHAB_SCOPE": self.scope,
        }
        return {
            "settings": settings,
            "since": self.clock.since,
            "speed": self.clock.speed,
            "as_of": AS_OF.isoformat(),
            "passes": passes,
            "ablation": self.ablation,
        }


def soak(*, kills: int, seed: int, database: str, ablation: str = "", scope: str = "") -> Report:
    """Kill so many times, or until something is lost; check every hundred kills (every five, when ablated)."""
    began = time.monotonic()
    with _opened(seed=seed, database=database, ablation=ablation) as run:
        run.scope = scope
        every = _CHECKED_EVERY_WHEN_ABLATED if ablation else _CHECKED_EVERY
        with Charting(run.ward, _PAUSE / 4 if ablation else _PAUSE) as charting:
            while run.report.kills < kills and not run.has_found():
                run.kill_once()
                if run.report.kills % every == 0 and run.report.kills < kills:
                    with charting.hold():
                        run.check()
                    _show(run.report, began)
        if not run.has_found():
            run.ward.tell_all()
            run.check()
        run.report.passes = run.zygote.passes
        run.report.observations = run.ward.created
        run.report.living = len(run.ward.living)
        run.report.suspicions = len(run.ward.store.search("Condition"))
        run.report.seconds = time.monotonic() - began
        return run.report


@contextmanager
def _opened(*, seed: int, database: str, ablation: str) -> Iterator[Run]:
    clock = begin()
    store = SandboxStore()
    ward = Ward(store=store, clock=clock, dice=Random(seed))
    ward.open()
    with ExitStack() as stack:
        stack.callback(store.close)
        serving = stack.enter_context(serve(create_sandbox(store, clock=clock)))
        proxy = stack.enter_context(faulty_proxy(serving.url))
        zygote = stack.enter_context(started())
        dice = Random(seed + 1)
        yield Run(ward=ward, clock=clock, proxy=proxy, zygote=zygote, database=database, dice=dice, ablation=ablation)


def _show(report: Report, began: float) -> None:
    found = ", ".join(f"{count} {name}" for name, count in report.losses.counts().items() if count)
    click.echo(f"  {report.kills} kills, {time.monotonic() - began:.0f} s: {found or 'nothing lost'}", err=True)


@click.command()
@click.option("--kills", type=click.IntRange(1), default=1000, show_default=True, help="How often it is killed.")
@click.option("--seed", type=int, default=1, show_default=True, help="The dice of ward, weather and kills.")
@click.option("--ablation", type=click.Choice(sorted(ABLATIONS)), help="Take one idea away: a loss must be found.")
@click.option("--postgresql", is_flag=True, help="Keep our memory in a private PostgreSQL instead of SQLite.")
@click.option("--scope", default="", help='HOREHAB_SCOPE, such as "Patient?active=true": some patients alone.')
def main(kills: int, seed: int, ablation: str | None, scope: str, *, postgresql: bool) -> None:
    """Kill horehab again and again while everything goes wrong, and say what was lost."""
    with ExitStack() as stack:
        if postgresql:
            database = stack.enter_context(stack.enter_context(start_postgresql()).fresh_database())
        else:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="horehab-soak-"))
            database = f"sqlite:///{Path(folder) / 'horehab.sqlite3'}"
        report = soak(kills=kills, seed=seed, database=database, ablation=ablation or "", scope=scope)
    click.echo(report.line())
    for name, found in ((n, getattr(report.losses, n)) for n in report.losses.counts()):
        if found:
            click.echo(f"  {name}: {', '.join(found[:10])}")
    for words in report.stuck[:20]:
        click.echo(f"  not delivered: {words}")
    sys.exit(1 if report.losses else 0)


if __name__ == "__main__":
    main()
