"""A fault of ours on the way into the chart: it stops one entry, can be found, and tells nothing of the patient."""

import logging
import re
from dataclasses import replace
from typing import Any, cast

import pytest

from horehab.domain.entries import Outcome
from horehab.fhir.basis.site import Site
from horehab.fhir.wire.capability import Capability
from horehab.fhir.writing.delivery import Courier
from tests.fhir.team_entries import SESSION, TASK
from tests.fhir.ward import MADRID, SUSPICION, Desk, chart_at, client_at
from tests.servers.meddler import MeddledServer


def test_a_fault_of_ours_is_logged_by_place_and_without_the_patient(
    server: MeddledServer, caplog: pytest.LogCaptureFixture
) -> None:
    """The session's minutes are no number: the sum fails deep within, with the value in the error's text."""
    wrong = replace(SESSION, session=replace(SESSION.session, minutes=cast("Any", "Canary Smith")))
    with chart_at(server.url) as chart, caplog.at_level(logging.ERROR, logger="horehab.fhir"):
        delivery = Desk(chart=chart).deliver(wrong)
        after = [Desk(chart=chart).deliver(entry).outcome for entry in (SUSPICION, TASK)]
    assert delivery.outcome is Outcome.CONFLICT
    assert re.search(r"\((\w+) at horehab/fhir/[\w/]+\.py:\d+\)", delivery.detail), delivery.detail
    (record,) = caplog.records
    assert record.exc_info is None
    assert "SessionEntry" in record.getMessage()
    assert re.search(
        r"horehab/fhir/writing/delivery\.py:\d+ > .*horehab/fhir/writing/writing\.py:\d+ > ", record.getMessage()
    )
    assert not any(word in record.getMessage() + delivery.detail for word in ("Canary", "Smith", "p1"))
    assert after == [Outcome.DONE, Outcome.DONE]


def test_the_errors_that_led_to_a_fault_are_logged_with_it(caplog: pytest.LogCaptureFixture) -> None:
    known: dict[str, Capability] = {}

    def ask() -> Capability:
        try:
            return known["Canary"]
        except KeyError as error:
            raise ZeroDivisionError("Smith") from error

    with client_at("http://127.0.0.1:9/fhir") as client:
        courier = Courier(client=client, site=Site(zone=MADRID), capability=ask)
        delivery = courier.deliver(SUSPICION, own_versions=frozenset(), target=None)
    assert "ZeroDivisionError at horehab/fhir/writing/delivery.py:" in delivery.detail
    message = caplog.records[0].getMessage()
    assert re.search(r"ZeroDivisionError at .*; from KeyError at .*test_delivery_mishaps\.py:\d+$", message)
    assert not any(word in message for word in ("Canary", "Smith"))


def test_a_bottomless_recursion_fills_no_log(caplog: pytest.LogCaptureFixture) -> None:
    def ask() -> Capability:
        return ask()

    with client_at("http://127.0.0.1:9/fhir") as client:
        courier = Courier(client=client, site=Site(zone=MADRID), capability=ask)
        delivery = courier.deliver(SUSPICION, own_versions=frozenset(), target=None)
    assert "RecursionError at " in delivery.detail
    assert len(caplog.records[0].getMessage()) < 3000
