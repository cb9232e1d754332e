"""A server that speaks R5 is read, and what it holds kept as it came; nothing is written there."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from horehab.domain.entries import Outcome
from horehab.usecases.exchange import ChartItem
from tests.fhir.charts import reading
from tests.fhir.in_scope import Pulls, all_items, edited, items, open_pulls, person, problems, told
from tests.fhir.r5_twins import ANA, SPAN, TWINS, VENTILATED, at
from tests.fhir.ward import SUSPICION, chart_at
from tests.servers.faults import Fault, FaultyProxy, Forward, Reply, Seen
from tests.servers.sandbox import RunningSandbox


def _is_r5(statement: dict[str, Any]) -> None:
    statement["fhirVersion"] = "5.0.0"


@pytest.fixture
def pulls(sandbox: RunningSandbox) -> Iterator[Pulls]:
    """A server that says it speaks R5."""
    with open_pulls(sandbox) as opened:
        opened.proxy.set(edited("/metadata", _is_r5))
        sandbox.store.put(person("ana"))
        yield opened


def test_an_r5_server_is_read_and_its_text_kept_as_it_came(pulls: Pulls) -> None:
    for number, (_, new, _) in enumerate(TWINS):
        if new["resourceType"] != "DetectedIssue":
            pulls.put(new | {"id": f"r{number}"})
    pulls.put(reading() | {"id": "rom", "subject": ANA})
    pages = pulls.pull()
    assert problems(pages) == []
    assert "Observation/rom" in items(pages)
    facts = {name for item in all_items(pages) for name in told(item)}
    assert facts >= {"Exposure", "Session", "Reading", "ChartedOssification"}
    (stay,) = [
        item for item in all_items(pages) if b"occurrencePeriod" in item.source and b"1258985005" in item.source
    ]
    assert isinstance(stay, ChartItem)
    assert json.loads(stay.source)["occurrencePeriod"] == SPAN, "verbatim"
    with chart_at(pulls.sandbox.url) as offline:
        assert offline.read_again(stay.reference, stay.source).facts == stay.facts, "without asking for the version"


def test_nothing_is_written_to_an_r5_server(pulls: Pulls) -> None:
    with chart_at(pulls.proxy.url) as chart:
        delivery = chart.deliver(SUSPICION, own_versions=frozenset(), target=None)
    assert delivery.outcome is Outcome.REFUSED
    assert "speaks FHIR R5" in delivery.detail
    assert "nothing was written" in delivery.detail
    assert {seen.method for seen in pulls.proxy.seen} == {"GET"}


@pytest.mark.parametrize("version", ["4.0.1", "4.3.0"])
def test_r4_and_r4b_are_read_as_they_are(pulls: Pulls, version: str) -> None:
    """An element of R5 in an R4 chart is some extension of theirs; nobody guesses."""
    pulls.proxy.set(edited("/metadata", lambda statement: statement.update(fhirVersion=version)))
    pulls.put(at("Procedure", status="completed", code=VENTILATED, performedPeriod=SPAN))
    (item,) = [item for item in all_items(pulls.pull()) if item.reference == "Procedure/1"]
    assert len(told(item)) == 1


def test_the_version_may_stand_in_the_content_type_alone(pulls: Pulls) -> None:
    """Servers of several versions name the one that they answer in as a parameter of the content type."""

    def strike(seen: Seen, forward: Forward, _: FaultyProxy) -> Reply:
        reply = forward(seen)
        statement = json.loads(reply.body)
        del statement["fhirVersion"]
        headers = {"Content-Type": "application/fhir+json; charset=utf-8; fhirVersion=5.0"}
        return Reply(status=200, headers=headers, body=json.dumps(statement).encode())

    pulls.proxy.set(Fault(strike=strike, path="/metadata"))
    with chart_at(pulls.proxy.url) as chart:
        assert chart.deliver(SUSPICION, own_versions=frozenset(), target=None).outcome is Outcome.REFUSED
