"""The reminders benchmark: claim and dispatch beside APScheduler with its SQLAlchemyJobStore, in one run.

`python -m benchmarks.reminders` puts the same number of due reminders into a fresh SQLite file for each contender,
lets each dispatch all of them to a postbox that only counts, demands that each was dispatched once, and prints the
processor time that it took, which does not go by what else the machine does; and that of claiming 10,000 at once.

What is timed: on our side the claim, a look at whether its patient changed, the attempt on record, the postbox, and
what it said on record; on the other the look for due jobs, the job in a thread and its removal, and no record of it.
Each has dispatched one before, so that making its statements is not counted. Ours runs twice: with a postbox that
drops repeats, where attempts are written down piece by piece, and with one that does not, where each is written down
by itself before it leaves, so that a crash leaves one in doubt and no more. Beside them runs what no ledger in these
tables can be faster than: SQLite with the same rows, by hand (`reminders_floor.py`).
"""

import argparse
import gc
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger

from benchmarks.reminders_floor import dispatch_bare
from benchmarks.sync_table import Goal, told
from horehab.clock import SetClock, SystemClock
from horehab.domain.reminder import Reminder, ReminderRule, ReminderState
from horehab.settings import Settings
from horehab.usecases.decide_reminder import release_reminders
from horehab.usecases.ports import Ports, Receipt
from horehab.usecases.send_reminders import send_reminders
from horehab.wiring import opened_ports

DOCS = Path(__file__).parents[1] / "docs" / "performance.md"
_BEGIN = "<!-- reminders: made by `make bench-reminders BENCH=--write-docs` -->"
_END = "<!-- reminders: end -->"
_DAY = date(2026, 6, 1)
_ZONE, _FILE = "Europe/Madrid", "horehab.sqlite3"
_OURS = "horehab, pieces: claim, look again, attempt, dispatch, settle"
_SINGLY = "horehab, one by one, for a postbox that drops no repeats"
_FLOOR = "sqlite3 by hand: the same rows and transactions, nothing looked at, nobody told"
_PEER = "APScheduler 3 with SQLAlchemyJobStore"
_TIMES_FASTER, _LONGEST_CLAIM = 50.0, 0.1
_PATIENCE = 900.0
_TAKEN = Receipt(state=ReminderState.SENT)
_COUNTED: Counter[str] = Counter()
_ALL = threading.Event()


@dataclass(slots=True)
class CountingPostbox:
    """A postbox that takes everything at once and counts it."""

    sent: Counter[str]
    deduplicates: bool = True

    def send(self, reminder: Reminder) -> Receipt:
        """Count one."""
        self.sent[reminder.key] += 1
        return _TAKEN


def main() -> int:
    """Run the benchmark; 1 when a goal is missed and --check is said."""
    asked = _arguments()
    contenders = {_OURS: dispatch_ours, _SINGLY: dispatch_singly, _FLOOR: dispatch_by_hand, _PEER: dispatch_peer}
    took: dict[str, list[float]] = {name: [] for name in contenders}
    claims = []
    for number in range(asked.rounds):
        for name, prepare in contenders.items():
            took[name].append(_timed(prepare, asked.reminders))
        claims.append(claim_ours(10_000))
        words = ", ".join(f"{name.partition(',')[0].partition(':')[0]} {of[-1]:.3f} s" for name, of in took.items())
        print(f"round {number + 1}: {words}; claimed in {claims[-1]:.3f} s", flush=True)
    ratio = _ratio(took[_OURS], took[_PEER])
    goals = [
        Goal(words="times the speed of APScheduler with SQLAlchemyJobStore", least=_TIMES_FASTER, measured=ratio),
        Goal(
            words="seconds of processor time to claim 10,000 that are due",
            least=_LONGEST_CLAIM,
            measured=min(claims),
            is_most=True,
        ),
    ]
    words = "\n".join([*_table(asked, took), "", *(told(goal) for goal in goals)])
    print(words)
    if asked.write_docs:
        _write(words)
    return int(asked.check and not all(goal.is_reached for goal in goals))


def dispatch_ours(reminders: int, *, drops_repeats: bool = True) -> Callable[[], None]:
    """Put reminders down; gives what dispatches them to a postbox that drops repeats, or to one that does not."""
    opened = ExitStack()
    folder = opened.enter_context(tempfile.TemporaryDirectory(prefix="horehab-bench-"))
    ports = opened.enter_context(_ports(reminders, folder))
    postbox = CountingPostbox(Counter(), deduplicates=drops_repeats)

    def run() -> None:
        report = send_reminders(ports, postbox)
        _demand_once(postbox.sent, reminders, report.sent)
        opened.close()

    return run


def dispatch_by_hand(reminders: int) -> Callable[[], None]:
    """Put reminders down; gives what does with their rows in SQLite the least that can be done."""
    folder = tempfile.TemporaryDirectory(prefix="horehab-bench-")
    with _ports(reminders, folder.name):
        pass

    def run() -> None:
        done = dispatch_bare(Path(folder.name) / _FILE)
        assert done == reminders, done
        folder.cleanup()

    return run


def dispatch_singly(reminders: int) -> Callable[[], None]:
    """Put reminders down; gives what dispatches them to a postbox that drops no repeats, each on record by itself."""
    return dispatch_ours(reminders, drops_repeats=False)


