"""Starts the embedded FHIR server for a test, on a free port of loopback, in memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from horehab.clock import SetClock
from horehab.sandbox import SandboxStore, create_sandbox, serve

START = datetime(2026, 1, 1, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningSandbox:
    """A sandbox that answers at `url`; what it holds, and the clock that dates its writes."""

    url: str
    store: SandboxStore
    clock: SetClock


@contextmanager
def start_sandbox() -> Iterator[RunningSandbox]:
    """Run an empty sandbox for as long as the block lasts; its clock stands at 2026-01-01 12:00 UTC."""
    clock = SetClock(zone=ZoneInfo("UTC"), instant=START)
    store = SandboxStore(clock=clock)
    try:
        with serve(create_sandbox(store, clock=clock)) as serving:
            yield RunningSandbox(url=serving.url, store=store, clock=clock)
    finally:
        store.close()
