"""The chart of a joint as one Vega-Lite specification: the only place that says what the chart looks like."""

from dataclasses import dataclass
from math import ceil, floor
from typing import Any

from horehab.domain.course import Course
from horehab.domain.joints import Motion
from horehab.domain.range_of_motion import Mode
from horehab.domain.signs import PainRating
from horehab.web.chart_marks import (
    AXIS_WIDTH,
    ReadingMarks,
    Theme,
    cut_at,
    day_axis,
    degrees_axis,
    dot_layer,
    line_layer,
    onset_layers,
    shade_layers,
)
from horehab.web.chart_sheet import ChartSheet
from horehab.web.chart_strip import named_days, strip
from horehab.web.language import day, days_by_name, degrees, figures_by_locale, multiple, number
from horehab.web.language import gettext as _
from horehab.web.words import source_word, word

Spec = dict[str, Any]
_WIDTH = 400
_BETWEEN = 24
_WIDE = 2 * _WIDTH + _BETWEEN + AXIS_WIDTH["minExtent"]
_HEIGHT = 150
_LOW = 100
_AIR, _TEN = 4, 10  # degrees
_HEADROOM = 1.1
_LARGEST, _LARGE, _SMALL = 17, 15, 12  # font sizes in pixels
_EACH = {"scale": {"shape": "independent", "strokeDash": "independent"}}
_SAID = {"tooltip": {"field": "said"}}
_FONT = "sans-serif"  # a list of names costs a fifth more: each label is measured in it


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawing:
    sheet: ChartSheet
    theme: Theme


def chart_spec(sheet: ChartSheet, theme: Theme) -> Spec:
    """Draw a joint: what went before, each motion, then pain and alkaline phosphatase, over the same days."""
    drawing = _Drawing(sheet=sheet, theme=theme)
    title = _title(sheet)
    has_strip = bool(sheet.exposures or sheet.sessions or named_days(sheet))
    rows: list[Spec] = [strip(sheet, theme, width=_WIDE)] if has_strip else []
    rows += _paired([_motion(drawing, motion) for motion in sheet.motions])
    rows += _paired([panel for panel in (_pain(drawing), _phosphatase(drawing)) if panel])
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "description": str(sheet.place),
        "title": {"text": title, "fontSize": _LARGEST, "offset": 14, "limit": cut_at(_WIDE, title, size=_LARGEST)},
        "background": theme.paper,
        "padding": {"left": 8, "right": 16, "top": 8, "bottom": 8},
        "vconcat": rows or [{"mark": "point", "data": {"values": []}}],
        "spacing": 24,
        "resolve": _EACH,
        "config": _config(theme),
    }


def _title(sheet: ChartSheet) -> str:
    """Say which joint, which side and which days, so that a printed chart speaks for itself."""
    return f"{word(sheet.place)}, {day(sheet.first)} \N{EN DASH} {day(sheet.until)}"


def _paired(panels: list[Spec]) -> list[Spec]:
    """Set panels two in a row; an odd one comes first, over the whole width, so that no place stays empty."""
    first = [{**panel, "width": _WIDE} for panel in panels[: len(panels) % 2]]
    rest = panels[len(first) :]
    pairs = zip(rest[::2], rest[1::2], strict=True)
    return [*first, *({"hconcat": list(pair), "spacing": _BETWEEN, "resolve": _EACH} for pair in pairs)]


def _motion(drawing: _Drawing, motion: Motion) -> Spec:
    """One motion: the band of measurement error under the best sustained value, then each mode's readings."""
    sheet, theme = drawing.sheet, drawing.theme
    courses = sheet.of(motion)
    led = next((c for c in courses if c.mode is Mode.PASSIVE), courses[0])
    readings = [value for course in courses for value in _values(course)]
    y = degrees_axis(_heights(led, readings))
    marks = ReadingMarks(sheet=sheet, theme=theme, y=y, modes=tuple(course.mode for course in courses))
    layers = [
        *shade_layers(sheet, theme),
        *_band(led, drawing, y),
        *onset_layers(sheet, theme),
        line_layer(readings, marks),
        dot_layer(readings, marks),
    ]
    return {"title": _motion_title(courses, led, sheet), "width": _WIDTH, "height": _HEIGHT, "layer": layers}


def _motion_title(courses: tuple[Course, ...], led: Course, sheet: ChartSheet) -> Spec:
    """Name the motion, its mode where there is but one, and how wide the band is, by whose measure."""
    name = word(led.motion).capitalize()
    text = name if len(courses) > 1 else f"{name}, {word(led.mode)}"
    return _titled(text, _about_band(led, source_word(sheet.sources.get(led.motion, ""))))


def _titled(text: str, subtitle: str) -> Spec:
    """Write the two lines above a panel; what is too long for it is cut, so that it runs into no other."""
    limit = cut_at(_WIDTH, text, size=_LARGE) or cut_at(_WIDTH, subtitle, size=_SMALL)
    return {"text": text, "subtitle": subtitle, "limit": limit}


def _about_band(led: Course, source: str) -> str:
    if led.points[-1].reference is None:
        return _("no band yet: it takes a second visit")
    error = _("band: measurement error, up to %(error)s", error=degrees(led.points[-1].threshold))
    return f"{error} ({source})" if source else error


def _heights(led: Course, readings: list[Spec]) -> tuple[float, float]:
    """Span the degrees of all readings and of the whole band, in full tens with some air above and below."""
    seen = [reading["degrees"] for reading in readings]
    seen += [p.reference - error for p in led.points if p.reference is not None for error in (0.0, p.threshold)]
    low, high = min(seen), max(seen)
    return floor((low - _AIR) / _TEN) * _TEN, ceil((high + _AIR) / _TEN) * _TEN


