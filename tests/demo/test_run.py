"""The demo through real rooms: an embedded FHIR server, a database in a folder, the reviews, the report."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from horehab.clock import SetClock
from horehab.demo import DemoResult, run_demo
from horehab.demo.published import patients
from horehab.demo.ward import patients as ward_patients
from horehab.settings import Settings
from horehab.wiring import opened_ports

PROGRESS: list[tuple[str, int, int]] = []


@pytest.fixture
def result(sandbox: Any, tmp_path: Path) -> Iterator[DemoResult]:
    settings = Settings(
        fhir_url=sandbox.url, database_url=f"sqlite:///{tmp_path}/demo.sqlite3", time_zone="Europe/Madrid", demo=True
    )
    clock = SetClock(zone=ZoneInfo("Europe/Madrid"))
    PROGRESS.clear()
    with opened_ports(settings, clock=clock) as ports:
        yield run_demo(
            ports,
            sandbox.store.put,
            on_progress=lambda *told: PROGRESS.append(told),
            published=patients()[1:2],
            ward=tuple(story for story in ward_patients() if story.course == "recovering")[:1],
        )


def test_a_story_is_played_to_its_end_and_its_joint_stands_in_the_chart(result: DemoResult, sandbox: Any) -> None:
    told = result.score
    assert [row.is_inside for row in told.rows] == [True], result.report()
    assert told.forbidden == told.elsewhere == ()
    assert result.is_as_told
    assert result.written_again == 0
    charted = [c for c in sandbox.store.search("Condition") if "Suspected" in c["code"].get("text", "")]
    assert [c["subject"]["reference"] for c in charted] == ["Patient/published-2"]
    assert charted[0]["bodySite"][0]["coding"][0]["code"] == "287679003"
    assert PROGRESS[-1] == ("Playing 2 patients", result.days, result.days)
    words = " ".join(result.report().split())
    assert "1 of 1 expected joints inside their window, 0 on the forbidden ones, 0 elsewhere." in words
    assert "HO suspected in left hip" in words
    assert "The synthetic ward: 0 of 0 joints" in words
    assert "no evidence of accuracy" in words
