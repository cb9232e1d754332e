"""The summary for the consultation: on paper, as PDF, and its figures as CSV that a spreadsheet may open safely."""

import csv
from dataclasses import replace
from io import StringIO

import pytest

from horehab.domain.joints import Motion
from horehab.domain.record import Patient, record_of
from horehab.domain.session import Session, SessionKind, SessionStatus
from horehab.fhir.basis.moments import moment
from horehab.web.summary import adherence
from horehab.web.tables import READINGS, readings_table, sessions_table
from tests.web.conftest import Ward
from tests.web.test_decisions import image
from tests.web.ward import ANA, BEN, LEFT_HIP, TODAY, ZONE, at, fill, items_of, reading


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(content.decode("utf-8-sig"), newline="")))


def test_the_summary_says_what_is_suspected_and_carries_its_charts(ward: Ward) -> None:
    page = ward.look(f"/patients/{ward.ana}/summary").text
    assert "HO suspected in left hip" in page
    assert "Ana Prueba" in page
    assert "HC-1001" in page
    assert f'src="/horehab/patients/{ward.ana}/joints/left-hip/chart.svg"' in page
    assert "Not a medical device" in page
    assert "Last four weeks: 4 done" in page


def test_of_a_patient_of_whom_nothing_is_known_the_summary_says_so(ward: Ward) -> None:
    page = ward.look(f"/patients/{ward.ben}/summary").text
    assert "does not exclude ossification. 8 joints cannot be judged." in page
    assert "Exposure unknown" in page


def test_the_summary_names_the_suspected_joints_that_it_does_not_draw(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Not drawn here" not in ward.look(f"/patients/{ward.ana}/summary").text
    monkeypatch.setattr("horehab.web.summary._MOST_CHARTS", 0)
    page = ward.look(f"/patients/{ward.ana}/summary").text
    assert "Not drawn here: left hip." in page
    assert "chart.svg" not in page


def test_a_list_of_sessions_says_how_many_it_leaves_out(ward: Ward) -> None:
    assert "4 more are not shown." in ward.look(f"/patients/{ward.ana}").text
    assert "2 more are not shown." in ward.look(f"/patients/{ward.ana}/summary").text


@pytest.mark.parametrize(("language", "kind"), [("en", "CT"), ("fr", "TDM"), ("es", "TC")])
def test_imaging_is_named_as_the_reader_names_it(ward: Ward, language: str, kind: str) -> None:
    fill(ward.ports, items_of(ANA, [image("ct")]))
    for path in ("", "/summary"):
        page = ward.client.get(f"/horehab/patients/{ward.ana}{path}", headers={"Accept-Language": language}).text
        assert f": {kind}" in page


def test_the_pdf_has_pages_and_its_name_says_nothing_about_the_patient(ward: Ward) -> None:
    answer = ward.look(f"/patients/{ward.ana}/summary.pdf")
    assert answer.data.startswith(b"%PDF-")
    assert answer.content_type == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="summary.pdf"'
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_pdf_that_is_kept_is_of_the_same_patient_and_of_the_same_day_of_knowledge(ward: Ward) -> None:
    hers = ward.look(f"/patients/{ward.ana}/summary.pdf").data
    assert ward.look(f"/patients/{ward.ana}/summary.pdf").data == hers
    assert ward.look(f"/patients/{ward.ben}/summary.pdf").data != hers
    ward.send(f"/patients/{ward.ana}/log", kind="walking", status="completed", day="2026-05-20", minutes="30")
    assert ward.look(f"/patients/{ward.ana}/summary.pdf").data != hers


def test_the_readings_come_as_a_table_with_plain_numbers(ward: Ward) -> None:
    answer = ward.look(f"/patients/{ward.ana}/readings.csv")
    assert answer.content_type == "text/csv; charset=utf-8"
    table = rows(answer.data)
    assert tuple(table[0]) == READINGS
    assert len(table) == len(ward.ports.logbook.record(ANA.reference).readings)
    last = next(r for r in table if r["source"] == "Observation/lh-EXTENSION-11")
    assert (last["day"], last["degrees"], last["mode"]) == ("2026-05-13", "-6", "passive")


@pytest.mark.parametrize(
    ("written", "day", "time"),
    [
        ("2026-01-01T23:30:00Z", "2026-01-02", "00:30"),
        ("2026-07-01T08:15:00-05:00", "2026-07-01", "15:15"),
        ("2026-05-20T10:00", "2026-05-20", "10:00"),
        ("2026-05-20 10:00", "2026-05-20", "10:00"),
        ("2026-05-20", "2026-05-20", ""),
        ("2026-05", "2026-05-01", ""),
    ],
)
def test_day_and_time_of_a_row_are_both_the_wards(written: str, day: str, time: str) -> None:
    when = moment(written, ZONE)
    assert when is not None
    fact = replace(reading("Observation/1", LEFT_HIP, Motion.FLEXION, 90, TODAY), when=when)
    session = Session(
        source="Procedure/1", kind=SessionKind.WALKING, status=SessionStatus.COMPLETED, when=when, known_on=TODAY
    )
    record = record_of(Patient(reference="Patient/ana"), [fact, session])
    for table in (readings_table(record, ZONE), sessions_table(record, ZONE)):
        (row,) = rows(table)
        assert (row["day"], row["time"]) == (day, time)


@pytest.mark.parametrize("words", ["=HYPERLINK(1)", "+1", "-2+3", "@SUM(A1)", "\tx", " =1+1", "|calc", "%0A"])
def test_a_text_is_never_computed_by_a_spreadsheet(words: str) -> None:
    fact = replace(reading("Observation/1", LEFT_HIP, Motion.FLEXION, -4, TODAY), device=words)
    session = Session(
        source="Procedure/1",
        kind=SessionKind.WALKING,
        status=SessionStatus.COMPLETED,
        when=at(TODAY),
        known_on=TODAY,
        note=words,
    )
    record = record_of(Patient(reference="Patient/ana"), [fact, session])
    assert rows(readings_table(record, ZONE))[0]["device"] == f"'{words}"
    assert rows(readings_table(record, ZONE))[0]["degrees"] == "-4"
    assert rows(sessions_table(record, ZONE))[0]["note"] == f"'{words}"


def test_a_note_with_lines_quotes_and_commas_stays_one_cell(ward: Ward) -> None:
    note = 'slept "badly", again\nand late'
    ward.send(f"/patients/{ward.ben}/log", kind="walking", status="completed", day="2026-05-20", note=note)
    (row,) = rows(ward.look(f"/patients/{ward.ben}/sessions.csv").data)
    assert (row["note"], row["kind"], row["source"][:9]) == (note, "walking", "urn:uuid:")


def test_adherence_counts_the_last_four_weeks_alone(ward: Ward) -> None:
    counted = adherence(ward.ports.logbook.record(ANA.reference), TODAY)
    assert (counted.done, counted.not_done, counted.attended, counted.missed) == (4, 0, 0, 0)
    assert adherence(ward.ports.logbook.record(BEN.reference), TODAY).done == 0
