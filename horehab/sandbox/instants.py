"""FHIR dates as spans of milliseconds: "2026-03" is the whole month, "2026-03-04T10:00Z" that minute.

A date without a zone is read in UTC. A span is (first millisecond, last millisecond) since 1970.
"""

import re
from datetime import UTC, datetime, timedelta

from horehab.sandbox.refusals import Refusal

Span = tuple[int, int]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?P<second>:\d\d(?P<fraction>\.\d+)?)?(?P<zone>Z|[+-]\d\d:\d\d)?$")
FOREVER: Span = (-(2**62), 2**62)


def milliseconds(instant: datetime) -> int:
    """Count the milliseconds from 1970 to an aware instant."""
    return (instant - _EPOCH) // _MILLISECOND


def written(moment: int) -> str:
    """Write milliseconds as HAPI writes meta.lastUpdated: 2026-01-01T12:00:00.000+00:00."""
    return (_EPOCH + moment * _MILLISECOND).isoformat(timespec="milliseconds")


def http_date(moment: int) -> datetime:
    """Give the instant of Last-Modified, to the second."""
    return (_EPOCH + moment * _MILLISECOND).replace(microsecond=0)


def _span_of_date(year: int, month: int | None, day: int | None) -> Span:
    first = datetime(year, month or 1, day or 1, tzinfo=UTC)
    if day:
        after = first + timedelta(days=1)
    elif month:
        after = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    else:
        after = datetime(year + 1, 1, 1, tzinfo=UTC)
    return milliseconds(first), milliseconds(after) - 1


def span(text: str) -> Span:
    """Read a FHIR date, dateTime or instant; Refusal 400 for what is none."""
    try:
        if found := _DATE.match(text):
            year, month, day = (int(part) if part else None for part in found.groups())
            return _span_of_date(year or 0, month, day)
        if found := _TIME.match(text):
            instant = datetime.fromisoformat(text)
            first = milliseconds(instant if instant.tzinfo else instant.replace(tzinfo=UTC))
            width = 1 if found["fraction"] else (1000 if found["second"] else 60_000)
            return first, first + width - 1
    except (ValueError, OverflowError):
        pass
    raise Refusal(400, f"Invalid date/time: {text!r}; expected is for example 2026-03-04T10:00:00Z.")
