"""A patient's readings and sessions as CSV: columns whose names stay, one row each, safe in a spreadsheet."""

import csv
from collections.abc import Iterable
from datetime import date
from io import StringIO
from zoneinfo import ZoneInfo

from horehab.domain.moment import Moment
from horehab.domain.record import PatientRecord

Cell = str | float | date | None

READINGS = (
    "day", "time", "joint", "side", "motion", "mode", "degrees", "bound", "measured_by", "device", "position",
    "session", "source",
)  # fmt: skip
SESSIONS = (
    "day", "time", "kind", "status", "minutes", "repetitions", "intensity", "icu_mobility_level", "exertion",
    "sedation", "reason_not_done", "adverse_event", "note", "performer", "source",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


def readings_table(record: PatientRecord, ward: ZoneInfo) -> bytes:
    """Write all readings, oldest first; degrees with a point, days as in 2026-03-31, times of the `ward`."""
    return _table(
        READINGS,
        (
            (
                r.when.day, _time(r.when, ward), r.joint.value, r.side.value, r.motion.value, r.mode.value, r.degrees,
                r.bound.value if r.bound else None, r.rater, r.device, r.position, r.session, r.source,
            )
            for r in record.readings
        ),
    )  # fmt: skip


def sessions_table(record: PatientRecord, ward: ZoneInfo) -> bytes:
    """Write all sessions, oldest first; days and times of the `ward`."""
    return _table(
        SESSIONS,
        (
            (
                s.when.day, _time(s.when, ward), s.kind.value, s.status.value, s.minutes, s.repetitions, s.intensity,
                s.mobility_level, s.exertion, s.sedation, s.reason_not_done, s.adverse_event, s.note, s.performer,
                s.source,
            )
            for s in record.sessions
        ),
    )  # fmt: skip


def _table(names: Iterable[str], rows: Iterable[Iterable[Cell]]) -> bytes:
    """Write a table as spreadsheets read it: with a mark that it is UTF-8, lines ended as RFC 4180 says."""
    sheet = StringIO()
    writer = csv.writer(sheet, lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return sheet.getvalue().encode("utf-8-sig")


def _cell(value: Cell) -> str:
    """Write a cell; a text that a spreadsheet would compute is made a text by an apostrophe, a number stays one."""
    if value is None:
        return ""
    if isinstance(value, float | int):
        return f"{value:g}"
    if isinstance(value, date):
        return value.isoformat()
    return f"'{value}" if value.lstrip().startswith(_FORMULA) or value.startswith(_FORMULA) else value


def _time(when: Moment, ward: ZoneInfo) -> str:
    """Give the time of day on the ward, whose day stands beside it; "" for a day alone."""
    return f"{when.earliest.astimezone(ward):%H:%M}" if ":" in when.text else ""
