"""The marks of the chart: shapes and dashes of the modes, exposure shading, onset; in light and in dark ink."""

from dataclasses import dataclass
from typing import Any

from horehab.domain.range_of_motion import Mode
from horehab.web.chart_sheet import ChartSheet
from horehab.web.words import word

Spec = dict[str, Any]
_DOT, _RING = 51, 2
_SEVERAL = 2
_WIDEST = 0.62  # of the font's size: more than a letter takes on average in a wide bold font


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


AXIS_WIDTH = {"minExtent": 44, "maxExtent": 44}
"""How much room the figures of an axis have, in pixels: the same everywhere, so that panels stand in line."""


def cut_at(width: int, *words: str, size: int) -> int:
    """Say where texts are cut, in pixels; 0, which is never, where they fit: what may be cut is measured thrice.

    `size` is the font's, in pixels.
    """
    return width if max(map(len, words), default=0) * size * _WIDEST > width else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingMarks:
    """How the readings of one motion are drawn: over which axis of degrees, and in which modes."""

    sheet: ChartSheet
    theme: Theme
    y: Spec
    modes: tuple[Mode, ...]

    @property
    def place(self) -> Spec:
        """Where a reading stands: its day and its degrees."""
        return {"x": day_axis(self.sheet), "y": self.y}

    @property
    def legend(self) -> Spec | None:
        """What tells the modes apart; where there is but one, the title names it."""
        if len(self.modes) < _SEVERAL:
            return None
        return {"title": None, "orient": "top", "direction": "horizontal", "offset": 6}

    def scale(self, which: int) -> Spec:
        """Give each mode its shape (0) or its dash (1)."""
        modes = [mode for mode in SERIES_MARKS if mode in self.modes]
        return {"domain": [word(mode) for mode in modes], "range": [SERIES_MARKS[mode][which] for mode in modes]}


def day_axis(sheet: ChartSheet, *, field: str = "day") -> Spec:
    """The axis of days, the same in every panel, so that what stands above one another was at one time."""
    axis = {"title": None, "tickCount": 6, "format": "%-d %b", "labelOverlap": True}
    domain = [sheet.first.isoformat(), sheet.last.isoformat()]
    return {"field": field, "type": "temporal", "scale": {"type": "utc", "domain": domain}, "axis": axis}


def shade_layers(sheet: ChartSheet, theme: Theme) -> list[Spec]:
    """Shade the days of intensive care behind a panel; no layer where there were none."""
    spans = [{"from": begin.isoformat(), "to": end.isoformat()} for _exposure, begin, end in sheet.spans]
    if not spans:
        return []
    encoding = {"x": day_axis(sheet, field="from"), "x2": {"field": "to"}}
    return [{"data": {"values": spans}, "mark": {"type": "rect", "color": theme.shade}, "encoding": encoding}]


def onset_layers(sheet: ChartSheet, theme: Theme) -> list[Spec]:
    """Draw a line at the first worsening reading of a suspicion, and one at each decision; the strip names them."""
    marked = [on for on in (sheet.onset, *(d.decided for d in sheet.decisions)) if on is not None]
    if not marked:
        return []
    rule = {"type": "rule", "color": theme.warn, "strokeWidth": 1.5, "strokeDash": [6, 3]}
    values = [{"day": on.isoformat()} for on in dict.fromkeys(marked)]
    return [{"data": {"values": values}, "mark": rule, "encoding": {"x": day_axis(sheet)}}]


def line_layer(readings: list[Spec], marks: ReadingMarks) -> Spec:
    """Join the readings of each mode by a line with the dash of that mode."""
    mark = {"type": "line", "color": marks.theme.ink, "strokeWidth": 1.3}
    dash = {"field": "mode", "type": "nominal", "scale": marks.scale(1), "legend": marks.legend}
    return {"data": {"values": readings}, "mark": mark, "encoding": {**marks.place, "strokeDash": dash}}


def dot_layer(readings: list[Spec], marks: ReadingMarks) -> Spec:
    """Mark each reading with the shape of its mode: hollow within error, full and in the warning colour beyond."""
    theme = marks.theme
    beyond = {"test": "datum.beyond", "value": theme.warn}
    within = {"test": "!datum.beyond", "value": theme.paper}
    mark = {"type": "point", "filled": False, "size": _DOT, "strokeWidth": _RING, "opacity": 1}
    encoding = {
        **marks.place,
        "shape": {"field": "mode", "type": "nominal", "scale": marks.scale(0), "legend": marks.legend},
        "fill": {"condition": [beyond, within], "value": theme.ink},  # the last is the legend's
        "stroke": {"condition": beyond, "value": theme.ink},
        "description": {"field": "said"},
        "tooltip": {"field": "said"},
    }
    return {"data": {"values": readings}, "mark": mark, "encoding": encoding}


def degrees_axis(span: tuple[float, float]) -> Spec:
    """The axis of degrees over a span, each number with its sign."""
    return {
        "field": "degrees",
        "type": "quantitative",
        "scale": {"domain": list(span), "nice": False, "zero": False},
        "axis": {
            "title": None,
            "tickCount": 5,
            "labelExpr": "replace(datum.label, '-', '\u2212') + '°'",
            **AXIS_WIDTH,
        },
    }
