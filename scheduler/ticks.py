"""The ticks: name, interval, verb. APScheduler only says that time passes; the ledger says what is due."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC
from zoneinfo import ZoneInfo

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from horehab.clock import SystemClock
from horehab.errors import HorehabError
from horehab.usecases.keep_step import StepOrder, keep_step
from horehab.usecases.plain_words import without_ids
from horehab.usecases.ports import Ports, Postbox
from horehab.usecases.send_reminders import send_reminders

_LOG = logging.getLogger("scheduler")
_LEASE = 180.0  # seconds; a step renews it at each page and patient, so that only a dead one loses it
_MOVES = 0.5  # seconds


class Stopping(Exception):
    """The clock tower was asked to stop; the piece in hand was finished, the rest is left for the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """Something to do every so many seconds. `is_shared`: several schedulers may do it at the same time.

    `is_noted`: when it was begun and done is written down, for /health; a mere look is not worth it.
    """

    name: str
    seconds: float
    verb: Callable[["Tower", "Tick"], bool]
    is_shared: bool = False
    is_noted: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Tower:
    """What a tick works with; `stop` is set when it was asked to stop, `stepping` held while it takes a step."""

    ports: Ports
    postbox: Postbox
    stop: threading.Event
    stepping: threading.Lock = field(default_factory=threading.Lock)
    ask_for_digests: Callable[[], object] = lambda: None

    def hold(self, tick: Tick, seconds: float) -> bool:
        """Take or renew the lease of a tick; False when another scheduler has it."""
        logbook, clock = self.ports.logbook, self.ports.clock
        return logbook.hold(tick.name, owner=self.ports.owner, now=clock.now(), seconds=seconds)

    def go_on(self, tick: Tick) -> None:
        """Between two pieces of work: renew the lease, or stop here when asked to."""
        self.end_if_asked()
        self.hold(tick, _LEASE)

    def end_if_asked(self) -> None:
        """Between two pieces of work that are leased by themselves: stop here when asked to."""
        if self.stop.is_set():
            raise Stopping

    def wait(self) -> None:
        """Wait, in the main thread, until asked to stop.

        A signal may reach another thread, above all after SIGCONT, but Python answers it in this one, once it moves.
        """
        while not self.stop.is_set():
            time.sleep(_MOVES)

    def note(self, tick: Tick, *, is_done: bool) -> None:
        """Write down that the work of a tick begins, or that it is done."""
        ledger, now = self.ports.logbook.reminding, self.ports.clock.now()
        told = ledger.end_tick if is_done else ledger.begin_tick
        told(tick.name, owner=self.ports.owner, now=now)


def _unnoted(_tick: Tick, *, is_done: bool) -> None:
    del is_done


def _step(tower: Tower, tick: Tick) -> bool:
    if not tower.stepping.acquire(blocking=False):  # a hint's step is under way in this process, under our own lease
        return True
    try:
        return _take_step(tower, tick)
    finally:
        tower.stepping.release()


def _take_step(tower: Tower, tick: Tick) -> bool:
    def between(*_piece: object) -> None:
        tower.go_on(tick)

    # Taken before anything is read: a hint that comes from now on leads to one more step.
    tower.ports.logbook.signals.take_hint()
    report = keep_step(tower.ports, StepOrder(is_unattended=True), on_page=between, on_progress=between)
    if report.is_dry:
        _LOG.warning("step: %s", report.why_dry)
        return False
    did = report.delivered
    _LOG.info(
        "step: %d patients reviewed, %d entries written, %d wait", len(report.reviews), did.done, report.waiting
    )
    for problem in report.pulled.problems:
        _LOG.warning("step: incomplete, read again at the next tick: %s", without_ids(problem))
    return report.is_complete


def _hinted_step(tower: Tower, _tick: Tick) -> bool:
    """Take a step now if somebody says that something changed; a step under way lets the hint wait for its end."""
    if tower.stepping.locked() or not tower.ports.logbook.signals.is_hinted():
        return True
    return run_tick(tower, STEP)


def _reminders(tower: Tower, _tick: Tick) -> bool:
    tower.ask_for_digests()
    report = send_reminders(tower.ports, tower.postbox, between=tower.end_if_asked)
    if report.sent or report.failed or report.unknown or report.cancelled:
        words = "reminders: %d sent, %d failed, %d unknown, %d no longer held"
        _LOG.info(words, report.sent, report.failed, report.unknown, report.cancelled)
    if report.is_held and (waiting := tower.ports.logbook.reminding.going_live().waiting):
        _LOG.warning("reminders: %d wait until a person lets them go (horehab reminders release)", waiting)
    return True


def _heartbeat(_tower: Tower, _tick: Tick) -> bool:
    return True  # that it was done is noted, and that is all


STEP = Tick(name="step", seconds=60, verb=_step)

TICKS = (
    Tick(name="heartbeat", seconds=20, verb=_heartbeat, is_shared=True),
    STEP,
    # Only a look: the step that a hint leads to is leased as every step.
    Tick(name="hints", seconds=5, verb=_hinted_step, is_shared=True, is_noted=False),
    # Each reminder is leased by itself: no lease over the whole tick is needed.
    Tick(name="reminders", seconds=15, verb=_reminders, is_shared=True),
)


def run_tick(tower: Tower, tick: Tick, *, on_error: Callable[[HorehabError], object] | None = None) -> bool:
    """Do a tick's work once, unless another scheduler does; True when it is done or not ours to do.

    Whatever fails is logged in one line without patient data, and the next tick tries again; `on_error` is
    told an error that was raised on purpose, for who wants its exit code.
    """
    try:
        if not tick.is_shared and not tower.hold(tick, _LEASE):
            return True
        note = tower.note if tick.is_noted else _unnoted
        note(tick, is_done=False)
        done = tick.verb(tower, tick)
        note(tick, is_done=True)
        if not tick.is_shared:
            # Kept until shortly before the next tick is due: the work of this one is done, by all schedulers.
            tower.hold(tick, tick.seconds * 0.9)
    except Stopping:
        return True
    except HorehabError as error:
        _LOG.warning("%s: %s", tick.name, error)
        if on_error is not None:
            on_error(error)
    except Exception as error:  # noqa: BLE001  # a failing tick must not stop the clock; its words may hold patient data
        _LOG.error("%s failed (%s); the next tick tries again", tick.name, type(error).__name__)
    else:
        return done
    return False


def start_clock(tower: Tower, ticks: tuple[Tick, ...] = TICKS) -> BackgroundScheduler:
    """Start ticking in threads of its own; a late tick is run once, however late, and never twice at a time."""
    clock = BackgroundScheduler(
        jobstores={"default": MemoryJobStore()},
        executors={"default": ThreadPoolExecutor(len(ticks))},
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        timezone=UTC,
    )
    # APScheduler goes by the machine's clock: with another it would count up every tick missed since.
    at_once = SystemClock(zone=ZoneInfo("UTC")).now()
    for tick in ticks:
        trigger = IntervalTrigger(seconds=tick.seconds, timezone=UTC)
        clock.add_job(run_tick, trigger, (tower, tick), id=tick.name, next_run_time=at_once)
    clock.start()
    return clock