def claim_ours(reminders: int) -> float:
    """Claim all that is due at once; gives the seconds of processor time."""
    with tempfile.TemporaryDirectory(prefix="horehab-bench-") as folder, _ports(reminders, folder) as ports:
        with _settled_in():
            began = time.process_time()
            rows = ports.logbook.due_reminders(owner="bench", now=ports.clock.now(), limit=reminders)
            took = time.process_time() - began
        assert len(rows) == reminders, len(rows)
    return took


def dispatch_peer(reminders: int) -> Callable[[], None]:
    """Give APScheduler a job for each reminder in its own database; gives what lets it run them all."""
    _COUNTED.clear()
    _ALL.clear()
    folder = tempfile.TemporaryDirectory(prefix="horehab-bench-")
    clock = BackgroundScheduler(
        jobstores={"default": SQLAlchemyJobStore(url=f"sqlite:///{folder.name}/jobs.sqlite3")},
        executors={"default": ThreadPoolExecutor(1)},
        job_defaults={"misfire_grace_time": None, "coalesce": True},
        timezone=ZoneInfo("UTC"),
    )
    now = SystemClock(zone=ZoneInfo("UTC")).now()
    clock.start()
    clock.add_job(count_one, DateTrigger(now), ("the first", 1), id="the first")
    assert _ALL.wait(_PATIENCE), "APScheduler did not dispatch the first"
    clock.pause()
    _COUNTED.clear()
    _ALL.clear()
    for number in range(reminders):
        key = f"Patient/p{number}|follow-up-visit|-|team|email|w1"
        clock.add_job(count_one, DateTrigger(now), (key, reminders), id=key)

    def run() -> None:
        clock.resume()
        assert _ALL.wait(_PATIENCE), f"APScheduler dispatched {_COUNTED.total()} of {reminders}"
        _demand_once(_COUNTED, reminders, _COUNTED.total())
        clock.shutdown(wait=True)
        folder.cleanup()

    return run


def count_one(key: str, reminders: int) -> None:
    """Count one that APScheduler dispatches."""
    _COUNTED[key] += 1
    if len(_COUNTED) == reminders:
        _ALL.set()


def wanted(reminders: int, *, window: str = "w1") -> Iterator[Reminder]:
    """Ask for so many reminders, all due."""
    for number in range(reminders):
        yield Reminder(
            patient=f"Patient/p{number}",
            rule=ReminderRule.FOLLOW_UP_VISIT,
            place=None,
            recipient="team",
            channel="email",
            window=window,
            due_day=_DAY,
            due_time=clock_time(8),
            zone=_ZONE,
            void_after=_DAY + timedelta(days=14),
            reason="A follow-up visit is due.",
        )


@contextmanager
def _ports(reminders: int, folder: str) -> Iterator[Ports]:
    """Open a fresh store in which so many are due, when one was sent each way before: the tower works already."""
    settings = Settings(database_url=f"sqlite:///{folder}/{_FILE}", time_zone=_ZONE)
    clock = SetClock(zone=settings.zone, instant=datetime(2026, 6, 1, 10, tzinfo=ZoneInfo("UTC")))
    with opened_ports(settings, clock=clock) as ports:
        release_reminders(ports, who="benchmark")
        for window, drops_repeats in (("one", False), ("piece", True)):
            _put(ports, wanted(1, window=window))
            send_reminders(ports, CountingPostbox(Counter(), deduplicates=drops_repeats))
        _put(ports, wanted(reminders))
        yield ports


def _put(ports: Ports, asked: Iterator[Reminder]) -> None:
    ports.logbook.log(patient="-", entries=(), reminders=tuple(asked), now=ports.clock.now())


def _timed(prepare: Callable[[int], Callable[[], None]], reminders: int) -> float:
    run = prepare(reminders)
    with _settled_in():
        began = time.process_time()
        run()
        return time.process_time() - began


@contextmanager
def _settled_in() -> Iterator[None]:
    """Work as the clock tower does: what was loaded at the start is not looked through for garbage again."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _demand_once(sent: Counter[str], reminders: int, reported: int) -> None:
    if len(sent) != reminders or reported != reminders or sent.total() != reminders:
        raise SystemExit(f"{len(sent)} of {reminders} were dispatched, {sent.total()} times in all")


def _table(asked: argparse.Namespace, took: Mapping[str, list[float]]) -> list[str]:
    lines = [
        f"{asked.reminders:,} reminders that are due, SQLite on a disk, one process; median of {asked.rounds}.",
        "",
        "| contender | CPU s | reminders per CPU s | times as fast |",
        "|---|---:|---:|---:|",
    ]
    return lines + [
        f"| {name} | {median(of):.2f} | {asked.reminders / median(of):,.0f} | {_ratio(of, took[_PEER]):.1f} |"
        for name, of in took.items()
    ]


def _ratio(ours: list[float], peer: list[float]) -> float:
    return median(theirs / mine for mine, theirs in zip(ours, peer, strict=True))


def _write(words: str) -> None:
    text = DOCS.read_text(encoding="utf-8")
    before, _, rest = text.partition(_BEGIN)
    DOCS.write_text(f"{before}{_BEGIN}\n{words}\n{_END}{rest.partition(_END)[2]}", encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reminders", description=__doc__)
    parser.add_argument("--reminders", type=int, default=5000, help="how many each contender dispatches (5000)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds, of which the median counts (3)")
    parser.add_argument("--write-docs", action="store_true", help="put the figures into docs/performance.md")
    parser.add_argument("--check", action="store_true", help="fail when a goal is missed")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
