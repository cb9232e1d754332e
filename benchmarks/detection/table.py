"""The figures as tables in Markdown: a row per ward, baselines beside the engine, marks for what is reached."""

import math
from collections.abc import Iterable, Mapping, Sequence

from benchmarks.detection.goals import Reached, reached, targets
from benchmarks.detection.judge import NAMES, Figures, Judged
from benchmarks.detection.wards import BY_NAME

HEADINGS = {
    "false": "false per 100 patient-months",
    "found": "found",
    "in_time": "in time",
    "lead": "median lead, days",
    "wrong": "wrong place per 100 HO patient-months",
}
KEY = "● goal reached, ◐ floor only, ○ not reached; no mark where no line is set. 95 % intervals in brackets."


def ward_table(wards: Mapping[str, Judged], ceilings: Mapping[str, Judged]) -> str:
    """Lay out one detector on every ward of a world, with the best that anything could do there beside it.

    The clean ward must be among them for marks against it.
    """
    clean = wards["clean"].figures if "clean" in wards else None
    rows = []
    for name, ward in wards.items():
        line = BY_NAME[name].line
        lines = targets(line, clean)
        marks = {figure: reached(figure, getattr(ward.figures, figure), lines.get(figure)) for figure in NAMES}
        rows.append(
            [name, *(_cell(figure, ward, mark) for figure, mark in marks.items()), _best(ceilings[name].figures)]
        )
    return plain_table(["ward", *(HEADINGS[name] for name in NAMES), "ceiling: found / in time / lead"], rows)


def detector_table(detectors: Mapping[str, Judged]) -> str:
    """Lay out several detectors on one ward."""
    rows = [[name, *(_cell(figure, one, Reached.NO_LINE) for figure in NAMES)] for name, one in detectors.items()]
    return plain_table(["detector", *(HEADINGS[name] for name in NAMES)], rows)


def missed(wards: Mapping[str, Judged]) -> list[str]:
    """Say in words which cells of a world do not reach their floor, and by how much."""
    clean = wards["clean"].figures
    found = []
    for name, ward in wards.items():
        for figure, target in targets(BY_NAME[name].line, clean).items():
            value = getattr(ward.figures, figure)
            if reached(figure, value, target) is Reached.NOT:
                floor = number(figure, target.floor)
                found.append(f"{name}: {HEADINGS[figure]} is {number(figure, value)}, the floor {floor}")
    return found


def number(figure: str, value: float) -> str:
    """Write a figure as its kind is written: a part of 1 with two places, days whole, a rate with one place."""
    if math.isnan(value):
        return "-"
    if math.isinf(value):
        return "never" if value < 0 else "always"
    places = {"found": 2, "in_time": 2, "lead": 0}.get(figure, 1)
    return f"{value:.{places}f}"


def _best(figures: Figures) -> str:
    return " / ".join(number(name, getattr(figures, name)) for name in ("found", "in_time", "lead"))


def _cell(figure: str, ward: Judged, mark: Reached) -> str:
    value = getattr(ward.figures, figure)
    if math.isnan(value):
        return "-"
    low, high = (number(figure, getattr(end, figure)) for end in (ward.low, ward.high))
    text = f"{number(figure, value)} ({low} to {high})"
    return f"{mark.value} {text}" if mark.value else text


def plain_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Lay out rows of text under headings."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def figures_as_data(judged: Judged) -> dict[str, object]:
    """Give the figures of a ward for a JSON file; minus infinity and what is not known become null."""
    return {
        "patients": judged.patients,
        "joints": judged.joints,
        "months": round(judged.months, 1),
        **{name: _plain(judged.figures, name) for name in NAMES},
        "interval": {name: [_plain(judged.low, name), _plain(judged.high, name)] for name in NAMES},
    }


def _plain(figures: Figures, name: str) -> float | None:
    value = getattr(figures, name)
    return round(value, 4) if math.isfinite(value) else None
