"""A clock tower over a real store and a real embedded server, with one published patient in it."""

import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from shutil import copy

import pytest

from horehab.clock import SetClock
from horehab.demo.published import patients
from horehab.demo.story import Story
from horehab.settings import Settings
from horehab.wiring import opened_ports
from scheduler.postbox import postbox_of
from scheduler.ticks import Tower
from tests.scheduler.office_desk import Desk, opened_desk
from tests.servers.sandbox import RunningSandbox


@pytest.fixture(scope="session")
def story() -> Story:
    """The first published patient."""
    return patients()[0]


@pytest.fixture
def settings(sandbox: RunningSandbox, tmp_path: Path, story: Story) -> Settings:
    """Settings of a ward whose chart holds the first published patient up to the day of the suspicion."""
    for resource in story.chart_on(story.expected[0].last):
        sandbox.store.put(resource)
    return Settings(
        fhir_url=sandbox.url,
        database_url=f"sqlite:///{tmp_path}/horehab.sqlite3",
        time_zone="Europe/Madrid",
        team_email="team@ward.example",
    )


@pytest.fixture
def clock(settings: Settings, story: Story) -> SetClock:
    """A clock that stands at noon of the last day on which the suspicion is in time."""
    clock = SetClock(zone=settings.zone)
    clock.set_day(story.expected[0].last)
    return clock


@pytest.fixture
def tower(settings: Settings, clock: SetClock) -> Iterator[Tower]:
    """A clock tower without a mail server."""
    with opened_ports(settings, clock=clock) as ports:
        postbox = postbox_of(settings, ports)
        yield Tower(ports=ports, postbox=postbox, stop=threading.Event())


@pytest.fixture
def restored_signals() -> Iterator[None]:
    """The scheduler run inside the test's own process takes its signals: give them back."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def desk(tables: Path, tmp_path: Path) -> Iterator[Desk]:
    """The post office of a ward with one patient."""
    copy(tables, tmp_path / "desk.sqlite3")
    with opened_desk(tmp_path / "desk.sqlite3") as opened:
        yield opened
