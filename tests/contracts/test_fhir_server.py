"""One contract for FHIR servers: the sandbox and HAPI must answer alike, but for the measured differences."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contracts.asking import Asker, Behaviour
from tests.contracts.fhir_bundles import BUNDLES
from tests.contracts.fhir_finding import FINDING
from tests.contracts.fhir_shapes import SHAPES
from tests.contracts.fhir_writing import WRITING
from tests.servers.hapi import on_postgresql, start_hapi
from tests.servers.postgresql import PostgresqlServer
from tests.servers.sandbox import start_sandbox

BEHAVIOURS = (*WRITING, *SHAPES, *FINDING, *BUNDLES)
DIFFERENCES = tomllib.loads(Path(__file__).with_name("differences.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def on_sandbox() -> Iterator[Asker]:
    with start_sandbox() as running:
        asker = Asker(base=running.url)
        yield asker
        asker.session.close()


@pytest.fixture(scope="module")
def on_hapi(hapi_url: str) -> Iterator[Asker]:
    asker = Asker(base=hapi_url)
    yield asker
    asker.session.close()


def by_sentence(behaviour: Behaviour) -> str:
    return behaviour.sentence


@pytest.mark.parametrize("behaviour", BEHAVIOURS, ids=by_sentence)
def test_the_sandbox_does_what_we_rely_on(behaviour: Behaviour, on_sandbox: Asker) -> None:
    assert behaviour.question(on_sandbox) == behaviour.expected


@pytest.fixture(scope="module")
def on_hapi_over_postgresql(_postgresql: PostgresqlServer) -> Iterator[Asker]:
    with _postgresql.fresh_database() as database, start_hapi(options=on_postgresql(database)) as url:
        asker = Asker(base=url)
        yield asker
        asker.session.close()


@pytest.mark.needs("HAPI")
@pytest.mark.parametrize("behaviour", BEHAVIOURS, ids=by_sentence)
def test_hapi_does_the_same_but_for_the_measured_differences(behaviour: Behaviour, on_hapi: Asker) -> None:
    _answers_as_measured(behaviour, on_hapi)


@pytest.mark.needs("HAPI")
@pytest.mark.parametrize("behaviour", BEHAVIOURS, ids=by_sentence)
def test_hapi_over_postgresql_does_as_hapi_in_memory(behaviour: Behaviour, on_hapi_over_postgresql: Asker) -> None:
    _answers_as_measured(behaviour, on_hapi_over_postgresql)


def _answers_as_measured(behaviour: Behaviour, asker: Asker) -> None:
    difference = DIFFERENCES.get(behaviour.sentence)
    answer = behaviour.question(asker)
    if difference is None:
        assert answer == behaviour.expected
    else:
        assert plain(answer) == difference["hapi"], difference["reason"]


def plain(answer: object) -> object:
    """Bring an answer into the shapes that TOML has, so that it can be compared with the table."""
    if isinstance(answer, tuple | list):
        return [plain(one) for one in answer]
    return answer


def test_every_listed_difference_names_a_behaviour_and_differs_from_it() -> None:
    expected = {behaviour.sentence: plain(behaviour.expected) for behaviour in BEHAVIOURS}
    assert set(DIFFERENCES) <= set(expected)
    assert [name for name, difference in DIFFERENCES.items() if difference["hapi"] == expected[name]] == []
    assert all(difference["reason"] for difference in DIFFERENCES.values())


def test_the_contract_is_broad() -> None:
    assert len({behaviour.sentence for behaviour in BEHAVIOURS}) == len(BEHAVIOURS) >= 60
