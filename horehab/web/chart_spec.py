"""The chart of a joint as one Vega-Lite specification: the only place that says what the chart looks like."""

from dataclasses import dataclass
from typing import Any

from horehab.domain.course import Course
from horehab.domain.joints import Motion
from horehab.domain.range_of_motion import Mode
from horehab.web.chart_marks import (
    Theme,
    day_axis,
    degrees_axis,
    dot_layers,
    line_layer,
    onset_layers,
    shade_layer,
)
from horehab.web.chart_sheet import ChartSheet
from horehab.web.language import day, degrees
from horehab.web.language import gettext as _
from horehab.web.words import word

Spec = dict[str, Any]
_WIDTH = 400
_HEIGHT = 150
_LOW = 100
_EACH = {"scale": {"shape": "independent", "strokeDash": "independent"}}
_FONT = "DejaVu Sans, Liberation Sans, Noto Sans, Arial, sans-serif"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawing:
    sheet: ChartSheet
    theme: Theme


def chart_spec(sheet: ChartSheet, theme: Theme) -> Spec:
    """Draw a joint: what went before, each motion, then pain and alkaline phosphatase, over the same days."""
    drawing = _Drawing(sheet=sheet, theme=theme)
    panels = [_motion(drawing, motion, is_first=index == 0) for index, motion in enumerate(sheet.motions)]
    below = [panel for panel in (_pain(drawing), _phosphatase(drawing)) if panel]
    rows: list[Spec] = [_before(drawing)] if sheet.exposures or sheet.sessions else []
    if len(panels) % 2 and len(below) > 1:
        panels.append(_blank())
    if panels or below:
        rows.append(
            {"concat": [*panels, *below], "columns": 2, "spacing": {"row": 26, "column": 32}, "resolve": _EACH}
        )
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "description": str(sheet.place),
        "background": theme.paper,
        "padding": {"left": 8, "right": 16, "top": 8, "bottom": 8},
        "vconcat": rows or [{"mark": "point", "data": {"values": []}}],
        "spacing": 22,
        "resolve": _EACH,
        "config": _config(theme),
    }


def _blank() -> Spec:
    """Leave a place empty, so that pain and alkaline phosphatase stand side by side."""
    mark = {"mark": "point", "data": {"values": []}, "width": _WIDTH, "height": _LOW}
    return {**mark, "view": {"stroke": None}}


def _motion(drawing: _Drawing, motion: Motion, *, is_first: bool) -> Spec:
    """One motion: the band of measurement error under the best sustained value, then each mode's readings."""
    sheet, theme = drawing.sheet, drawing.theme
    courses = sheet.of(motion)
    led = next((c for c in courses if c.mode is Mode.PASSIVE), courses[0])
    readings = [value for course in courses for value in _values(course)]
    layers = [
        shade_layer(sheet, theme),
        *_band(led, theme, sheet),
        *onset_layers(sheet, theme, is_named=is_first),
        line_layer(readings, sheet, theme, has_legend=is_first),
        *dot_layers(readings, sheet, theme, has_legend=is_first),
    ]
    return {
        "title": _motion_title(sheet, motion, led),
        "width": _WIDTH,
        "height": _HEIGHT,
        "layer": [layer for layer in layers if layer],
    }


def _motion_title(sheet: ChartSheet, motion: Motion, led: Course) -> Spec:
    last = led.points[-1]
    error = _("band: within %(error)s, measurement error", error=degrees(last.threshold))
    source = sheet.sources.get(motion)
    return {
        "text": word(motion).capitalize(),
        "subtitle": f"{error} ({source})" if source else error,
    }


def _values(course: Course) -> list[Spec]:
    return [
        {
            "day": point.day.isoformat(),
            "degrees": point.degrees,
            "mode": word(course.mode),
            "beyond": point.is_beyond_error,
            "said": f"{word(course.motion)}, {word(course.mode)}: {degrees(point.degrees)}, {day(point.day)}",
        }
        for point in course.points
    ]


def _band(course: Course, theme: Theme, sheet: ChartSheet) -> list[Spec]:
    """Shade from the best sustained value down to where measurement error ends; below it motion is lost."""
    steps = [(p.day, p.reference, p.threshold) for p in course.points if p.reference is not None]
    if not steps:
        return []
    steps.append((sheet.last, steps[-1][1], steps[-1][2]))
    values = [{"day": d.isoformat(), "top": top, "low": top - error} for d, top, error in steps if top is not None]
    x = day_axis(sheet)
    area = {"type": "area", "interpolate": "step-after", "color": theme.band, "opacity": 1}
    line = {"type": "line", "interpolate": "step-after", "color": theme.accent, "strokeWidth": 1.5}
    return [
        {
            "data": {"values": values},
            "mark": area,
            "encoding": {"x": x, "y": degrees_axis("top"), "y2": {"field": "low"}},
        },
        {"data": {"values": values}, "mark": line, "encoding": {"x": x, "y": degrees_axis("top")}},
    ]


