"""The chart of a joint: every panel has its place, nothing is named where a reading may lie, axes hold the band."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from horehab.domain.entries import Decision, DecisionEntry
from horehab.domain.joints import Motion
from horehab.web.chart_marks import LIGHT
from horehab.web.chart_sheet import ChartSheet, chart_sheet
from horehab.web.chart_spec import chart_spec
from horehab.web.findings import finding_at, findings
from horehab.web.words import source_word
from tests.web.conftest import Ward
from tests.web.ward import LEFT_HIP, TODAY

Spec = dict[str, Any]


@pytest.fixture
def sheet(ward: Ward) -> Iterator[ChartSheet]:
    record = ward.ports.logbook.record("Patient/ana")
    finding = finding_at(findings(record, ward.ports.rules, TODAY), LEFT_HIP)
    with ward.app.test_request_context("/horehab/"):
        yield chart_sheet(record, finding, (), {Motion.FLEXION: "pua; poulsen"}, today=TODAY)


def widths(row: Spec) -> int:
    panels = row.get("hconcat", [row])
    return sum(panel["width"] for panel in panels)


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_no_place_stays_empty_however_many_motions_were_measured(sheet: ChartSheet, count: int) -> None:
    motions = set(sheet.motions[:count])
    fewer = replace(sheet, courses=tuple(course for course in sheet.courses if course.motion in motions))
    rows = chart_spec(fewer, LIGHT)["vconcat"]
    assert {widths(row) for row in rows} <= {800, 868}
    panels = [panel for row in rows for panel in row.get("hconcat", [row])]
    assert len(panels) == 1 + count + 2


def test_the_chart_says_joint_side_and_days_for_print(sheet: ChartSheet) -> None:
    assert chart_spec(sheet, LIGHT)["title"]["text"].startswith("Left hip, ")


def test_the_day_of_worsening_is_named_in_a_lane_of_its_own(sheet: ChartSheet) -> None:
    strip, *panels = chart_spec(sheet, LIGHT)["vconcat"]
    assert any(layer["mark"]["type"] == "text" for layer in strip["layer"])
    marks = [layer["mark"]["type"] for row in panels for p in row.get("hconcat", [row]) for layer in p["layer"]]
    assert "text" not in marks


def test_the_axis_of_degrees_is_in_tens_and_holds_the_whole_band(sheet: ChartSheet) -> None:
    rows = chart_spec(sheet, LIGHT)["vconcat"][1:]
    flexion = rows[0].get("hconcat", [rows[0]])[0]
    points = next(layer for layer in flexion["layer"] if layer["mark"]["type"] == "point")
    low, high = points["encoding"]["y"]["scale"]["domain"]
    (course, *_) = sheet.of(Motion.FLEXION)
    bottoms = [p.reference - p.threshold for p in course.points if p.reference is not None]
    assert low % 10 == high % 10 == 0
    assert low < min(bottoms) < max(p.degrees for p in course.points) < high


def test_one_mode_is_named_in_the_title_and_several_in_a_legend(sheet: ChartSheet) -> None:
    rows = chart_spec(sheet, LIGHT)["vconcat"][1:]
    panels = [panel for row in rows for panel in row.get("hconcat", [row])]
    titles = [panel["title"]["text"] for panel in panels]
    assert "Flexion" in titles, "passive and active: the legend tells"
    assert "Extension, passive" in titles


def test_a_source_is_named_as_people_cite_it() -> None:
    assert source_word("pua; poulsen") == "Pua, Poulsen"
    assert source_word("") == ""


def test_the_chart_comes_as_data_too_in_either_ink(ward: Ward) -> None:
    path = f"/patients/{ward.ana}/joints/left-hip/chart.json"
    light, dark = ward.look(path).get_json(), ward.look(f"{path}?theme=dark").get_json()
    assert light["marks"]
    assert "$schema" not in light
    assert light["background"] != dark["background"]
    assert ward.look(f"{path}?theme=pink").status_code == 404
    page = ward.look(f"/patients/{ward.ana}/joints/left-hip")
    assert re.search(r'data-live="/horehab/chart.js\?v=[0-9a-f]{10}"', page.text)
    assert page.headers["Content-Security-Policy"].endswith("; style-src-attr 'unsafe-inline'")


def test_the_norm_stands_under_the_best_value_with_where_it_was_published(ward: Ward) -> None:
    assert "norm 120° (source: not verified, Merck)" in ward.look(f"/patients/{ward.ana}/joints/left-hip").text


def test_the_title_ends_today_and_a_stay_that_goes_on_is_drawn_until_today(ward: Ward) -> None:
    record = ward.ports.logbook.record("Patient/ana")
    record = replace(record, exposures=tuple(replace(e, end=None) for e in record.exposures))
    finding = finding_at(findings(record, ward.ports.rules, TODAY), LEFT_HIP)
    with ward.app.test_request_context("/horehab/"):
        open_ended = chart_sheet(record, finding, (), {}, today=TODAY)
        spec = chart_spec(open_ended, LIGHT)
    assert spec["title"]["text"].endswith("20 May 2026")
    drawn = re.findall(r"'to': '([0-9-]+)'", str(spec))
    assert max(drawn) == TODAY.isoformat()


@pytest.mark.parametrize("days", [0, 20, 90])
def test_the_band_ends_today_or_with_the_last_reading_where_that_is_long_ago(ward: Ward, days: int) -> None:
    """Beyond that nobody knows what a reading would be judged against."""
    record, today = ward.ports.logbook.record("Patient/ana"), TODAY + timedelta(days=days)
    finding = finding_at(findings(record, ward.ports.rules, today), LEFT_HIP)
    with ward.app.test_request_context("/horehab/"):
        spec = str(chart_spec(chart_sheet(record, finding, (), {}, today=today), LIGHT))
    banded = re.findall(r"'day': '([0-9-]+)', 'top'", spec)
    last_reading = (TODAY - timedelta(days=7)).isoformat()
    assert max(banded) == (last_reading if days == 90 else today.isoformat())
    assert max(re.findall(r"'to': '([0-9-]+)'", spec)) <= max(banded)


def test_nothing_is_drawn_beside_the_days_of_the_chart(ward: Ward) -> None:
    """Sessions and blood values go on where a joint is measured no more; a decision about it carries the chart on."""
    record = ward.ports.logbook.record("Patient/ana")
    began = min(r.when.day for r in record.readings)
    early = replace(
        record,
        readings=tuple(r for r in record.readings if r.when.day == began),
        pains=(),
        exposures=(replace(record.exposures[0], end=None), *record.exposures[1:]),
    )
    finding = finding_at(findings(early, ward.ports.rules, TODAY), LEFT_HIP)
    decided = DecisionEntry(
        decision_id="d", condition_id="c", patient="Patient/ana", place=LEFT_HIP, decision=Decision.ACCEPT, reason="",
        by="Practitioner/ruiz", decided=began + timedelta(days=10),
    )  # fmt: skip
    for decisions, last in (((), began), ((decided,), decided.decided)):
        with ward.app.test_request_context("/horehab/"):
            sheet = chart_sheet(early, finding, decisions, {}, today=TODAY)
            spec = chart_spec(sheet, LIGHT)
        days = re.findall(r"'(?:day|from|to)': '([0-9-]+)'", str(spec))
        assert sheet.until == last
        assert sheet.first.isoformat() <= min(days) <= max(days) <= last.isoformat()


def test_where_no_value_was_sustained_yet_no_band_is_spoken_of(ward: Ward) -> None:
    record = ward.ports.logbook.record("Patient/ana")
    began = min(r.when.day for r in record.readings)
    once = replace(record, readings=tuple(r for r in record.readings if r.when.day == began))
    finding = finding_at(findings(once, ward.ports.rules, began), LEFT_HIP)
    with ward.app.test_request_context("/horehab/"):
        spec = str(chart_spec(chart_sheet(once, finding, (), {}, today=began), LIGHT))
    assert "no band yet: it takes a second visit" in spec
    assert "band: measurement error" not in spec


@pytest.mark.parametrize(("language", "decimal"), [("en", "."), ("fr", ","), ("es", ",")])
def test_the_figures_of_an_axis_are_written_as_the_reader_writes_them(
    ward: Ward, language: str, decimal: str
) -> None:
    path = f"/horehab/patients/{ward.ana}/joints/left-hip/chart.svg"
    drawn = ward.client.get(path, headers={"Accept-Language": language}).text
    assert f"1{decimal}5 \N{MULTIPLICATION SIGN}" in drawn
