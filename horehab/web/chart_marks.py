"""The marks of the chart: shapes and dashes of the modes, exposure shading, onset; in light and in dark ink."""

from dataclasses import dataclass
from typing import Any

from horehab.domain.range_of_motion import Mode
from horehab.web.chart_sheet import ChartSheet
from horehab.web.language import day
from horehab.web.language import gettext as _
from horehab.web.words import word

Spec = dict[str, Any]
_DOT, _HOLE = 80, 28


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """The inks of a chart, as CSS colours; the same hues as the pages."""

    paper: str
    ink: str
    soft: str
    line: str
    grid: str
    accent: str
    band: str
    shade: str
    bar: str
    warn: str


LIGHT = Theme(
    paper="#ffffff", ink="#16202a", soft="#4d5b68", line="#b9c3cc", grid="#edf0f3", accent="#0b5f74",
    band="#d5e9ee", shade="#f1f2f4", bar="#9aa7b3", warn="#a23a12",
)  # fmt: skip
DARK = Theme(
    paper="#19212a", ink="#e8edf2", soft="#a9b6c2", line="#46535f", grid="#242e38", accent="#74c6da",
    band="#1f4653", shade="#222b35", bar="#667686", warn="#f5a07a",
)  # fmt: skip

SERIES_MARKS: dict[Mode, tuple[str, list[int]]] = {
    Mode.PASSIVE: ("circle", [1, 0]),
    Mode.ACTIVE: ("square", [5, 3]),
    Mode.ACTIVE_ASSISTED: ("diamond", [2, 2]),
    Mode.UNKNOWN: ("triangle-up", [1, 4]),
}
"""Shape of the points and dash of the line of each mode, so that colour never stands alone."""


def day_axis(sheet: ChartSheet, *, field: str = "day") -> Spec:
    """The axis of days, the same in every panel, so that what stands above one another was at one time."""
    axis = {"title": None, "tickCount": 6, "format": "%-d %b", "labelOverlap": True}
    domain = [sheet.first.isoformat(), sheet.last.isoformat()]
    return {"field": field, "type": "temporal", "scale": {"type": "utc", "domain": domain}, "axis": axis}


def shade_layer(sheet: ChartSheet, theme: Theme) -> Spec:
    """Shade the days of intensive care behind a panel."""
    spans = [
        {"from": max(e.start.day, sheet.first).isoformat(), "to": (e.end.day if e.end else sheet.last).isoformat()}
        for e in sheet.exposures
    ]
    x = day_axis(sheet, field="from")
    return {
        "data": {"values": spans},
        "mark": {"type": "rect", "color": theme.shade},
        "encoding": {"x": x, "x2": {"field": "to"}},
    }


def onset_layers(sheet: ChartSheet, theme: Theme, *, is_named: bool) -> list[Spec]:
    """Draw a line at the first worsening reading of a suspicion, and one at each decision of a person."""
    marks = [(sheet.onset, _("worse since %(day)s", day=day(sheet.onset)))] if sheet.onset else []
    marks += [(d.decided, _("decided %(day)s", day=day(d.decided))) for d in sheet.decisions]
    if not marks:
        return []
    values = [{"day": on.isoformat(), "said": said} for on, said in marks if on is not None]
    x = day_axis(sheet)
    rule = {"type": "rule", "color": theme.warn, "strokeWidth": 1.5, "strokeDash": [6, 3]}
    layers: list[Spec] = [{"data": {"values": values}, "mark": rule, "encoding": {"x": x}}]
    if is_named:
        layers.append(_names(values, sheet, theme))
    return layers


def _names(values: list[Spec], sheet: ChartSheet, theme: Theme) -> Spec:
    """Name the lines at the foot of the panel, towards its middle, where the readings are not."""
    is_early = sheet.onset is not None and sheet.onset - sheet.first < (sheet.last - sheet.onset)
    text = {
        "type": "text",
        "align": "left" if is_early else "right",
        "dx": 5 if is_early else -5,
        "baseline": "bottom",
        "dy": -4,
        "fontSize": 12,
        "color": theme.warn,
        "fontWeight": "bold",
    }
    said = {"field": "said", "type": "nominal"}
    encoding = {"x": day_axis(sheet), "y": {"value": "height"}, "text": said}
    return {"data": {"values": values}, "mark": text, "encoding": encoding}


def line_layer(readings: list[Spec], sheet: ChartSheet, theme: Theme, *, has_legend: bool) -> Spec:
    """Join the readings of each mode by a line with the dash of that mode."""
    mark = {"type": "line", "color": theme.ink, "strokeWidth": 1.3}
    dash = {
        "field": "mode",
        "type": "nominal",
        "scale": _scale(sheet, 1),
        "legend": _legend(has_legend=has_legend),
    }
    return {"data": {"values": readings}, "mark": mark, "encoding": {**_at(sheet), "strokeDash": dash}}


def dot_layers(readings: list[Spec], sheet: ChartSheet, theme: Theme, *, has_legend: bool) -> list[Spec]:
    """Mark each reading with the shape of its mode: hollow within error, full and in the warning colour beyond."""
    within = [r for r in readings if not r["beyond"]]
    beyond = [r for r in readings if r["beyond"]]
    return [
        _dots(readings, sheet, (theme.ink, _DOT), _legend(has_legend=has_legend)),
        _dots(within, sheet, (theme.paper, _HOLE), None),
        _dots(beyond, sheet, (theme.warn, _DOT), None),
    ]


def _dots(readings: list[Spec], sheet: ChartSheet, ink: tuple[str, int], legend: Spec | None) -> Spec:
    color, size = ink
    shape = {"field": "mode", "type": "nominal", "scale": _scale(sheet, 0), "legend": legend}
    mark = {"type": "point", "filled": True, "size": size, "opacity": 1, "color": color}
    encoding = {**_at(sheet), "shape": shape, "description": {"field": "said"}}
    return {"data": {"values": readings}, "mark": mark, "encoding": encoding}


def degrees_axis(field: str) -> Spec:
    """The axis of degrees, each number with its sign."""
    return {
        "field": field,
        "type": "quantitative",
        "scale": {"zero": False, "nice": True},
        "axis": {"title": None, "tickCount": 5, "labelExpr": "replace(datum.label, '-', '\u2212') + '°'"},
    }


def _at(sheet: ChartSheet) -> Spec:
    return {"x": day_axis(sheet), "y": degrees_axis("degrees")}


def _legend(*, has_legend: bool) -> Spec | None:
    return {"title": None, "orient": "top", "direction": "horizontal", "offset": 2} if has_legend else None


def _scale(sheet: ChartSheet, which: int) -> Spec:
    used = {course.mode for course in sheet.courses}
    modes = [mode for mode in SERIES_MARKS if mode in used]
    return {"domain": [word(mode) for mode in modes], "range": [SERIES_MARKS[mode][which] for mode in modes]}
