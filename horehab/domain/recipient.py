"""Who is to be reminded, and whether, when and by which way a reminder may reach them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from horehab.domain.in_use import is_in_use

PATIENT = "patient"
"""The recipient of a reminder that is for the patient themselves; any other is staff."""

MESSAGE = "message"
"""The channel of a reminder that goes by whichever way its recipient prefers."""

_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+")
_TRUNK_ZERO = re.compile(r"^(\s*(?:\+|00)(?!39)[0-9 ]+)\(0\)")
_PREFIX = re.compile(r"\+[1-9][0-9]{0,3}")
_FEWEST_DIGITS, _MOST_DIGITS = 6, 15  # ITU-T E.164: at most 15 digits after the plus
_LONGEST_NIGHT = 3  # days within which quiet hours must end, whatever the clocks do


class Medium(Enum):
    """How a reminder travels; the same words are the channels of reminders."""

    EMAIL = "email"
    SMS = "sms"
    WEBHOOK = "webhook"
    EHR = "ehr"
    CALL = "call"
    LETTER = "letter"

    @property
    def is_on_paper(self) -> bool:
        """Whether a person works it off from a list, and no machine sends anything."""
        return self in (Medium.CALL, Medium.LETTER)


MESSAGES = (Medium.SMS, Medium.EMAIL, Medium.EHR)
"""What may serve as "message"; which of them a patient can be reached by, and in which order, their ways say."""


class Consent(Enum):
    """What is recorded of a patient's consent to be reminded."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactWay:
    """One way to reach somebody, as the chart has it.

    `system` is "phone", "sms" or "email"; `use` such as "home", "mobile" or "old"; `rank` 1 is the most preferred.
    `since` and `until` are the days between which it holds, None for open.
    """

    system: str
    value: str
    use: str | None = None
    rank: int | None = None
    since: date | None = None
    until: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether it may be used on that day: not an old one, and within its time."""
        return is_in_use(day, use=self.use, since=self.since, until=self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way that can be used: the medium, and the address in the form that the medium takes."""

    medium: Medium
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """The hours in which nobody is disturbed, on the recipient's own clock; they may span midnight."""

    start: time
    end: time

    def until(self, now: datetime, zone: ZoneInfo) -> datetime | None:
        """Tell until when (UTC) it is quiet; None when it is not quiet now, or never is (start and end alike)."""
        local = now.astimezone(zone)
        if not self._holds_at(local.time()):
            return None
        days = (local.date() + timedelta(days=number) for number in range(_LONGEST_NIGHT))
        ends = (datetime.combine(day, self.end, zone).astimezone(UTC) for day in days)
        return next(end for end in ends if end > now)

    def _holds_at(self, at: time) -> bool:
        if self.start <= self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """All that decides how somebody is reminded.

    `ways` are in order of preference. `language` is a tag such as "es", `zone` the recipient's IANA zone. `stopped`
    are the media on which they said STOP, with the instant since when; a consent counts for patients alone.
    """

    language: str
    zone: ZoneInfo
    is_patient: bool = False
    ways: tuple[Way, ...] = ()
    quiet: QuietHours | None = None
    consent: Consent = Consent.UNKNOWN
    stopped: tuple[tuple[Medium, datetime], ...] = ()

    def way_by(self, medium: Medium) -> Way | None:
        """Find the preferred way of a medium."""
        return next((way for way in self.ways if way.medium is medium), None)


class Fate(Enum):
    """What is to be done with a reminder now."""

    GO = "go"
    WAIT = "wait"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """What is to be done: go by `way`, wait `until`, or never go; the reason in plain words, without an address."""

    fate: Fate
    reason: str = ""
    way: Way | None = None
    until: datetime | None = None


