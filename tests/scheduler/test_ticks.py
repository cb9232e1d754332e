"""The ticks: each one's work is done once, whatever fails is tried again, and nothing of a patient is logged."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from horehab.clock import SetClock
from horehab.settings import Settings
from horehab.usecases.ports import Chart
from horehab.wiring import open_chart, opened_ports
from scheduler.ticks import TICKS, Stopping, Tick, Tower, run_tick, start_clock
from tests.servers.faults import FaultyProxy, answers
from tests.servers.proxying import faulty_proxy
from tests.servers.sandbox import RunningSandbox

HEARTBEAT, STEP, HINTS, REMINDERS = TICKS


@contextmanager
def _another(tower: Tower, settings: Settings) -> Iterator[Tower]:
    """A second scheduler over the same store, as on another machine."""
    with opened_ports(settings, clock=tower.ports.clock) as ports:
        yield replace(tower, ports=ports)


def test_a_step_reads_reviews_and_writes_the_suspicion(tower: Tower) -> None:
    assert run_tick(tower, STEP)
    done = [row for row in tower.ports.logbook.outbox(open_only=False) if row.state == "done"]
    assert any(row.key.startswith("suspicion:") for row in done)


def _silent(settings: Settings) -> Chart:
    return open_chart(replace(settings, fhir_url="http://127.0.0.1:9/fhir", timeout=5))


def test_of_two_schedulers_one_does_the_work_of_a_tick(tower: Tower, settings: Settings, clock: SetClock) -> None:
    with _another(tower, settings) as other:
        assert run_tick(tower, STEP)
        # Its server does not answer: if it asked, the tick would fail.
        away = replace(other, ports=replace(other.ports, chart=_silent(settings)))
        assert run_tick(away, STEP)
        clock.advance(timedelta(seconds=STEP.seconds * 0.95))
        assert not run_tick(away, STEP)


def test_a_scheduler_that_died_in_a_step_is_followed_by_another_after_its_lease(
    tower: Tower, settings: Settings, clock: SetClock
) -> None:
    with _another(tower, settings) as other:
        assert tower.hold(STEP, 180)
        assert run_tick(other, STEP)
        assert other.ports.logbook.last_review() is None
        clock.advance(timedelta(seconds=181))
        assert run_tick(other, STEP)
        assert other.ports.logbook.last_review() is not None


def test_the_heartbeat_tells_the_pages_that_the_tower_lives(tower: Tower, clock: SetClock) -> None:
    assert run_tick(tower, HEARTBEAT)
    assert tower.ports.logbook.health(now=clock.now()).last_tick == clock.now()


def test_a_failing_tick_is_logged_without_patient_data_and_tried_again(
    tower: Tower, caplog: pytest.LogCaptureFixture
) -> None:
    calls: list[str] = []

    def fails_once(_tower: Tower, _tick: Tick) -> bool:
        calls.append("called")
        if len(calls) == 1:
            raise RuntimeError("canary: Patient/7 of Ana Ruiz")
        return True

    tick = Tick(name="canary", seconds=1, verb=fails_once)
    with caplog.at_level(logging.DEBUG):
        assert not run_tick(tower, tick)
        assert run_tick(tower, tick)
    assert "RuntimeError" in caplog.text
    assert "Ana Ruiz" not in caplog.text
    assert "Patient/7" not in caplog.text


def test_no_patient_stands_in_the_log_of_a_step(tower: Tower, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        assert run_tick(tower, STEP)
        assert run_tick(tower, REMINDERS)
    patient = tower.ports.logbook.patients()[0]
    # The doors' own loggers; a library's DEBUG lines (urllib3) are off outside tests.
    said = " ".join(
        record.getMessage() for record in caplog.records if record.name.startswith(("scheduler", "horehab"))
    )
    assert patient.removeprefix("Patient/") not in said
    assert "patients reviewed" in caplog.text


def test_a_server_that_does_not_answer_does_not_stop_the_clock(tower: Tower, settings: Settings) -> None:
    silent = replace(tower, ports=replace(tower.ports, chart=_silent(settings)))
    assert not run_tick(silent, STEP)
    assert run_tick(tower, STEP)


def test_a_tower_that_is_asked_to_stop_ends_between_two_pieces_and_loses_nothing(tower: Tower) -> None:
    tower.stop.set()
    with pytest.raises(Stopping):
        tower.go_on(STEP)
    assert run_tick(tower, STEP)
    assert tower.ports.logbook.last_review() is None
    tower.stop.clear()
    assert run_tick(tower, STEP)
    assert tower.ports.logbook.last_review() is not None


def test_the_clock_ticks_at_once_and_again_however_late(tower: Tower) -> None:
    seen: list[str] = []
    twice = threading.Event()

    def note(_tower: Tower, tick: Tick) -> bool:
        seen.append(tick.name)
        if len(seen) > 1:
            twice.set()
        return True

    ticking = start_clock(tower, (Tick(name="note", seconds=0.2, verb=note, is_shared=True),))
    try:
        assert twice.wait(10)
    finally:
        ticking.shutdown(wait=True)


def test_the_ticker_is_set_so_that_no_tick_is_dropped_or_doubled(tower: Tower) -> None:
    ticking = start_clock(tower, (Tick(name="later", seconds=3600, verb=lambda *_: True, is_shared=True),))
    try:
        (job,) = ticking.get_jobs()
        assert (job.misfire_grace_time, job.coalesce, job.max_instances) == (None, True, 1)
        assert str(ticking.timezone) == "UTC"
    finally:
        ticking.shutdown(wait=True)


def _passes(proxy: FaultyProxy) -> int:
    """Count the passes that reached the server: each begins by reading what it offers."""
    return len(proxy.requests("GET", "/metadata"))


@pytest.fixture
def counted(tower: Tower, settings: Settings, sandbox: RunningSandbox) -> Iterator[tuple[Tower, FaultyProxy]]:
    """The tower before a server whose requests are counted, after its first step."""
    with faulty_proxy(sandbox.url) as proxy:
        chart = open_chart(replace(settings, fhir_url=proxy.url, timeout=5))
        proxied = replace(tower, ports=replace(tower.ports, chart=chart))
        assert run_tick(proxied, STEP)
        yield proxied, proxy


def test_nineteen_hints_lead_to_one_pass_at_the_next_look(counted: tuple[Tower, FaultyProxy]) -> None:
    tower, proxy = counted
    before = _passes(proxy)
    assert run_tick(tower, HINTS)
    assert _passes(proxy) == before, "nobody rang"
    for _ in range(19):
        tower.ports.logbook.signals.hint(now=tower.ports.clock.now())
    assert run_tick(tower, HINTS)
    assert run_tick(tower, HINTS)
    assert _passes(proxy) == before + 1


def test_a_hint_during_a_pass_leads_to_one_more(
    counted: tuple[Tower, FaultyProxy], monkeypatch: pytest.MonkeyPatch
) -> None:
    tower, proxy = counted
    rung: list[bool] = []
    go_on = Tower.go_on

    def rings_in_between(here: Tower, tick: Tick) -> None:
        if not rung:
            here.ports.logbook.signals.hint(now=here.ports.clock.now())
            rung.append(run_tick(here, HINTS))  # another thread's look, while this step is under way
        go_on(here, tick)

    monkeypatch.setattr(Tower, "go_on", rings_in_between)
    before = _passes(proxy)
    assert run_tick(tower, STEP)
    assert rung == [True]
    assert _passes(proxy) == before + 1, "the look left the step under way alone"
    assert run_tick(tower, HINTS)
    assert run_tick(tower, HINTS)
    assert _passes(proxy) == before + 2


def test_while_a_hints_step_is_under_way_the_regular_step_is_not_taken_beside_it(
    counted: tuple[Tower, FaultyProxy],
) -> None:
    tower, proxy = counted
    before = _passes(proxy)
    with tower.stepping:
        assert run_tick(tower, STEP)
    assert _passes(proxy) == before
    assert run_tick(tower, STEP), "the sweep comes on its interval, rung or not"
    assert _passes(proxy) == before + 1


def test_a_hint_waits_while_another_scheduler_steps(counted: tuple[Tower, FaultyProxy], settings: Settings) -> None:
    tower, proxy = counted
    with _another(tower, settings) as other:
        tower.ports.logbook.signals.hint(now=tower.ports.clock.now())
        before = _passes(proxy)
        assert run_tick(other, HINTS)
        assert _passes(proxy) == before
        assert tower.ports.logbook.signals.is_hinted()
    assert run_tick(tower, HINTS)
    assert _passes(proxy) == before + 1


def test_a_server_that_stays_away_is_left_alone_and_the_log_says_it_in_one_sentence(
    counted: tuple[Tower, FaultyProxy], clock: SetClock, caplog: pytest.LogCaptureFixture
) -> None:
    tower, proxy = counted
    proxy.set(answers(503, retry_after="600"))
    assert not run_tick(tower, STEP)
    asked = len(proxy.requests())
    for _ in range(4):
        clock.advance(timedelta(seconds=60))
        tower.ports.logbook.signals.hint(now=clock.now())
        caplog.clear()
        assert not run_tick(tower, HINTS), "a hint hammers no more than a tick does"
        (said,) = [record.getMessage() for record in caplog.records if record.name == "scheduler"]
        assert said.startswith("step: The FHIR server did not answer")
        assert "left alone until" in said
    assert len(proxy.requests()) == asked
    proxy.set()
    clock.advance(timedelta(minutes=15))
    assert run_tick(tower, STEP)
