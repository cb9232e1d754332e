"""Whatever the order, repetition and paging in which a chart is served: same memory, same suspicions, same outbox."""

import os
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from horehab.clock import SetClock
from horehab.domain.suspicion import Tier
from horehab.settings import Settings
from horehab.store import tables
from horehab.store.engine import writing
from horehab.store.heads import metadata
from horehab.usecases.exchange import CaseloadQuery
from horehab.usecases.keep_step import keep_step
from horehab.usecases.ports import Ports
from horehab.wiring import opened_ports
from tests.servers.in_process import BASE, connect
from tests.soak.lives import in_memory
from tests.soak.served import Resource, ServedHistory
from tests.usecases.conftest import DAY_ONE, flexion, pain

EXAMPLES = int(os.environ.get("SOAK_EXAMPLES", "25"))
AT_ONCE = 250
PIECES = -(-EXAMPLES // AT_ONCE)
"""So that several processes share them evenly, and one sees how far they are."""


_VISITS = ((110, 2), (112, 2), (111, 2), (96, 6), (84, 6), (80, 6))
_PEOPLE = ("ana", "bea")
CLOCK = SetClock(zone=Settings(time_zone="Europe/Madrid").zone)


@pytest.fixture(scope="module")
def ports() -> Iterator[Ports]:
    """One house for all examples, its memory emptied before each; nothing leaves it without a person."""
    with tempfile.TemporaryDirectory(dir=in_memory()) as folder:
        yield from opened(Path(folder))


def opened(folder: Path) -> Iterator[Ports]:
    CLOCK.set_day(DAY_ONE + timedelta(days=25))
    chosen = Settings(
        fhir_url=BASE, database_url=f"sqlite:///{folder}/x.sqlite3", time_zone="Europe/Madrid", write="approve"
    )
    with opened_ports(chosen, clock=CLOCK) as found:
        yield found


def _versions(resource: Resource, changes: list[Resource], minute: int) -> list[Resource]:
    found = []
    for number, change in enumerate([{}, *changes], start=1):
        moment = f"2026-03-20T{10 + number:02}:{minute % 60:02}:{minute // 60:02}.000+00:00"
        found.append({**resource, **change, "meta": {"versionId": str(number), "lastUpdated": moment}})
    return found


_CHANGES: tuple[Resource, ...] = (
    {"status": "amended"},
    {"status": "entered-in-error"},
    {"status": "preliminary"},
    {"valueQuantity": {"value": 104}},
    {"valueQuantity": None, "dataAbsentReason": {"text": "refused"}},
    {"subject": {"reference": "Patient/bea"}},
)


@st.composite
def histories(draw: st.DrawFn) -> list[list[Resource]]:
    """The versions of each resource of two patients: a hip that falls, and what people change afterwards."""
    people = [{"resourceType": "Patient", "id": name, "name": [{"text": name}]} for name in _PEOPLE]
    found = [_versions(each, [], number) for number, each in enumerate(people)]
    for number, (degrees, score) in enumerate(_VISITS):
        day: date = DAY_ONE + timedelta(days=4 * number)
        for each in (flexion(f"rom-{number}", day, degrees), pain(f"pain-{number}", day, score)):
            is_changed = draw(st.integers(0, 3)) == 0
            changes = draw(st.lists(st.sampled_from(_CHANGES), min_size=1, max_size=3)) if is_changed else []
            found.append(_versions(each, changes, len(found)))
    return found


def _state(ports: Ports) -> Any:
    book = ports.logbook
    names = book.patients()
    rows = book.caseload(CaseloadQuery()).rows
    return {
        "records": {name: book.record(name) for name in names},
        "set aside": book.set_aside(),
        "verdicts": {row.patient.reference: (row.need, row.verdicts) for row in rows},
        "outbox": sorted((row.key, row.patient, repr(row.entry)) for row in book.outbox()),
        "reminders": sorted(row.reminder.key for row in book.reminders()),
    }


def read(ports: Ports, versions: list[Resource], size: int) -> Any:
    """Read these versions into an emptied house and give its state."""
    logbook: Any = ports.logbook
    with writing(logbook._engine) as connection:
        for table in reversed(metadata.sorted_tables):
            if table is not tables.installation:
                connection.execute(delete(table))
    connect(ports.chart, ServedHistory(versions=versions, size=size, clock=CLOCK).answer)
    report = keep_step(ports)
    assert not report.pulled.problems
    return _state(ports)


@pytest.mark.parametrize("_", range(PIECES))
@settings(max_examples=min(EXAMPLES, AT_ONCE), deadline=None, suppress_health_check=[HealthCheck.differing_executors])
@given(data=st.data(), history=histories())
def test_any_order_repetition_and_paging_of_a_chart_gives_the_same_house(
    ports: Ports, data: st.DataObject, history: list[list[Resource]], _: int
) -> None:
    straight = read(ports, [versions[-1] for versions in history], 100)
    everything = [version for versions in history for version in versions]
    size = data.draw(st.sampled_from((1, 3, 7, 100)))
    repeats = 2 if size == 1 else 6  # three pages without anything new would be taken for a circle
    again = data.draw(st.lists(st.sampled_from(everything), max_size=repeats))
    shuffled = data.draw(st.permutations(everything + again))
    assert read(ports, shuffled, size) == straight


def test_and_the_unchanged_story_is_a_suspicion(ports: Ports) -> None:
    plain: list[Resource] = []
    for number, (degrees, score) in enumerate(_VISITS):
        day = DAY_ONE + timedelta(days=4 * number)
        plain += _versions(flexion(f"rom-{number}", day, degrees), [], number)
        plain += _versions(pain(f"pain-{number}", day, score), [], number)
    state = read(ports, [{"resourceType": "Patient", "id": "ana"}, *plain], 5)
    assert state["verdicts"]["Patient/ana"][0].tier is Tier.SUSPECT
    assert any(key.startswith("suspicion:") for key, _, _ in state["outbox"])
