"""The only file that reads the time or makes a new id."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo


def new_id() -> str:
    """Make an id that nobody else has: a random UUID in its usual form."""
    return str(uuid4())


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemClock:
    """The machine's clock, and the ward's day by it."""

    zone: ZoneInfo

    def now(self) -> datetime:
        """Read the time now, aware, in UTC: for leases, tokens and watermarks."""
        return datetime.now(UTC)

    def today(self) -> date:
        """Say which day it is on the ward: for rules, due dates and what is recorded."""
        return self.now().astimezone(self.zone).date()


@dataclass(slots=True, kw_only=True)
class SetClock:
    """A clock that stands where it is put: for the demo, for replay and for tests."""

    zone: ZoneInfo
    instant: datetime = field(default_factory=lambda: datetime(2026, 1, 1, 12, tzinfo=UTC))

    def now(self) -> datetime:
        """Read the time that it was set to, in UTC."""
        return self.instant

    def today(self) -> date:
        """Say which day the set time is on the ward."""
        return self.instant.astimezone(self.zone).date()

    def set_day(self, day: date) -> None:
        """Stand at noon of that ward day."""
        self.instant = datetime(day.year, day.month, day.day, 12, tzinfo=self.zone).astimezone(UTC)

    def advance(self, step: timedelta) -> None:
        """Move on by a step."""
        self.instant += step
