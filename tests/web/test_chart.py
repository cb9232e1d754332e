"""The chart of a joint: every panel has its place, nothing is named where a reading may lie, axes hold the band."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

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