def route(channel: str, contact: Contact, now: datetime) -> Route:
    """Decide whether, when and by which way a reminder on a channel may reach somebody.

    Nothing goes to a patient without a recorded consent, nor on a medium on which they said STOP: a message then goes
    by no other way either, for they ended the messages and not the telephone. Quiet hours postpone and never drop; a
    list on paper disturbs nobody and needs no consent: a person decides about each call.
    """
    media = MESSAGES if channel == MESSAGE else tuple(medium for medium in Medium if medium.value == channel)
    if not media:
        return Route(fate=Fate.NEVER, reason=f"there is no channel {channel!r}")
    if all(medium.is_on_paper for medium in media):
        return Route(fate=Fate.GO, way=contact.way_by(media[0]) or Way(medium=media[0], address=""))
    if contact.is_patient and contact.consent is not Consent.YES:
        return Route(fate=Fate.NEVER, reason=_no_consent(contact.consent))
    known = [way for way in contact.ways if way.medium in media]
    stopped = [(medium, since) for medium, since in contact.stopped if medium in media]
    open_ways = [way for way in known if way.medium not in dict(stopped)]
    if not open_ways or (contact.is_patient and stopped):
        return Route(fate=Fate.NEVER, reason=_no_way(stopped, channel))
    until = contact.quiet.until(now, contact.zone) if contact.quiet is not None else None
    if until is not None:
        return Route(fate=Fate.WAIT, reason="quiet hours of the recipient", way=open_ways[0], until=until)
    return Route(fate=Fate.GO, way=open_ways[0])


def _no_consent(consent: Consent) -> str:
    if consent is Consent.NO:
        return "the patient does not want to be reminded"
    return "no consent of the patient is recorded"


def _no_way(stopped: Iterable[tuple[Medium, datetime]], channel: str) -> str:
    since = min((at for _, at in stopped), default=None)
    if since is not None:
        return f"the recipient said STOP on {since.date()}"
    if channel == MESSAGE:
        return "no mobile number or e-mail address is known for the recipient"
    words = {Medium.SMS.value: "mobile number", Medium.EMAIL.value: "e-mail address"}
    return f"no {words.get(channel, 'address')} is known for the recipient"


def usable_ways(listed: Iterable[ContactWay], day: date, *, prefix: str = "") -> tuple[Way, ...]:
    """Turn what the chart lists into ways that can be used on a day, the preferred first.

    A mobile takes messages and calls, any other telephone only calls. `prefix` is the country's, such as "+34", for
    numbers written without one. Numbers and addresses that are none are left out.
    """
    found: list[Way] = []
    for way in in_order(listed, day):
        if way.system == "email":
            address = way.value.strip()
            found += [Way(medium=Medium.EMAIL, address=address)] if is_mail_address(address) else []
            continue
        number = phone_number(way.value, prefix=prefix) if way.system in ("phone", "sms") else None
        if number and (way.system == "sms" or way.use == "mobile"):
            found.append(Way(medium=Medium.SMS, address=number))
        if number and way.system == "phone":
            found.append(Way(medium=Medium.CALL, address=number))
    return tuple(dict.fromkeys(found))


def in_order(listed: Iterable[ContactWay], day: date) -> list[ContactWay]:
    """Choose what holds on a day, the preferred first; what has no rank comes after what has one."""
    holding = (way for way in listed if way.holds_on(day))
    return sorted(holding, key=lambda way: (way.rank is None, way.rank or 0))


def is_mail_address(text: str) -> bool:
    """Whether a text can stand as a recipient of mail: words of plain ASCII between dots, one @ in between.

    What stands between the dots is an atom (RFC 5322, 3.2.3); quoted names and addresses in brackets are none to us.
    """
    name, _, place = text.rpartition("@")
    return all(_ATOM.fullmatch(atom) for part in (name, place) for atom in part.split("."))


def phone_number(text: str, *, prefix: str = "") -> str | None:
    """Write a telephone number as "+" and digits; None for what is none, or lacks a country and no prefix is set.

    The zero in brackets of "+44 (0)20" is not dialled from abroad, but for Italy's.
    """
    kept = "".join(sign for sign in _TRUNK_ZERO.sub(r"\1", text) if sign not in " \t\u00a0-./()")
    kept = f"+{kept[2:]}" if kept.startswith("00") else kept
    if not kept.startswith("+"):
        kept = f"{prefix}{kept.removeprefix('0') if _drops_zero(prefix) else kept}" if prefix else ""
    digits = kept.removeprefix("+")
    is_number = digits.isascii() and digits.isdecimal() and _FEWEST_DIGITS <= len(digits) <= _MOST_DIGITS
    return f"+{digits}" if is_number else None


def is_country(prefix: str) -> bool:
    """Whether a text is a country's prefix, such as "+34"."""
    return _PREFIX.fullmatch(prefix) is not None


def _drops_zero(prefix: str) -> bool:
    """Whether a country's numbers lose their leading zero when dialled from abroad: all but Italy's."""
    return prefix != "+39"
