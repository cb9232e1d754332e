"""The strip at the head of the chart: what went before as bars, sessions as ticks, and the days that are named."""

from datetime import date
from typing import Any

from horehab.web.chart_marks import Theme, cut_at, day_axis
from horehab.web.chart_sheet import ChartSheet
from horehab.web.language import day
from horehab.web.language import gettext as _
from horehab.web.words import decision_word, word

Spec = dict[str, Any]
_LANE = 18
_NAMES, _SMALL = 200, 12  # pixels: how wide the names of the lanes may be, and their font's size


def named_days(sheet: ChartSheet) -> list[tuple[str, date]]:
    """List the days that the chart names: the first worsening reading of a suspicion, and each decision."""
    onset = [(_("worse since"), sheet.onset)] if sheet.onset else []
    return [*onset, *((decision_word(decision.decision), decision.decided) for decision in sheet.decisions)]


def strip(sheet: ChartSheet, theme: Theme, *, width: int) -> Spec:
    """Draw a lane per kind of exposure, one for the sessions, and one per named day, where no reading can lie."""
    bars, ticks, names = _bars(sheet), _ticks(sheet), _names(sheet)
    order = [*dict.fromkeys(item["kind"] for item in (*bars, *ticks, *names))]
    axis = {"title": None, "grid": False, "ticks": False, "labelLimit": cut_at(_NAMES, *order, size=_SMALL)}
    y = {"field": "kind", "type": "nominal", "sort": order, "scale": {"domain": order}, "axis": axis}
    x = day_axis(sheet, field="from")
    place = {"x": x, "y": y}
    layers = [
        (bars, {"type": "bar", "height": 9, "color": theme.bar, "cornerRadius": 2}, {**place, "x2": {"field": "to"}}),
        (ticks, {"type": "tick", "thickness": 1.5, "height": 9, "color": theme.accent}, place),
        *_layers_of(names, theme, place),
    ]
    drawn = [{"data": {"values": v}, "mark": mark, "encoding": encoding} for v, mark, encoding in layers if v]
    return {"width": width, "height": {"step": _LANE}, "layer": drawn, "view": {"stroke": None}}


def _layers_of(names: list[Spec], theme: Theme, place: Spec) -> list[tuple[list[Spec], Spec, Spec]]:
    """Mark each named day by a triangle with its date beside it, on the side where there is room."""
    mark = {"type": "point", "shape": "triangle-down", "filled": True, "size": 70, "color": theme.warn, "opacity": 1}
    text = {"type": "text", "baseline": "middle", "fontSize": 12, "color": theme.warn, "fontWeight": "bold"}
    said = {**place, "text": {"field": "said", "type": "nominal"}}
    return [
        (names, mark, place),
        ([n for n in names if n["is_early"]], {**text, "align": "left", "dx": 9}, said),
        ([n for n in names if not n["is_early"]], {**text, "align": "right", "dx": -9}, said),
    ]


def _bars(sheet: ChartSheet) -> list[Spec]:
    return [{"kind": word(e.kind), "from": begin.isoformat(), "to": end.isoformat()} for e, begin, end in sheet.spans]


def _ticks(sheet: ChartSheet) -> list[Spec]:
    return [{"kind": _("sessions"), "from": s.when.day.isoformat()} for s in sheet.sessions]


def _names(sheet: ChartSheet) -> list[Spec]:
    return [
        {
            "kind": kind,
            "from": on.isoformat(),
            "said": day(on),
            "is_early": on - sheet.first < sheet.last - on,
        }
        for kind, on in named_days(sheet)
    ]
