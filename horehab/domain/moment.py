"""When something was, as precisely as the chart says and no more precisely."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A time as a chart gives it: the original words, and the span of instants that they can mean.

    `earliest` and `latest` are aware UTC instants (equal for a time given to the second, a whole day apart
    for a date, a month for a year-month); `day` is the ward's local day of `earliest`. `is_zone_assumed` says
    that a clock time came without a zone and the ward's was taken; a date alone is that local day, and is no
    assumption (house.md, "Identity, memory, time").
    """

    text: str
    earliest: datetime
    latest: datetime
    day: date
    is_zone_assumed: bool = False


def local_moment(day: date, clock: time | None, zone: tzinfo) -> Moment:
    """Make the moment of a local day, or of a local clock time of that day, in the ward's zone.

    A time that the clock shows twice (the autumn change) is its first; one that it never shows (the spring
    change) is the instant that the clock jumped from.
    """
    start = datetime.combine(day, clock or time(), tzinfo=zone).astimezone(UTC)
    if clock is not None:
        return Moment(text=f"{day.isoformat()}T{clock.isoformat('minutes')}", earliest=start, latest=start, day=day)
    end = datetime.combine(day + timedelta(days=1), time(), tzinfo=zone).astimezone(UTC)
    return Moment(text=day.isoformat(), earliest=start, latest=end - timedelta(microseconds=1), day=day)