def _values(course: Course) -> list[Spec]:
    mode = word(course.mode)
    what = f"{word(course.motion)}, {mode}"
    return [
        {
            "day": point.day.isoformat(),
            "degrees": point.degrees,
            "mode": mode,
            "beyond": point.is_beyond_error,
            "said": f"{what}: {degrees(point.degrees)}, {day(point.day)}",
        }
        for point in course.points
    ]


def _band(course: Course, drawing: _Drawing, y: Spec) -> list[Spec]:
    """Shade from the best sustained value down to where measurement error ends; below it motion is lost."""
    sheet, theme = drawing.sheet, drawing.theme
    steps = [(p.day, p.reference, p.threshold) for p in course.points if p.reference is not None]
    if not steps:
        return []
    steps.append((sheet.until, steps[-1][1], steps[-1][2]))
    values = [{"day": d.isoformat(), "top": top, "low": top - error} for d, top, error in steps]
    x, top = day_axis(sheet), {**y, "field": "top"}
    area = {"type": "area", "interpolate": "step-after", "color": theme.band, "opacity": 1}
    line = {"type": "line", "interpolate": "step-after", "color": theme.accent, "strokeWidth": 1.5}
    return [
        {"data": {"values": values}, "mark": area, "encoding": {"x": x, "y": top, "y2": {"field": "low"}}},
        {"data": {"values": values}, "mark": line, "encoding": {"x": x, "y": top}},
    ]


def _pain(drawing: _Drawing) -> Spec | None:
    sheet, theme = drawing.sheet, drawing.theme
    values: list[Spec] = [
        {"day": p.when.day.isoformat(), "score": p.score, "occasion": word(p.occasion), "said": _said_pain(p)}
        for p in sheet.pains
    ]
    if not values:
        return None
    occasions = list(dict.fromkeys(value["occasion"] for value in values))
    scale = {"domain": [0, 10]}
    axis = {"title": None, "values": [0, 2, 4, 6, 8, 10], **AXIS_WIDTH}
    y = {"field": "score", "type": "quantitative", "scale": scale, "axis": axis}
    legend = {"title": None, "orient": "top", "offset": 6} if len(occasions) > 1 else None
    shape = {"field": "occasion", "type": "nominal", "scale": {"domain": occasions}, "legend": legend}
    x = day_axis(sheet)
    dots = {"type": "point", "filled": True, "size": 55, "color": theme.ink, "opacity": 1}
    stems = {"type": "rule", "color": theme.line, "strokeWidth": 1.5}
    name = _("Pain") if len(occasions) > 1 else ", ".join((_("Pain"), occasions[0]))
    return {
        "title": _titled(name, _("0 to 10, as rated by the patient; no mark: not rated")),
        "width": _WIDTH,
        "height": _LOW,
        "layer": [
            *shade_layers(sheet, theme),
            *onset_layers(sheet, theme),
            {"data": {"values": values}, "mark": stems, "encoding": {"x": x, "y": y, "y2": {"datum": 0}}},
            {"data": {"values": values}, "mark": dots, "encoding": {"x": x, "y": y, "shape": shape, **_SAID}},
        ],
    }


def _said_pain(pain: PainRating) -> str:
    return f"{word(pain.occasion)}: {number(pain.score, 1)}, {day(pain.when.day)}"


def _phosphatase(drawing: _Drawing) -> Spec | None:
    sheet, theme = drawing.sheet, drawing.theme
    known = [(lab.when.day, lab.multiple) for lab in sheet.labs if lab.multiple is not None]
    if not known:
        return None
    times = "\N{MULTIPLICATION SIGN}"
    values = [
        {"day": d.isoformat(), "multiple": round(value, 3), "said": f"{multiple(value)} {times}, {day(d)}"}
        for d, value in known
    ]
    top = max(2.0, *(_HEADROOM * value for _day, value in known))
    axis = {"title": None, "tickCount": 4, "labelExpr": "datum.label + ' \N{MULTIPLICATION SIGN}'", **AXIS_WIDTH}
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
        "title": _titled(_("Alkaline phosphatase"), _("upper limit = 1; normal does not exclude")),
        "width": _WIDTH,
        "height": _LOW,
        "layer": [
            *shade_layers(sheet, theme),
            {"data": {"values": [{"limit": 1}]}, "mark": limit, "encoding": {"y": {**y, "field": "limit"}}},
            {"data": {"values": values}, "mark": line, "encoding": {"x": x, "y": y, **_SAID}},
            *onset_layers(sheet, theme),
        ],
    }


def _config(theme: Theme) -> Spec:
    text = {"labelColor": theme.soft, "labelFontSize": _SMALL, "labelLimit": 0, "titleColor": theme.soft}
    return {
        "font": _FONT,
        "locale": {"time": days_by_name(), "number": figures_by_locale()},
        "view": {"stroke": theme.line},
        "axis": {**text, "gridColor": theme.grid, "domainColor": theme.line, "tickColor": theme.line},
        "legend": {
            "labelColor": theme.ink,
            "labelFontSize": _SMALL,
            "labelLimit": 0,
            "symbolSize": 80,
            "symbolStrokeColor": theme.ink,
            "symbolFillColor": theme.paper,
            "symbolStrokeWidth": 1.5,
        },
        "title": {
            "anchor": "start",
            "frame": "group",
            "color": theme.ink,
            "fontSize": _LARGE,
            "subtitleColor": theme.soft,
            "subtitleFontSize": _SMALL,
            "subtitlePadding": 4,
            "offset": 8,
        },
    }
