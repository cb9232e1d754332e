"""A clock tower that dies is missed, and one that is asked to stop finishes the reminder in its hand."""

import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests

from horehab.cli.serving import make_app
from horehab.clock import SystemClock
from horehab.domain.reminder import ReminderState
from horehab.sandbox import serve
from horehab.settings import Settings, read_settings
from horehab.wiring import opened_ports
from tests.scheduler.towers import put_down, running_tower
from tests.servers.sandbox import RunningSandbox
from tests.servers.sms import start_sms
from tests.soak.reminder_ward import patient_of, settings_of

LIMIT = timedelta(seconds=60)
PATIENCE = 180.0


@dataclass(slots=True)
class Ahead:
    """The machine's clock, or as much ahead of it as is said."""

    by: timedelta = timedelta()
    machine: SystemClock = field(default_factory=lambda: SystemClock(zone=ZoneInfo("Europe/Madrid")))

    def now(self) -> datetime:
        return self.machine.now() + self.by

    def today(self) -> date:
        return self.now().astimezone(self.machine.zone).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitor:
    """Who looks at /health over the network, by a clock that can be moved."""

    url: str
    clock: Ahead

    def look(self) -> dict[str, Any]:
        answer = requests.get(f"{self.url}/health", timeout=10)
        assert answer.status_code == 200
        told: dict[str, Any] = answer.json()
        return told

    def wait_for(self, is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        until = time.monotonic() + PATIENCE
        while not is_so(told := self.look()):
            assert time.monotonic() < until, told
            time.sleep(0.1)
        return told


@contextmanager
def monitored(settings: Settings) -> Iterator[Monitor]:
    clock = Ahead()
    with serve(make_app(settings, clock=clock)) as pages:
        yield Monitor(url=pages.url.removesuffix("/fhir"), clock=clock)


def _begun(told: Mapping[str, Any]) -> datetime:
    beat = told["ticks"].get("heartbeat")
    return datetime.fromisoformat(beat["done"]) if beat and beat["done"] else datetime.min.replace(tzinfo=UTC)


def test_health_turns_red_within_a_minute_of_kill_9_says_why_and_is_well_again_after_a_new_start(
    settings: Settings, tmp_path: Path
) -> None:
    environment = {
        "HOREHAB_FHIR_URL": settings.fhir_url,
        "HOREHAB_DATABASE_URL": settings.database_url,
        "HOREHAB_TIME_ZONE": settings.time_zone,
    }
    with monitored(read_settings(environment)) as monitor:
        assert "never" in monitor.look()["why"][0]
        with running_tower(environment, tmp_path / "said") as tower:
            told = monitor.wait_for(lambda now: now["last_pass"] is not None and _begun(now).year > 1)
            assert (told["status"], told["is_ticking"], told["why"]) == ("ok", True, []), told
            tower.send_signal(signal.SIGKILL)
            assert tower.wait(PATIENCE) == -signal.SIGKILL
        last = datetime.fromisoformat(monitor.look()["last_tick"])
        monitor.clock.by = LIMIT + timedelta(seconds=1) - (monitor.clock.now() - last)
        told = monitor.look()
        assert (told["status"], told["is_ticking"]) == ("degraded", False)
        assert "python -m scheduler" in told["why"][0]
        assert last.isoformat() in told["why"][0]
        monitor.clock.by = timedelta()
        with running_tower(environment, tmp_path / "said"):
            told = monitor.wait_for(lambda now: _begun(now) > last)
            assert (told["status"], told["is_ticking"], told["why"]) == ("ok", True, [])


@pytest.mark.parametrize("drops_repeats", [False, True])
def test_a_tower_that_is_asked_to_stop_finishes_what_it_has_in_hand_and_gives_the_rest_back(
    sandbox: RunningSandbox, tmp_path: Path, drops_repeats: bool
) -> None:
    reminders, piece = (30, 16) if drops_repeats else (6, 1)
    for number in range(8):
        sandbox.store.put(patient_of(number))
    with start_sms(drops_repeats=drops_repeats) as gateway:
        (tmp_path / "gateway.toml").write_text(gateway.template(), encoding="utf-8")
        database = f"sqlite:///{tmp_path}/horehab.sqlite3"
        environment = settings_of(fhir=sandbox.url, database=database, template=str(tmp_path / "gateway.toml"))
        with opened_ports(read_settings(environment)) as ports:
            put_down(ports, reminders)
            asked, towers = threading.Event(), list[subprocess.Popen[str]]()

            def ask_to_stop(_when: str) -> None:
                if not asked.is_set():
                    asked.set()
                    towers[0].send_signal(signal.SIGTERM)
                    time.sleep(0.5)  # it hears of it while the answer is still to come

            with running_tower(environment, tmp_path / "said") as tower:
                towers.append(tower)
                gateway.strike = ask_to_stop
                assert tower.wait(PATIENCE) == 0
            states = [row.state for row in ports.logbook.reminders()]
            attempts = ports.logbook.reminding.attempts()
    assert states.count(ReminderState.SENT) == len(gateway.raw) == piece
    assert states.count(ReminderState.DUE) == reminders - piece
    assert [attempt.outcome for attempt in attempts] == [ReminderState.SENT] * piece
    assert "finishing the piece in hand" in (tmp_path / "said").read_text(encoding="utf-8")
