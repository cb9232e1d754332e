"""What the promise "never lost, never doubled" stands on for reminders, taken away one by one; each is found out.

These are switches of the harness: they change the running schedulers from outside. The product has no such switch.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger
from sqlalchemy import BindParameter, ColumnElement, Table, bindparam, true

from horehab.clock import SystemClock
from horehab.domain.reminder import Reminder
from horehab.store import leases, reminders, tables
from scheduler.ticks import TICKS, Tower, run_tick

JOBS = "grace"
"""The ablation in which APScheduler keeps the reminders, one job each, instead of saying that time passes."""

_FIRED: set[int] = set()
"""The rows whose job was run in this process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ablation:
    """One idea, how it is taken away in a scheduler, and which of the harness's findings show that."""

    sentence: str
    take_away: Callable[[], None]
    shows: frozenset[str]
    drops_repeats: bool = False
    """Through which gateway it is looked for."""


def clock_of_jobs(tower: Tower, speed: float) -> BackgroundScheduler:
    """Give APScheduler a job for each reminder, with its settings as they come, and start it."""
    (tick,) = (tick for tick in TICKS if tick.name == "reminders")

    def fire(row: int) -> None:
        _FIRED.add(row)
        run_tick(tower, tick)

    clock, ward, machine = BackgroundScheduler(timezone=UTC), tower.ports.clock, SystemClock(zone=ZoneInfo("UTC"))
    for row in tower.ports.logbook.reminders():
        at = machine.now() + (row.due - ward.now()) / speed
        clock.add_job(fire, DateTrigger(at), (row.row,), id=str(row.row))
    clock.start()
    return clock


def _only_fired() -> None:
    """Claim only what a job was run for: what misfired is nobody's any more."""
    is_free = leases.is_free
    now_fired: BindParameter[list[int]] = bindparam("fired", callable_=lambda: sorted(_FIRED), expanding=True)

    def fired(table: Table, now: datetime) -> ColumnElement[bool]:
        here = is_free(table, now)
        return here & table.c.row.in_(now_fired) if table is tables.reminder else here

    vars(leases)["is_free"] = fired


def _no_lease() -> None:
    """Take what is due, whether or not somebody has it and is about to send it."""
    claimed = reminders._claimed  # the product has no switch for this

    vars(leases)["is_free"] = lambda *_: true()
    vars(reminders)["_claimed"] = lambda *of: replace(claimed(*of), is_interrupted=False)


def _key_without(part: str) -> Callable[[], None]:
    """Name a reminder by less than it is."""
    of_all = Reminder.key.fget  # type: ignore[attr-defined]  # a property, asked of the class

    def short(reminder: Reminder) -> str:
        name = reminder.patient if part == "patient" else reminder.window
        return str(of_all(reminder)).replace(name, "")

    def take_away() -> None:
        Reminder.key = property(short)  # type: ignore[assignment, method-assign]  # that is what is taken away

    return take_away


ABLATIONS: Mapping[str, Ablation] = MappingProxyType(
    {
        "lease": Ablation(
            sentence="a reminder is leased by one scheduler before it leaves",
            take_away=_no_lease,
            shows=frozenset({"doubled"}),
        ),
        JOBS: Ablation(
            sentence="the ledger says what is due, not jobs of APScheduler with its grace time of 1 s",
            take_away=_only_fired,
            shows=frozenset({"unaccounted"}),
            drops_repeats=True,
        ),
        "window": Ablation(
            sentence="the key names the window",
            take_away=_key_without("window"),
            shows=frozenset({"unaccounted"}),
        ),
        "patient": Ablation(
            sentence="the key names the patient",
            take_away=_key_without("patient"),
            shows=frozenset({"unaccounted"}),
        ),
    }
)
