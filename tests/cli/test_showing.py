"""`horehab chart`, `quarantine` and `outbox`: what was understood, and what was not."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from horehab.cli.speaking import print_table
from horehab.demo.story import Story
from tests.cli.conftest import Desk, says_one_sentence
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
    piped = ward.run("outbox", "--all").stdout
    assert "…" not in piped
    assert len(piped.splitlines()) == len(rows) + 1
    words = [set(line.split()) for line in piped.splitlines()]
    for row in rows:
        assert any({row["patient"], row["state"], row["reference"]} <= said for said in words)


def test_a_piped_table_cuts_nothing_and_keeps_a_row_on_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    long = "Condition/hr-" + "0123456789abcdef" * 40
    print_table(("reference", "detail"), [(long, "two\nlines"), ("Patient/1", None)], empty="none")
    said = capsys.readouterr().out.splitlines()
    assert said[1:] == [f"{long}  two lines", "Patient/1"]


def test_a_narrow_terminal_folds_and_cuts_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "30")
    print_table(("reference", "detail"), [("Condition/hr-99756bc0123456789", "x" * 30)], empty="none")
    said = capsys.readouterr().out
    assert "…" not in said
    assert said.count("x") == 30


@pytest.mark.parametrize("words", [("chart",), ("quarantine",), ("outbox", "--all")])
def test_a_clone_may_be_looked_at_before_it_is_adopted(
    ward: Desk, story: Story, tmp_path: Path, words: tuple[str, ...]
) -> None:
    assert ward.run("review", "--as-of", story.last_day.isoformat()).exit_code == 0
    file = tmp_path / "clone.sqlite3"
    with closing(sqlite3.connect(ward.database)) as old, closing(sqlite3.connect(file)) as new:
        old.backup(new)
    asked = (*words, story.patient) if words == ("chart",) else words
    looked = ward.run(*asked, database_url=f"sqlite:///{file}")
    assert looked.exit_code == 0, looked.output
    assert looked.stdout == ward.run(*asked).stdout
    assert len(looked.stderr.splitlines()) == 1
    assert "copy of another installation" in looked.stderr
    assert "horehab adopt" in looked.stderr
    elsewhere = ward.run(*asked, fhir_url="http://127.0.0.1:9/fhir")
    assert elsewhere.exit_code == 0
    assert "belongs to the FHIR server" in elsewhere.stderr
    assert ward.run(*asked).stderr == ""


def test_a_clone_sends_nothing_when_asked_to_deliver(ward: Desk, tmp_path: Path) -> None:
    assert ward.run("sync").exit_code == 0
    file = tmp_path / "clone.sqlite3"
    with closing(sqlite3.connect(ward.database)) as old, closing(sqlite3.connect(file)) as new:
        old.backup(new)
    says_one_sentence(ward.run("outbox", "--deliver", database_url=f"sqlite:///{file}"), 3, "HR-1301")


def _angle(name: str, patient: str, **content: object) -> dict[str, object]:
    angle = {"value": 95, "unit": "deg", "system": "http://unitsofmeasure.org", "code": "deg"}
    return {
        "resourceType": "Observation",
        "id": name,
        "status": "final",
        "code": {"text": "passive right elbow flexion"},
        "subject": {"reference": patient},
        "effectiveDateTime": "2026-01-05",
        "valueQuantity": angle,
    } | content


def test_quality_counts_per_patient_what_was_repaired_or_left_out(ward: Desk, sandbox: RunningSandbox) -> None:
    sandbox.store.put({"resourceType": "Patient", "id": "eve"})
    slip = {"value": 1.57, "unit": "deg", "system": "http://unitsofmeasure.org", "code": "deg"}
    for resource in (
        _angle("e1", "Patient/eve"),
        _angle("e2", "Patient/eve"),
        _angle("e3", "Patient/eve", status="entered-in-error"),
        _angle("e4", "Patient/eve", valueQuantity=slip),
        _angle("e5", "Patient/eve", bodySite={"text": "left elbow"}),
    ):
        sandbox.store.put(resource)
    assert ward.run("sync").exit_code == 0
    (row,) = [json.loads(line) for line in ward.run("quality", "Patient/eve", "--json").stdout.splitlines()]
    assert row == {
        "patient": "Patient/eve",
        "measured": 2,
        "repeated": 1,
        "withdrawn": 1,
        "suspected radians, kept out": 1,
        "read from text": 2,
        "set aside": 2,
        "set_aside_by_reason": {"radians": 1, "sides-disagree": 1},
    }
    table = ward.run("quality")
    assert table.exit_code == 0
    lines = [line.split(maxsplit=1) for line in table.stdout.splitlines() if line.startswith("Patient/eve")]
    said = {text.rsplit(maxsplit=1)[0].strip() for _, text in lines}
    assert {"repeated", "withdrawn", "set aside: radians", "set aside: sides disagree"} <= said


def test_quality_names_what_was_set_aside_and_belongs_to_nobody(ward: Desk, sandbox: RunningSandbox) -> None:
    nobody = _angle("lost", "Patient/eve")
    del nobody["subject"]
    sandbox.store.put(nobody)
    assert ward.run("sync").exit_code == 0
    rows = [json.loads(line) for line in ward.run("quality", "--json").stdout.splitlines()]
    assert {"patient": "unknown", "measured": 0, "set aside": 1, "set_aside_by_reason": {"no-patient": 1}} in rows


def test_quality_of_a_clean_patient_says_so(ward: Desk, sandbox: RunningSandbox) -> None:
    sandbox.store.put({"resourceType": "Patient", "id": "still"})
    assert ward.run("sync").exit_code == 0
    assert "Nothing had to be repaired" in ward.run("quality", "Patient/still").stdout
