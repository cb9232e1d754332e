"""A chart of nobody, with every kind of mark, axis and legend that a joint's chart has: drawn before anybody asks."""

from datetime import date
from typing import Any

Spec = dict[str, Any]
_MARKS = ("area", "line", "rule", "tick", "bar", "text", "point")
_VALUES = [
    {"day": date(2026, month, 1).isoformat(), "degrees": 10 * month, "mode": "ab"[month % 2]}
    for month in range(1, 10)
]
_ROWS = 3  # of two panels, as a joint has that was measured well
_X = {"field": "day", "type": "temporal", "scale": {"type": "utc"}, "axis": {"tickCount": 6, "labelOverlap": True}}
_Y = {"field": "degrees", "type": "quantitative", "axis": {"labelExpr": "datum.label + '°'"}}
_POINT = {
    "shape": {"field": "mode", "type": "nominal", "legend": {"orient": "top"}},
    "fill": {"condition": {"test": "datum.degrees > 40", "value": "red"}, "value": "black"},
    "tooltip": {"field": "mode"},
}


def specimen() -> Spec:
    """Lay out a chart whose drawing starts all that the drawing of a joint needs."""
    layers = [
        {"mark": mark, "encoding": {"x": _X, "y": _Y, **(_POINT if mark == "point" else {})}} for mark in _MARKS
    ]
    panel = {"title": {"text": "specimen", "subtitle": "of nobody"}, "layer": layers}
    return {"data": {"values": _VALUES}, "vconcat": [{"hconcat": [panel, panel]} for _row in range(_ROWS)]}
