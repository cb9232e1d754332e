"""`horehab chart`, `quarantine` and `outbox`: what was understood, and what was not."""

import json

from horehab.demo.story import Story
from tests.cli.conftest import Desk
from tests.servers.sandbox import RunningSandbox


def test_the_chart_has_a_line_per_reading_with_its_reference(ward: Desk, story: Story) -> None:
    assert ward.run("sync").exit_code == 0
    result = ward.run("chart", story.patient, "--json")
    assert result.exit_code == 0, result.output
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert rows
    assert {"reference", "joint", "side", "motion", "mode", "degrees", "when", "comparator", "assumed"} <= set(
        rows[0]
    )
    assert all(row["reference"].startswith("Observation/") for row in rows)
    table = ward.run("chart", story.patient)
    assert rows[0]["reference"] in table.stdout
    assert f"{rows[0]['side']} {rows[0]['joint']}" in table.stdout


def test_a_patient_of_whom_nothing_was_measured_is_said_so(ward: Desk, sandbox: RunningSandbox) -> None:
    sandbox.store.put({"resourceType": "Patient", "id": "still"})
    assert ward.run("sync").exit_code == 0
    result = ward.run("chart", "Patient/still")
    assert result.exit_code == 0
    assert "Nothing was measured of Patient/still" in result.stdout


def test_what_cannot_be_read_is_listed_with_path_and_reason_and_is_no_failure(
    ward: Desk, sandbox: RunningSandbox, story: Story
) -> None:
    assert "Nothing is set aside" in ward.run("quarantine").stdout
    sandbox.store.put(
        {
            "resourceType": "Observation",
            "id": "no-unit",
            "status": "final",
            "code": {"coding": [{"system": "http://loinc.org", "code": "41353-4"}]},
            "subject": {"reference": story.patient},
            "effectiveDateTime": "2026-01-05",
            "valueQuantity": {"value": 95},
        }
    )
    synced = ward.run("sync")
    assert synced.exit_code == 0, synced.output
    assert "1 set aside" in synced.stdout
    result = ward.run("quarantine", "--json")
    assert result.exit_code == 0
    (row,) = [json.loads(line) for line in result.stdout.splitlines()]
    assert row["reference"] == "Observation/no-unit"
    assert row["patient"] == story.patient
    assert row["path"]
    assert row["reason"]
    assert "Observation/no-unit" in ward.run("quarantine").stdout


def test_the_outbox_lists_what_was_written(ward: Desk, story: Story) -> None:
    assert ward.run("review", "--as-of", story.last_day.isoformat()).exit_code == 0
    rows = [json.loads(line) for line in ward.run("outbox", "--all", "--json").stdout.splitlines()]
    assert {row["state"] for row in rows} <= {"done", "replaced"}
    assert any(str(row["reference"]).startswith("Condition/hr-") for row in rows)
    assert "done" in ward.run("outbox", "--all").stdout
