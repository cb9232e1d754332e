"""One mail a day for each person of the team that says how many things wait, never one mail per joint."""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from horehab.domain.follow_up_desk import LEAD, TEAM
from horehab.domain.recipient import MESSAGE, PATIENT, Medium
from horehab.domain.reminder import NOBODY, Reminder, ReminderRule
from horehab.usecases.find_contact import ContactPolicy, zone_or
from horehab.usecases.ports import Ports

_BY_MAIL = (Medium.EMAIL.value, MESSAGE)


def is_in_digest(reminder: Reminder) -> bool:
    """Whether a reminder is told by the digest alone: any for staff that would go by mail, except the digest."""
    is_for_staff = reminder.recipient != PATIENT and reminder.channel in _BY_MAIL
    return is_for_staff and reminder.rule is not ReminderRule.DIGEST


def digest_recipients(ports: Ports, policy: ContactPolicy) -> tuple[str, ...]:
    """List who gets a digest: each person of the team with an address; where none is noted, the team as a whole."""
    named = tuple(one.name for one in ports.logbook.contacts.staff() if one.email)
    return named or ((TEAM,) if policy.team_email or policy.has_webhook else ())


def digest_medium(names: Collection[str], policy: ContactPolicy) -> Medium:
    """Tell how digests go: by mail; to the hospital's other program where the team has no address at all."""
    is_notice = policy.has_webhook and not policy.team_email and tuple(names) == (TEAM,)
    return Medium.WEBHOOK if is_notice else Medium.EMAIL


def told_by(recipient: str, ports: Ports, policy: ContactPolicy) -> tuple[str, ...]:
    """Tell whose digests count what waits for a recipient: everybody's for the team's, else the person's own.

    Nobody's for an address that is noted for nobody: it is written to by itself.
    """
    names = digest_recipients(ports, policy)
    return names if is_for_all(recipient, ports) else tuple(name for name in names if name == recipient)


def is_for_all(recipient: str, ports: Ports) -> bool:
    """Whether something is for the whole team: also what is for the lead, as long as nobody is noted as such."""
    is_lead_noted = any(one.name == LEAD for one in ports.logbook.contacts.staff())
    return recipient == TEAM or (recipient == LEAD and not is_lead_noted)


def waiting_for(name: str, ports: Ports) -> int:
    """Count what waits for one person of the team since their last digest: what is theirs, and the whole team's."""
    now, memory = ports.clock.now(), ports.logbook.contacts
    whose, told = {name} | {one for one in (TEAM, LEAD) if is_for_all(one, ports)}, memory.last_digest([name])
    return sum(memory.waiting(one, now=now, since=told) for one in whose)


def is_told(reminder: Reminder, names: Collection[str], ports: Ports) -> bool:
    """Whether each of these people got a digest that counted a reminder: one that began after it was to be told."""
    memory = ports.logbook.contacts
    since = memory.due_since(reminder.key) or due_at(reminder, ZoneInfo(ports.zone))
    digests = [memory.last_digest([name]) for name in names]
    return all(digest is not None and digest >= since for digest in digests)


def ask_for_digests(ports: Ports, policy: ContactPolicy) -> int:
    """Put down today's digest of each person for whom something waits; gives how many were asked for.

    The key names the day, so that asking again at each tick, or from several schedulers, asks for one.
    """
    zones = {one.name: one.zone for one in ports.logbook.contacts.staff()}
    wanted = []
    for name in digest_recipients(ports, policy):
        zone = zone_or(zones.get(name, ""), ZoneInfo(ports.zone))
        local = ports.clock.now().astimezone(zone)
        told = ports.logbook.contacts.last_digest([name])
        is_done = told is not None and told.astimezone(zone).date() >= local.date()
        if local.time() >= policy.digest_at and not is_done and waiting_for(name, ports):
            made = digest(name, local.date(), at=policy.digest_at, zone=zone.key)
            wanted.append(replace(made, channel=digest_medium([name], policy).value))
    if wanted:
        ports.logbook.log(patient=NOBODY, entries=(), reminders=wanted, now=ports.clock.now())
    return len(wanted)


def digest(name: str, day: date, *, at: time, zone: str) -> Reminder:
    """Make one person's digest of one day; after that day it is of no use."""
    return Reminder(
        patient=NOBODY,
        rule=ReminderRule.DIGEST,
        place=None,
        recipient=name,
        channel=Medium.EMAIL.value,
        window=f"day-{day}",
        due_day=day,
        due_time=at,
        zone=zone,
        void_after=day,
        reason="Tells how many reminders wait.",
    )


def due_at(reminder: Reminder, ward: ZoneInfo) -> datetime:
    """Tell when a reminder was due, as an aware instant."""
    return datetime.combine(reminder.due_day, reminder.due_time, zone_or(reminder.zone, ward))


def next_digest(ports: Ports, policy: ContactPolicy) -> datetime:
    """Tell when to look again whether a digest was sent: in a minute while today's is due, else at the next one."""
    local = ports.clock.now().astimezone(ZoneInfo(ports.zone))
    if local.time() < policy.digest_at:
        return datetime.combine(local.date(), policy.digest_at, local.tzinfo).astimezone(UTC)
    if waiting_for_a_digest(ports, policy, local.date()):
        return ports.clock.now() + timedelta(minutes=1)
    return datetime.combine(local.date() + timedelta(days=1), policy.digest_at, local.tzinfo).astimezone(UTC)


def waiting_for_a_digest(ports: Ports, policy: ContactPolicy, day: date) -> bool:
    """Whether somebody did not get that day's digest yet."""
    start = datetime.combine(day, time(), ZoneInfo(ports.zone))
    told = [ports.logbook.contacts.last_digest([name]) for name in digest_recipients(ports, policy)]
    return any(at is None or at < start for at in told)
