"""When a code is mapped does not matter: before reading, in between or after; forgotten is as never mapped."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from horehab.domain.local_code import CodeMeaning, LocalCode, meaning_of
from horehab.settings import Settings
from horehab.store import SqlLogbook
from horehab.usecases.exchange import ChartItem, ChartPage
from horehab.usecases.map_code import forget_code, map_codes
from horehab.usecases.ports import Ports
from horehab.usecases.read_again import catch_up
from horehab.wiring import opened_ports

SYSTEMS = ("urn:ward", "urn:other", "")
CODES = ("A", "B", 'flexión "izq" 1/2')
MEANINGS = (
    "hip-flexion-passive-left", "hip-flexion", "knee", "left", "flexion", "pain-hip-left", "bilirubin", "swelling",
    "nothing", "active",
)  # fmt: skip
TEXTS = (None, "hip flexion left", "Left knee extension passive", "goal hip flexion", "pain", "ALP", "strange")
VALUES: tuple[dict[str, Any], ...] = (
    {"valueQuantity": {"value": 88, "unit": "deg", "system": "http://unitsofmeasure.org", "code": "deg"}},
    {"valueQuantity": {"value": 6}},
    {"valueQuantity": {"value": 40, "unit": "U/L"}},
    {"valueBoolean": True},
    {"dataAbsentReason": {"text": "not done"}},
)


def local_codes() -> st.SearchStrategy[LocalCode]:
    return st.builds(LocalCode, system=st.sampled_from(SYSTEMS), code=st.sampled_from(CODES))


@st.composite
def concepts(draw: st.DrawFn) -> dict[str, Any]:
    """A coded concept with local codes, words, or both."""
    found: dict[str, Any] = {}
    codes = draw(st.lists(local_codes(), max_size=2))
    if codes:
        found["coding"] = [{"code": each.code} | ({"system": each.system} if each.system else {}) for each in codes]
    text = draw(st.sampled_from((*TEXTS, *CODES)))
    return found | ({"text": text} if text else {})


@st.composite
def observations(draw: st.DrawFn) -> dict[str, Any]:
    """A measurement as some hospital might write it."""
    found: dict[str, Any] = {
        "resourceType": "Observation",
        "id": f"o{draw(st.integers(0, 5))}",
        "meta": {"versionId": str(draw(st.integers(1, 3)))},
        "status": draw(st.sampled_from(("final", "final", "entered-in-error"))),
        "code": draw(concepts()),
        "subject": {"reference": draw(st.sampled_from(("Patient/a", "Patient/b")))},
        "effectiveDateTime": draw(st.sampled_from(("2026-01-05T10:00:00Z", "2026-02-01"))),
    }
    if draw(st.booleans()):
        found["bodySite"] = draw(concepts())
    if draw(st.booleans()):
        found["component"] = [{"code": draw(concepts()), **draw(st.sampled_from(VALUES))}]
        return found
    found.update(draw(st.sampled_from(VALUES)))
    return found


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ports]:
    """One store for all examples, emptied before each."""
    folder = tmp_path_factory.mktemp("mapping")
    chosen = Settings(fhir_url="http://127.0.0.1:9/fhir", database_url=f"sqlite:///{folder}/x.sqlite3")
    with opened_ports(chosen) as ports:
        yield ports


def begin(ports: Ports) -> None:
    for each in ports.logbook.codes.mappings():
        ports.logbook.codes.forget(each.local)
    assert isinstance(ports.logbook, SqlLogbook)
    ports.logbook.rebuild()
    catch_up(ports)


def read(ports: Ports, history: list[dict[str, Any]]) -> None:
    """Keep resources as a page of the EHR, understood as of now."""
    items = tuple(_item(ports, each) for each in history)
    ports.logbook.keep(ChartPage(kind="Observation", items=items), now=ports.clock.now())


def _item(ports: Ports, resource: dict[str, Any]) -> ChartItem:
    source = json.dumps(resource, ensure_ascii=len(resource) % 2 == 0).encode()
    return ports.chart.read_again(f"Observation/{resource['id']}", source)


def known(ports: Ports) -> object:
    logbook = ports.logbook
    records = {name: logbook.record(name) for name in logbook.patients()}
    return records, logbook.set_aside(), logbook.codes.to_map()


MAPPINGS = st.lists(st.tuples(local_codes(), st.sampled_from(MEANINGS).map(meaning_of)), min_size=1, max_size=3)
Mappings = list[tuple[LocalCode, CodeMeaning]]


def versions_apart(history: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Let one version of a resource say one thing only, as servers hold it."""
    seen: dict[tuple[str, str], dict[str, Any]] = {}
    for each in history:
        seen.setdefault((each["id"], each["meta"]["versionId"]), each)
    return list(seen.values())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(observations(), max_size=8).map(versions_apart), mapped=MAPPINGS, at=st.integers(0, 8))
def test_a_code_mapped_after_some_pages_is_as_one_mapped_before_reading(
    shared: Ports, history: list[dict[str, Any]], mapped: Mappings, at: int
) -> None:
    begin(shared)
    map_codes(shared, mapped, who="eva")
    read(shared, history)
    straight = known(shared)
    begin(shared)
    read(shared, history[:at])
    map_codes(shared, mapped, who="eva")
    read(shared, history[at:])
    assert known(shared) == straight


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(observations(), max_size=8).map(versions_apart), mapped=MAPPINGS)
def test_a_code_that_was_forgotten_is_as_one_never_mapped(
    shared: Ports, history: list[dict[str, Any]], mapped: Mappings
) -> None:
    begin(shared)
    read(shared, history)
    straight = known(shared)
    map_codes(shared, mapped, who="eva")
    for local in dict(mapped):
        forget_code(shared, local, who="eva")
    assert known(shared) == straight
