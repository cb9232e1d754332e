"""Times as charts write them, and what they can mean: partial dates are spans, a missing zone is the ward's."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from horehab.domain.moment import Moment
from horehab.fhir.basis.elements import Tree, child, word
from horehab.fhir.basis.quarantine import CannotRead
from horehab.fhir.basis.site import Site

_WRITTEN = re.compile(
    r"(?P<year>\d{4})(-(?P<month>\d\d)(-(?P<day>\d\d)"
    r"([T ](?P<hour>\d\d):(?P<minute>\d\d)(:(?P<second>\d\d)([.,](?P<fraction>\d+))?)?"
    r" ?(?P<zone>Z|z|[+-]\d\d:?\d\d)?)?)?)?",
    re.ASCII,
)
_DECEMBER = 12
_LAST_SECOND = 59
_TICK = timedelta(microseconds=1)


def moment(text: str, zone: ZoneInfo) -> Moment | None:
    """Read a time as precisely as it is written and no more; None when it is no date or time.

    Accepted beyond FHIR: no zone, no seconds, a blank for the T. A clock time without zone is taken in the
    ward's zone and marked; in the hour that a night in autumn has twice, it spans both.
    """
    match = _WRITTEN.fullmatch(text)
    if match is None:
        return None
    try:
        earliest, latest = _on_the_clock(match, zone) if match["hour"] else _by_calendar(match, zone)
        day = earliest.astimezone(zone).date()
    except (ValueError, OverflowError):
        return None
    is_assumed = bool(match["hour"]) and not match["zone"]
    return Moment(text=text, earliest=earliest, latest=latest, day=day, is_zone_assumed=is_assumed)


def _by_calendar(match: re.Match[str], zone: ZoneInfo) -> tuple[datetime, datetime]:
    first = date(int(match["year"]), int(match["month"] or 1), int(match["day"] or 1))
    if match["day"]:
        after = first + timedelta(days=1)
    elif match["month"]:
        after = date(first.year + first.month // _DECEMBER, first.month % _DECEMBER + 1, 1)
    else:
        after = date(first.year + 1, 1, 1)
    return _midnight(first, zone), _midnight(after, zone) - _TICK


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _on_the_clock(match: re.Match[str], zone: ZoneInfo) -> tuple[datetime, datetime]:
    clock = datetime(
        int(match["year"]),
        int(match["month"]),
        int(match["day"]),
        int(match["hour"]),
        int(match["minute"]),
        min(int(match["second"] or 0), _LAST_SECOND),
        int((match["fraction"] or "0")[:6].ljust(6, "0")),
        tzinfo=zone,
    )
    width = timedelta(0) if match["second"] else timedelta(minutes=1) - _TICK
    if match["zone"]:
        written = match["zone"].upper().replace("Z", "+00:00")
        aware = datetime.fromisoformat(f"{clock.replace(tzinfo=None).isoformat()}{written}").astimezone(UTC)
        return aware, aware + width
    both = sorted(clock.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    return both[0], both[1] + width


def moment_at(node: Tree, name: str, site: Site) -> Moment | None:
    """Read the time under a name; None when there is none; CannotRead when it is no time."""
    if node.get(name) is None:
        return None
    text = word(node, name)
    read = moment(text, site.zone) if text else None
    if read is None:
        raise CannotRead("bad-time", name, f"Found {str(node[name])[:40]!r}.")
    return read


def span_at(node: Tree, name: str, site: Site) -> tuple[Moment | None, Moment | None]:
    """Read start and end of a period under a name; either may be None; CannotRead when one is no time."""
    period = child(node, name)
    return moment_at(period, "start", site), moment_at(period, "end", site)


def joined(start: Moment | None, end: Moment | None) -> Moment | None:
    """Take a period as one moment that spans it; None when it has neither start nor end."""
    if start is None or end is None:
        return start or end
    return replace(start, text=f"{start.text}/{end.text}", latest=max(start.latest, end.latest))


def moment_of(node: Tree, stem: str, site: Site) -> Moment | None:
    """Read a time that FHIR allows in several forms: effectiveDateTime, -Instant, -Period, -Timing; CannotRead."""
    for form in ("DateTime", "Instant"):
        read = moment_at(node, stem + form, site)
        if read is not None:
            return read
    read = joined(*span_at(node, stem + "Period", site))
    if read is not None:
        return read
    events = child(node, stem + "Timing").get("event")
    if isinstance(events, list) and len(events) == 1:
        return moment_at({"event": events[0]}, "event", site)
    return None


def known_on(node: Tree, told: Moment | None, when: Moment, site: Site) -> date:
    """Say from which ward day something was known: from when it was told, else from when it was.

    By the site's option from meta.lastUpdated instead; CannotRead when that is no time.
    """
    if site.known_by_last_updated:
        updated = moment_at(child(node, "meta"), "lastUpdated", site)
        if updated is not None:
            return updated.day
    return (told or when).day


def written(when: Moment, site: Site) -> str:
    """Write a moment as FHIR wants it: the original words where they are valid, else with the ward's zone."""
    match = _WRITTEN.fullmatch(when.text)
    if match and (not match["hour"] or (match["second"] and match["zone"] and "T" in when.text)):
        return when.text
    return when.earliest.astimezone(site.zone).isoformat()


def instant_of(day: date, site: Site) -> str:
    """Write a ward day where FHIR wants an instant: noon of that day in the ward's zone."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=site.zone).isoformat()
