"""The readings of a joint as a table beside the chart: a row per day, a column per motion and mode."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from horehab.domain.joints import MOTIONS, JointSide, Motion
from horehab.domain.range_of_motion import Mode, Reading

Column = tuple[Motion, Mode]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One day: the readings by column, who measured, with what, in which position, and what had to be assumed."""

    day: date
    cells: dict[Column, list[Reading]]
    raters: tuple[str, ...]
    devices: tuple[str, ...]
    positions: tuple[str, ...]
    assumptions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingTable:
    """All readings of one joint, the newest day first."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


def reading_table(readings: Iterable[Reading], place: JointSide) -> ReadingTable:
    """Sort the readings of one joint into days and columns; motions in the order of the form."""
    mine = [reading for reading in readings if reading.place == place]
    order = {motion: rank for rank, motion in enumerate(MOTIONS[place.joint])}
    modes = {mode: rank for rank, mode in enumerate((Mode.PASSIVE, Mode.ACTIVE, Mode.ACTIVE_ASSISTED, Mode.UNKNOWN))}
    found = {(reading.motion, reading.mode) for reading in mine}
    columns = sorted(found, key=lambda c: (order.get(c[0], len(order)), modes[c[1]], c[0].value))
    days = sorted({reading.when.day for reading in mine}, reverse=True)
    return ReadingTable(columns=tuple(columns), rows=tuple(_row(day, mine) for day in days))


def _row(day: date, mine: list[Reading]) -> Row:
    here = sorted((r for r in mine if r.when.day == day), key=lambda r: (r.when.earliest, r.source))
    cells: dict[Column, list[Reading]] = {}
    for reading in here:
        cells.setdefault((reading.motion, reading.mode), []).append(reading)
    return Row(
        day=day,
        cells=cells,
        raters=_distinct(r.rater for r in here),
        devices=_distinct(r.device for r in here),
        positions=_distinct(r.position for r in here),
        assumptions=_distinct(text for r in here for text in r.assumptions),
    )


def _distinct(words: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in words if word))
