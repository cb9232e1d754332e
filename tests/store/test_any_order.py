"""Whatever the order, repetition and paging in which a chart is read, the store comes out the same."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from horehab.domain.record import PatientRecord
from horehab.store import SqlLogbook, open_logbook
from horehab.usecases.exchange import ChartItem, SetAside
from tests.store.making import NOW, broken, gone, item, page, person

PATIENTS = ["Patient/a", "Patient/b", "Patient/c"]


@st.composite
def histories(draw: st.DrawFn) -> list[ChartItem]:
    """Versions of some resources: read, set aside, gone, moved to another patient; patients who merge."""
    found: list[ChartItem] = []
    for name in draw(st.sets(st.sampled_from(["Observation/1", "Observation/2", "Observation/3"]), min_size=1)):
        for version in range(1, draw(st.integers(1, 4)) + 1):
            patient = draw(st.sampled_from(PATIENTS))
            make = draw(st.sampled_from([item, broken, gone]))
            found.append(make(name, version, patient))
    for name in draw(st.sets(st.sampled_from(PATIENTS))):
        for version in range(1, draw(st.integers(1, 2)) + 1):
            to = draw(st.none() | st.sampled_from(PATIENTS))
            found.append(person(name, version, name=f"{name} {version}", replaced_by=to if to != name else None))
    return found


State = tuple[tuple[str, ...], dict[str, PatientRecord], tuple[SetAside, ...]]


def state_of(logbook: SqlLogbook) -> State:
    patients = logbook.patients()
    return patients, {name: logbook.record(name) for name in patients}, logbook.set_aside()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlLogbook]:
    """One store for all examples, emptied before each: making a new one would take most of the time."""
    path = tmp_path_factory.mktemp("order") / "x.sqlite3"
    logbook = open_logbook(f"sqlite:///{path}", zone=ZoneInfo("Europe/Madrid"))
    yield logbook
    logbook.close()


@settings(max_examples=100, deadline=None)
@given(data=st.data(), history=histories())
def test_any_order_repetition_and_paging_gives_the_same_store(
    shared: SqlLogbook, data: st.DataObject, history: list[ChartItem]
) -> None:
    shuffled = data.draw(st.permutations(history + data.draw(st.lists(st.sampled_from(history), max_size=4))))
    size = data.draw(st.integers(1, len(shuffled)))
    shared.rebuild()
    shared.keep(page(*history), now=NOW)
    straight = state_of(shared)
    shared.rebuild()
    for start in range(0, len(shuffled), size):
        shared.keep(page(*shuffled[start : start + size]), now=NOW)
    assert state_of(shared) == straight
