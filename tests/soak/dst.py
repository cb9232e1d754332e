"""Every local time of ten years in sixty zones against an oracle; beside it what APScheduler's cron makes of it.

python -m tests.soak.dst            every day (minutes)
python -m tests.soak.dst --sample   the days around each change of a clock (seconds)
"""

import argparse
import sys
import time as machine
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from horehab.store.local_time import due_instant

FIRST, LAST = date(2025, 1, 1), date(2034, 12, 31)
TIMES = tuple(time(half // 2, half % 2 * 30) for half in range(48))
# Every rule for changing clocks that was in force after 2024, all over the world, and zones without one.
ZONES = (
    "Africa/Cairo", "Africa/Casablanca", "Africa/El_Aaiun", "Africa/Johannesburg", "Africa/Lagos", "Africa/Nairobi",
    "America/Adak", "America/Anchorage", "America/Argentina/Buenos_Aires", "America/Asuncion", "America/Bogota",
    "America/Chicago", "America/Denver", "America/Goose_Bay", "America/Halifax", "America/Havana", "America/Lima",
    "America/Los_Angeles", "America/Mexico_City", "America/Miquelon", "America/New_York", "America/Nuuk",
    "America/Phoenix", "America/Port-au-Prince", "America/Regina", "America/Santiago", "America/Sao_Paulo",
    "America/Scoresbysund", "America/St_Johns", "America/Tijuana", "America/Toronto", "America/Vancouver",
    "Antarctica/Troll", "Asia/Baghdad", "Asia/Beirut", "Asia/Dhaka", "Asia/Gaza", "Asia/Hebron", "Asia/Jerusalem",
    "Asia/Kathmandu", "Asia/Kolkata", "Asia/Manila", "Asia/Nicosia", "Asia/Shanghai", "Asia/Tehran", "Asia/Tokyo",
    "Atlantic/Azores", "Atlantic/Canary", "Atlantic/Reykjavik", "Australia/Adelaide", "Australia/Brisbane",
    "Australia/Lord_Howe", "Australia/Sydney", "Europe/Athens", "Europe/Berlin", "Europe/Chisinau", "Europe/Dublin",
    "Europe/Istanbul", "Europe/Lisbon", "Europe/London", "Europe/Madrid", "Europe/Moscow", "Europe/Paris",
    "Pacific/Auckland", "Pacific/Chatham", "Pacific/Easter", "Pacific/Honolulu", "Pacific/Kiritimati",
    "Pacific/Norfolk", "UTC",
)  # fmt: skip
_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)
_CRON_ZONES = ("Europe/Madrid", "America/New_York", "America/Santiago", "Africa/Cairo", "Australia/Lord_Howe",
               "Asia/Beirut", "America/Havana", "Atlantic/Azores", "Pacific/Auckland", "America/Nuuk",
               "America/St_Johns", "Asia/Gaza")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change of a clock: the first instant after it, and by how much the clock was set on (or back)."""

    at: datetime
    by: timedelta


@dataclass(slots=True, kw_only=True)
class Report:
    """How many local times were asked for; days with none, days with two, and instants other than the oracle's."""

    asked: int = 0
    without: int = 0
    two: int = 0
    others: list[str] = field(default_factory=list)

    @property
    def is_right(self) -> bool:
        """Whether each day had its one reminder, at the oracle's instant."""
        return not (self.without or self.two or self.others)


def changes(zone: ZoneInfo) -> list[Change]:
    """Find every change of a zone's clock by looking at each day, then at each hour, then at each minute."""
    found = []
    here = datetime.combine(FIRST, time(), UTC) - timedelta(days=2)
    offset = _offset(here, zone)
    while here.date() <= LAST + timedelta(days=2):
        here += _DAY
        if (now := _offset(here, zone)) != offset:
            hour = next(at for at in (here - _DAY + n * _HOUR for n in range(25)) if _offset(at, zone) == now)
            exact = next(at for at in (hour - _HOUR + n * _MINUTE for n in range(61)) if _offset(at, zone) == now)
            found.append(Change(at=exact, by=now - offset))
            offset = now
    return found


def _offset(instant: datetime, zone: ZoneInfo) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta()


def oracle(day: date, zone: ZoneInfo, known: Sequence[Change]) -> list[datetime]:
    """Find the instant of each time of a day by trying each offset of these days: the first that the clock shows.

    A time that it never shows is at the instant of the change that jumped over it, or in the last minute before
    where that is the next day already.
    """
    noon = datetime.combine(day, time(12), UTC)
    near = [change for change in known if abs(change.at - noon) < 2 * _DAY]
    offsets = {_offset(noon + n * _DAY, zone) for n in (-1, 0, 1)}
    offsets |= {_offset(change.at, zone) - change.by for change in near}
    return [_first(datetime.combine(day, at), zone, offsets, near) for at in TIMES]


def _first(wanted: datetime, zone: ZoneInfo, offsets: set[timedelta], near: Sequence[Change]) -> datetime:
    if len(offsets) == 1:  # no change is near: the clock shows every time once
        return (wanted - min(offsets)).replace(tzinfo=UTC)
    instants = sorted((wanted - offset).replace(tzinfo=UTC) for offset in offsets)
    shown = [instant for instant in instants if instant.astimezone(zone).replace(tzinfo=None) == wanted]
    return shown[0] if shown else _jumped(wanted, zone, near)


def _jumped(wanted: datetime, zone: ZoneInfo, near: Sequence[Change]) -> datetime:
    for change in near:
        after = change.at.astimezone(zone).replace(tzinfo=None)
        if change.by > timedelta() and after - change.by <= wanted < after:
            return change.at if after.date() == wanted.date() else change.at - _MINUTE
    raise AssertionError(f"{wanted} is neither shown nor jumped over in {zone}")


def days_of(zone: ZoneInfo, known: Sequence[Change], *, is_sample: bool) -> Sequence[date]:
    """Choose days in order: all of them, or those around each change and some in between."""
    every = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    if not is_sample:
        return every
    near = {change.at.astimezone(zone).date() + n * _DAY for change in known for n in (-1, 0, 1)}
    return [day for day in every if day in near or day.toordinal() % 997 == 0]


def ours(zones: Sequence[str] = ZONES, *, is_sample: bool) -> Report:
    """Hold our instants against the oracle's, and count those that fall on each local day."""
    report = Report()
    for name in zones:
        zone = ZoneInfo(name)
        known = changes(zone)
        days = days_of(zone, known, is_sample=is_sample)
        right = {day: oracle(day, zone, known) for day in days}
        for number, at in enumerate(TIMES):
            instants = [due_instant(day, at, zone) for day in days]
            _count(report, name, days, instants)
            pairs = zip(days, instants, strict=True)
            report.others += [f"{name} {day} {at}" for day, mine in pairs if mine != right[day][number]]
    return report


def _count(report: Report, name: str, days: Sequence[date], instants: Sequence[datetime]) -> None:
    fired = Counter(instant.astimezone(ZoneInfo(name)).date() for instant in instants)
    report.asked += len(days)
    report.without += sum(not fired[day] for day in days)
    report.two += sum(fired[day] > 1 for day in days)


def cron(zones: Sequence[str] = _CRON_ZONES, *, years: int = 10) -> Report:
    """Count the days around each change on which APScheduler's cron fires never, or twice, at a daily local time."""
    report = Report()
    for name in zones:
        zone = ZoneInfo(name)
        for change in (each for each in changes(zone) if each.at.year < FIRST.year + years):
            middle = change.at.astimezone(zone).date()
            days = [middle + timedelta(days=n) for n in (-1, 0, 1)]
            for at in TIMES:
                fired = Counter(_fired(CronTrigger(hour=at.hour, minute=at.minute, timezone=zone), days, zone))
                report.asked += len(days)
                report.without += sum(not fired[day] for day in days)
                report.two += sum(fired[day] > 1 for day in days)
    return report


def _fired(trigger: CronTrigger, days: Sequence[date], zone: ZoneInfo) -> Iterator[date]:
    """List the local days on which a daily cron fires, as its scheduler asks it: at each firing for the next one.

    Asked for a next one it may give the same again, for ever: what fires so often is enough to see it.
    """
    start = datetime.combine(days[0] - _DAY, time(12), zone)
    fired = trigger.get_next_fire_time(None, start)
    for _ in range(2 * len(days)):
        if fired is None or fired.date() > days[-1]:
            return
        yield fired.date()
        now = (fired.astimezone(UTC) + timedelta(milliseconds=1)).astimezone(zone)
        fired = trigger.get_next_fire_time(fired, now)


def main() -> int:
    """Run both and print by how much each fails; 1 when ours does."""
    parser = argparse.ArgumentParser(description="Local times against an oracle")
    parser.add_argument("--sample", action="store_true", help="only the days around each change of a clock")
    chosen = parser.parse_args()
    for name, run in _runs(is_sample=chosen.sample):
        begun = machine.monotonic()
        report = run()
        took = machine.monotonic() - begun
        sys.stdout.write(
            f"{name:<22} {report.asked:>10,} local times: {report.without:>5} days without, {report.two:>5} with two"
            f", {len(report.others)} against the oracle ({took:.0f} s)\n"
        )
        if name == "horehab" and not report.is_right:
            sys.stdout.write("\n".join(report.others[:20]) + "\n")
            return 1
    return 0


def _runs(*, is_sample: bool) -> tuple[tuple[str, Callable[[], Report]], ...]:
    return (
        ("horehab", lambda: ours(is_sample=is_sample)),
        ("APScheduler's cron", lambda: cron(years=2 if is_sample else 10)),
    )


if __name__ == "__main__":
    sys.exit(main())
