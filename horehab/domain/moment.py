"""When something was, as precisely as the chart says and no more precisely."""

from dataclasses import dataclass
from datetime import date, datetime


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