def _before(drawing: _Drawing) -> Spec:
    """Bars of intensive care, ventilation, prone positioning and the like, and a tick for each session."""
    sheet, theme = drawing.sheet, drawing.theme
    bars = [
        {
            "kind": word(e.kind),
            "from": max(e.start.day, sheet.first).isoformat(),
            "to": (e.end.day if e.end else sheet.last).isoformat(),
        }
        for e in sheet.exposures
    ]
    ticks = [{"kind": _("sessions"), "from": s.when.day.isoformat()} for s in sheet.sessions]
    order = [*dict.fromkeys(bar["kind"] for bar in (*bars, *ticks))]
    y = {"field": "kind", "type": "nominal", "sort": order, "axis": {"title": None, "grid": False, "ticks": False}}
    x = day_axis(sheet, field="from")
    layers: list[Spec] = []
    if bars:
        encoding = {"x": x, "x2": {"field": "to"}, "y": y}
        mark = {"type": "bar", "height": 9, "color": theme.bar, "cornerRadius": 2}
        layers.append({"data": {"values": bars}, "mark": mark, "encoding": encoding})
    if ticks:
        mark = {"type": "tick", "thickness": 1.5, "height": 9, "color": theme.accent}
        layers.append({"data": {"values": ticks}, "mark": mark, "encoding": {"x": x, "y": y}})
    return {"width": 2 * _WIDTH + 90, "height": {"step": 18}, "layer": layers, "view": {"stroke": None}}


def _pain(drawing: _Drawing) -> Spec | None:
    sheet, theme = drawing.sheet, drawing.theme
    values = [{"day": p.when.day.isoformat(), "score": p.score, "occasion": word(p.occasion)} for p in sheet.pains]
    if not values:
        return None
    y = {
        "field": "score",
        "type": "quantitative",
        "scale": {"domain": [0, 10]},
        "axis": {"title": None, "tickCount": 5},
    }
    shape = {"field": "occasion", "type": "nominal", "legend": {"title": None, "orient": "top", "offset": 2}}
    x = day_axis(sheet)
    dots = {"type": "point", "filled": True, "size": 55, "color": theme.ink, "opacity": 1}
    stems = {"type": "rule", "color": theme.line, "strokeWidth": 1.5}
    zero = {"datum": 0}
    return {
        "title": {"text": _("Pain"), "subtitle": _("0 to 10, as rated by the patient")},
        "width": _WIDTH,
        "height": _LOW,
        "layer": [
            shade_layer(sheet, theme),
            {"data": {"values": values}, "mark": stems, "encoding": {"x": x, "y": y, "y2": zero}},
            {"data": {"values": values}, "mark": dots, "encoding": {"x": x, "y": y, "shape": shape}},
            *onset_layers(sheet, theme, is_named=False),
        ],
    }


def _phosphatase(drawing: _Drawing) -> Spec | None:
    sheet, theme = drawing.sheet, drawing.theme
    known = [(lab.when.day, lab.multiple) for lab in sheet.labs if lab.multiple is not None]
    if not known:
        return None
    values = [{"day": when.isoformat(), "multiple": round(multiple, 3)} for when, multiple in known]
    top = max(2.0, *(multiple for _day, multiple in known))
    axis = {"title": None, "tickCount": 4, "labelExpr": "datum.label + ' \N{MULTIPLICATION SIGN}'"}
    y = {"field": "multiple", "type": "quantitative", "scale": {"domain": [0, top], "nice": True}, "axis": axis}
    x = day_axis(sheet)
    line = {
        "type": "line",
        "color": theme.ink,
        "strokeWidth": 1.2,
        "point": {"filled": True, "size": 45, "color": theme.ink},
    }
    limit = {"type": "rule", "color": theme.soft, "strokeDash": [4, 3]}
    return {
        "title": {
            "text": _("Alkaline phosphatase"),
            "subtitle": _("upper limit = 1; normal does not exclude"),
        },
        "width": _WIDTH,
        "height": _LOW,
        "layer": [
            shade_layer(sheet, theme),
            {"data": {"values": [{"limit": 1}]}, "mark": limit, "encoding": {"y": {**y, "field": "limit"}}},
            {"data": {"values": values}, "mark": line, "encoding": {"x": x, "y": y}},
            *onset_layers(sheet, theme, is_named=False),
        ],
    }


def _config(theme: Theme) -> Spec:
    text = {"labelColor": theme.soft, "labelFontSize": 12, "titleColor": theme.soft}
    return {
        "font": _FONT,
        "view": {"stroke": theme.line},
        "axis": {**text, "gridColor": theme.grid, "domainColor": theme.line, "tickColor": theme.line},
        "legend": {"labelColor": theme.ink, "labelFontSize": 12, "symbolSize": 80, "symbolStrokeColor": theme.ink},
        "title": {
            "anchor": "start",
            "frame": "group",
            "color": theme.ink,
            "fontSize": 15,
            "subtitleColor": theme.soft,
            "subtitleFontSize": 12,
            "subtitlePadding": 4,
            "offset": 8,
        },
    }
