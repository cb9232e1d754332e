"""`horehab chart --plans`: which sessions are ordered, how often, and which order plans nothing and why."""

import json
from typing import Any

import pytest

from tests.cli.conftest import Desk
from tests.servers.sandbox import RunningSandbox


def order(name: str, timing: dict[str, Any]) -> dict[str, Any]:
    """An order of physiotherapy from March 2026 on."""
    return {
        "resourceType": "ServiceRequest",
        "id": name,
        "status": "active",
        "intent": "order",
        "code": {"text": "Physiotherapy"},
        "subject": {"reference": "Patient/p"},
        "authoredOn": "2026-03-01T08:00:00Z",
        **timing,
    }


def rhythm(**repeat: Any) -> dict[str, Any]:
    return {"occurrenceTiming": {"repeat": {"boundsPeriod": {"start": "2026-03-02"}, **repeat}}}


@pytest.fixture
def ordered(ward: Desk, sandbox: RunningSandbox) -> Desk:
    """A ward with one patient for whom a session is ordered in every way."""
    sandbox.store.put({"resourceType": "Patient", "id": "p"})
    orders = {
        "daily": rhythm(frequency=1, period=1, periodUnit="d"),
        "weekly": rhythm(frequency=3, period=2, periodUnit="wk", count=12),
        "mondays": rhythm(dayOfWeek=["mon", "thu"]),
        "once": {"occurrencePeriod": {"start": "2026-03-02", "end": "2026-03-09"}},
        "days": {"occurrenceDateTime": "2026-03-05"},
        "prn": {"asNeededBoolean": True},
    }
    for name, timing in orders.items():
        sandbox.store.put(order(name, timing))
    assert ward.run("sync").exit_code == 0
    return ward


def test_each_order_is_listed_with_how_often_or_why_it_plans_nothing(ordered: Desk) -> None:
    told = ordered.run("chart", "Patient/p", "--plans", "--json")
    assert told.exit_code == 0, told.output
    rows = {row["reference"].partition("/")[2]: row for row in map(json.loads, told.stdout.splitlines())}
    assert {name: row["how_often"] for name, row in rows.items()} == {
        "daily": "1 a day",
        "weekly": "3 every 2 weeks, 12 in all",
        "mondays": "1 a day on Mon, Thu",
        "once": "1 in all this time",
        "days": "2026-03-05",
        "prn": None,
    }
    assert {name: row["open"] for name, row in rows.items() if row["open"]} == {"prn": "as needed"}
    assert (rows["once"]["from"], rows["once"]["until"]) == ("2026-03-02", "2026-03-09")
    table = ordered.run("chart", "Patient/p", "--plans").stdout
    assert "3 every 2 weeks, 12 in all" in table
    assert "as needed" in table


def test_a_patient_for_whom_nothing_is_ordered_is_said_so(ward: Desk, sandbox: RunningSandbox) -> None:
    sandbox.store.put({"resourceType": "Patient", "id": "p"})
    assert ward.run("sync").exit_code == 0
    assert "No sessions are ordered" in ward.run("chart", "Patient/p", "--plans").stdout
