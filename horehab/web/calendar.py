"""A calendar feed for each of the team: when how many reminders are due, and nothing that tells of whom."""

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from icalendar import Calendar, Event, vDuration
from werkzeug.wrappers import Response

from horehab.domain.recipient import PATIENT
from horehab.domain.reminder import ReminderRule, ReminderState
from horehab.errors import ConfigurationError
from horehab.usecases.contacts import Feed
from horehab.usecases.exchange import ReminderRow
from horehab.usecases.signed_addresses import CALENDAR, is_signed, signature
from horehab.web.access import TEAM, allow, allow_signed
from horehab.web.language import gettext as _
from horehab.web.options import Viewer
from horehab.web.room import room, viewer

_BACK, _AHEAD = timedelta(days=30), timedelta(days=400)
_LENGTH = timedelta(minutes=15)
_GONE = (ReminderState.CANCELLED, ReminderState.EXPIRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a calendar: all reminders of one kind on one day, however many patients they are about."""

    uid: str
    rule: ReminderRule
    start: datetime
    count: int
    gone: int

    @property
    def is_cancelled(self) -> bool:
        """Whether none of them holds any more."""
        return self.count == self.gone


def add_to(pages: Blueprint) -> None:
    """Add the feed, and the page on which each of the team makes and revokes their own."""
    pages.add_url_rule("/calendar", "calendar", calendar)
    pages.add_url_rule("/calendar", "change_calendar", change_calendar, methods=["POST"])
    pages.add_url_rule("/calendar/<feed>/<signed>.ics", "feed", feed_of)


@allow(*TEAM)
def calendar() -> str:
    """Show the address of the viewer's own feed, if they made one."""
    found = room().ports().logbook.contacts.feeds_of(viewer().name)
    address = _address(found[-1]) if found else None
    return render_template("horehab/calendar.html", address=address, can_be_made=_can_be_made())


@allow(*TEAM)
def change_calendar() -> Response:
    """Make a feed, or revoke what was made: an address that came into wrong hands is of no use from then on."""
    ports, me = room().ports(), viewer()
    wanted = request.form.get("action")
    if wanted not in ("make", "revoke") or (wanted == "make" and not _can_be_made()):
        abort(400)
    ports.logbook.contacts.revoke_feeds(me.name, now=ports.clock.now())
    if wanted == "make":
        made = Feed(feed=room().options.new_id(), name=me.name, display=me.display, role=me.role.value)
        ports.logbook.contacts.make_feed(made, now=ports.clock.now())
    ports.logbook.audit(who=me.name, what=f"calendar feed: {wanted}", patient=None, now=ports.clock.now())
    return redirect(url_for("horehab.calendar"), code=303)


def _can_be_made() -> bool:
    """Whether anybody could tell, when a feed is read, whether its owner still may: else it would never end."""
    return room().options.viewer_named is not None


def _is_ours(feed: str, signed: str) -> bool:
    """Whether we signed this address, it was not revoked, and its owner may still sign in."""
    if not is_signed(_key(), CALENDAR, feed, signed):
        return False
    found = room().ports().logbook.contacts.feed(feed)
    return found is not None and _owner(found) is not None


def _owner(found: Feed) -> Viewer | None:
    """Say who its owner is today, whoever they were when they made it; None once they may not sign in any more."""
    named = room().options.viewer_named
    return named(found.name) if named else None


@allow_signed(_is_ours)
def feed_of(feed: str, signed: str) -> Response:
    """Answer one feed as iCalendar (RFC 5545), of the patients whom its owner may see."""
    del signed
    ports = room().ports()
    found = ports.logbook.contacts.feed(feed)
    owner = _owner(found) if found else None
    if owner is None:
        abort(404)
    ports.logbook.audit(who=owner.name, what="read calendar feed", patient=None, now=ports.clock.now())
    rows = [row for row in ports.logbook.reminders() if _is_shown(row, owner, ports.clock.now())]
    content = written(
        entries(rows, feed), now=ports.clock.now(), address=url_for("horehab.reminders", _external=True)
    )
    return Response(content, mimetype="text/calendar")


def entries(rows: Iterable[ReminderRow], feed: str) -> list[Entry]:
    """Put the reminders of a kind and a day together; the name of an entry stays, whatever becomes of them."""
    heaps: dict[tuple[date, ReminderRule], list[ReminderRow]] = {}
    for row in rows:
        heaps.setdefault((row.reminder.due_day, row.reminder.rule), []).append(row)
    return [
        Entry(
            uid=signature(feed, CALENDAR, f"{day}|{rule.value}"),
            rule=rule,
            start=min(row.due for row in heap),
            count=len(heap),
            gone=sum(row.state in _GONE for row in heap),
        )
        for (day, rule), heap in sorted(heaps.items(), key=lambda item: (item[0][0], item[0][1].value))
    ]


def written(listed: Iterable[Entry], *, now: datetime, address: str) -> bytes:
    """Write entries as iCalendar; what does not hold any more stays in it as cancelled, so that calendars drop it."""
    made = Calendar()
    made.add("prodid", "-//horehab//reminders//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", "horehab")
    made.add("refresh-interval", vDuration(timedelta(hours=1)), parameters={"VALUE": "DURATION"})
    words, otherwise = _words(), _("A reminder is due")
    for entry in listed:
        event = Event()
        event.add("uid", f"{entry.uid}@horehab")
        event.add("dtstamp", now.astimezone(UTC).replace(microsecond=0))
        event.add("dtstart", entry.start.astimezone(UTC).replace(microsecond=0))
        event.add("duration", _LENGTH)
        event.add("summary", f"{words.get(entry.rule, otherwise)} ({max(entry.count - entry.gone, 1)})")
        event.add("url", address)
        event.add("sequence", entry.gone)
        event.add("transp", "TRANSPARENT")
        event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
        made.add_component(event)
    content: bytes = made.to_ical()
    return content


def _words() -> Mapping[ReminderRule, str]:
    return {
        ReminderRule.MEASURE_ROM: _("A measurement is due"),
        ReminderRule.LOG_SESSION: _("A session is not logged yet"),
        ReminderRule.FOLLOW_UP_VISIT: _("A follow-up visit is due"),
        ReminderRule.REPEAT_IMAGING: _("A review is due"),
        ReminderRule.REVIEW_SUSPICION: _("A review is due"),
    }


def _is_shown(row: ReminderRow, owner: Viewer, now: datetime) -> bool:
    is_theirs = row.reminder.recipient != PATIENT and row.reminder.rule is not ReminderRule.DIGEST
    return is_theirs and now - _BACK < row.due < now + _AHEAD and room().options.may_see(owner, row.reminder.patient)


def _address(found: Feed) -> str:
    return url_for("horehab.feed", feed=found.feed, signed=signature(_key(), CALENDAR, found.feed), _external=True)


def _key() -> str:
    key = current_app.secret_key
    if not key:
        remedy = "Set SECRET_KEY in the app's config; addresses of feeds are signed with it."
        raise ConfigurationError("This app has no secret key.", remedy=remedy)
    text = key if isinstance(key, bytes) else key.encode()
    return hmac.new(text, b"horehab feeds", sha256).hexdigest()
