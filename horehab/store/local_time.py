"""Local times of the ward as instants: none is skipped in spring, none comes twice in autumn."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_MINUTE = timedelta(minutes=1)


def due_instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Turn a local day and time into its instant in UTC.

    A time that the spring change skips becomes the first valid minute after it, or the last one before it where that
    change crosses midnight: the day keeps its reminder. One that comes twice in autumn is taken the first time.
    """
    local = datetime.combine(day, at.replace(tzinfo=None))
    after = local.replace(tzinfo=zone).astimezone(UTC)
    if after.astimezone(zone).replace(tzinfo=None) == local:
        return after
    before = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    last = after - _MINUTE
    is_next_day = after.astimezone(zone).date() != day
    return last if is_next_day and last.astimezone(zone).date() == day else after


def zone_of(name: str) -> ZoneInfo | None:
    """Find an IANA zone; None for a name that is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
