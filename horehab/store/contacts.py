"""Who is reminded how, in the database: each call is one short transaction."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import ColumnElement, Connection, Engine, delete, func, insert, select, update

from horehab.domain.recipient import MESSAGE, PATIENT, Medium, is_mail_address, phone_number
from horehab.domain.reminder import ReminderState
from horehab.errors import InputError
from horehab.store import contact_tables as tables
from horehab.store import leases, patients
from horehab.store.engine import reading, writing
from horehab.store.reminder_tables import attempt
from horehab.store.tables import reminder
from horehab.usecases.contacts import Feed, StaffContact, Stop, WorkedOff

_OPEN = (ReminderState.DUE.value, ReminderState.CLAIMED.value)
_NOT_GONE = (*_OPEN, ReminderState.CANCELLED.value)
_LATER = {
    ReminderState.FAILED: (ReminderState.SENT.value, ReminderState.UNKNOWN.value),
    ReminderState.SENT: (ReminderState.UNKNOWN.value,),
}
"""Which settled states a gateway's later receipt may correct: never what a person or a rule settled."""


class SqlContacts:
    """The part of the ledger about who is reminded how."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def stop(self, stop: Stop) -> bool:
        """Note that somebody said STOP; False when that was noted before."""
        t = tables.opt_out
        is_this = (t.c.medium == stop.medium.value) & _is_about([stop.subject])
        with writing(self._engine) as connection:
            if connection.execute(select(t.c.since).where(is_this)).first() is not None:
                return False
            connection.execute(
                insert(t).values(asdict(stop) | {"medium": stop.medium.value, "subject": _folded(stop.subject)})
            )
            _look_again(connection, stop.subject)
        return True

    def resume(self, medium: Medium, subject: str) -> bool:
        """Take a STOP back by a person's decision, of all who were merged; False when there was none."""
        t = tables.opt_out
        with writing(self._engine) as connection:
            these = _is_about(patients.together(connection, subject))
            gone = connection.execute(delete(t).where(t.c.medium == medium.value, these))
            _look_again(connection, subject)
        return bool(gone.rowcount)

    def stops(self, subjects: Collection[str]) -> tuple[Stop, ...]:
        """List what was stopped for any of these addresses or patients, the oldest first."""
        t = tables.opt_out
        with reading(self._engine) as connection:
            rows = connection.execute(select(t).where(_is_about(subjects)).order_by(t.c.since)).all()
        return tuple(Stop(medium=Medium(r.medium), subject=r.subject, since=r.since, how=r.how) for r in rows)

    def record_consent(self, patient: str, *, is_given: bool, who: str, now: datetime) -> None:
        """Note whether a patient wants to be reminded; the last word counts, a yes for all who were merged."""
        t = tables.consent
        with writing(self._engine) as connection:
            over = patients.together(connection, patient) if is_given else (patient,)
            connection.execute(delete(t).where(t.c.patient.in_(over)))
            connection.execute(insert(t).values(patient=patient, is_given=is_given, who=who, at=now))
            _look_again(connection, patient)

    def consent(self, patient: str) -> bool | None:
        """Tell what is recorded here of a patient's consent, None for nothing."""
        t = tables.consent
        with reading(self._engine) as connection:
            return connection.execute(select(t.c.is_given).where(t.c.patient == patient)).scalar()

    def known_as(self, patient: str) -> tuple[str, ...]:
        """Name a patient and all who are the same person after merges."""
        with reading(self._engine) as connection:
            return patients.together(connection, patient)

    def set_staff(self, contact: StaffContact) -> None:
        """Note how someone of the team is reminded; InputError for what is no address, number or zone."""
        _check(contact)
        t = tables.staff_contact
        with writing(self._engine) as connection:
            connection.execute(delete(t).where(t.c.name == contact.name))
            connection.execute(insert(t).values(asdict(contact)))

    def staff(self) -> tuple[StaffContact, ...]:
        """List the team by name."""
        t = tables.staff_contact
        with reading(self._engine) as connection:
            rows = connection.execute(select(t).order_by(t.c.name)).all()
        return tuple(StaffContact(**row._asdict()) for row in rows)

    def make_feed(self, feed: Feed, *, now: datetime) -> None:
        """Note a new calendar feed."""
        with writing(self._engine) as connection:
            connection.execute(insert(tables.calendar_feed).values(asdict(feed) | {"made": now}))

    def feed(self, feed: str) -> Feed | None:
        """Find a feed that was not revoked."""
        found = self._feeds(tables.calendar_feed.c.feed == feed)
        return found[0] if found else None

    def feeds_of(self, name: str) -> tuple[Feed, ...]:
        """List someone's feeds that were not revoked, the oldest first."""
        return self._feeds(tables.calendar_feed.c.name == name)

    def revoke_feeds(self, name: str, *, now: datetime) -> int:
        """Revoke all feeds of someone; gives their number."""
        t = tables.calendar_feed
        with writing(self._engine) as connection:
            gone = connection.execute(update(t).where(t.c.name == name, t.c.revoked.is_(None)).values(revoked=now))
        return gone.rowcount

    def _feeds(self, which: Any) -> tuple[Feed, ...]:
        t = tables.calendar_feed
        columns = (t.c.feed, t.c.name, t.c.display, t.c.role)
        with reading(self._engine) as connection:
            rows = connection.execute(select(*columns).where(which, t.c.revoked.is_(None)).order_by(t.c.made)).all()
        return tuple(Feed(**row._asdict()) for row in rows)

    def hand_over(self, message: str, *, key: str, medium: Medium, now: datetime) -> None:
        """Note, before it leaves, that a message is about to be handed to a gateway."""
        t = tables.message
        with writing(self._engine) as connection:
            connection.execute(delete(t).where(t.c.message == message))
            connection.execute(insert(t).values(message=message, key=key, medium=medium.value, handed_over=now))

    def report(self, message: str, outcome: ReminderState, *, detail: str, now: datetime) -> bool:
        """Note a gateway's later receipt: a message that failed is failed, one of unknown fate that arrived is sent.

        That of a message that a person had sent again since changes nothing but what is noted of it.
        False for a message that is none of ours, or whose receipt was noted before.
        """
        t = tables.message
        with writing(self._engine) as connection:
            asked = select(t.c.key, t.c.handed_over).where(t.c.message == message, t.c.outcome.is_(None))
            sent = connection.execute(asked).first()
            if sent is None:
                return False
            noted = {"outcome": outcome.value, "detail": detail, "reported": now}
            connection.execute(update(t).where(t.c.message == message).values(noted))
            again = select(t.c.message).where(t.c.key == sent.key, t.c.handed_over > sent.handed_over)
            if connection.execute(again).first() is None:
                _correct(connection, sent.key, outcome, detail=detail, now=now)
        return True

    def reported(self, message: str) -> tuple[ReminderState, str] | None:
        """Tell what a gateway's receipt said of a message since it was last handed over."""
        t = tables.message
        asked = select(t.c.outcome, t.c.detail).where(t.c.message == message, t.c.outcome.is_not(None))
        with reading(self._engine) as connection:
            row = connection.execute(asked).first()
        return (ReminderState(row.outcome), row.detail) if row else None

    def last_digest(self, recipients: Collection[str]) -> datetime | None:
        """Tell when the newest digest of any of these people that was sent began to be counted."""
        c, a = reminder.c, attempt.c
        of_it = (a.reminder == c.row) & (a.number == c.attempts)
        asked = (
            select(func.max(func.coalesce(a.begun, c.settled)))
            .select_from(reminder.outerjoin(attempt, of_it))
            .where(c.rule == "digest", c.recipient.in_(list(recipients)), c.state == ReminderState.SENT.value)
        )
        with reading(self._engine) as connection:
            return connection.execute(asked).scalar()

    def due_since(self, key: str) -> datetime | None:
        """Tell since when a reminder is to be told: the later of its due time and when it was put down or moved."""
        c = reminder.c
        with reading(self._engine) as connection:
            row = connection.execute(select(c.due, c.made_due).where(c.key == key)).first()
        return max(row.due, row.made_due or row.due) if row else None

    def waiting(self, recipient: str, *, now: datetime, since: datetime | None = None) -> int:
        """Count the reminders that are due by mail for someone of the team, or those that came after an instant."""
        c = reminder.c
        asked = select(func.count()).where(
            c.state.in_(_OPEN), c.due <= now, c.void_at > now, c.recipient == recipient
        )
        if since is not None:
            asked = asked.where((c.due > since) | (c.made_due > since))
        with reading(self._engine) as connection:
            return connection.execute(
                asked.where(c.rule != "digest", c.channel.in_(("email", "message")))
            ).scalar_one()

    def work_off(self, key: str, outcome: str, *, who: str, now: datetime) -> None:
        """Note what became of a line on a list; the last word counts."""
        t = tables.worked_off
        with writing(self._engine) as connection:
            connection.execute(delete(t).where(t.c.key == key))
            connection.execute(insert(t).values(key=key, outcome=outcome, who=who, at=now))

    def worked_off(self) -> Mapping[str, WorkedOff]:
        """Tell by reminder's key what became of the lines on the lists."""
        t = tables.worked_off
        with reading(self._engine) as connection:
            rows = connection.execute(select(t)).all()
        return {row.key: WorkedOff(outcome=row.outcome, who=row.who, at=row.at) for row in rows}


def _correct(connection: Connection, key: str, outcome: ReminderState, *, detail: str, now: datetime) -> None:
    """Let a receipt settle its reminder; its sender, who may still be at it, then finds it settled and leaves it."""
    c = reminder.c
    is_leaving = (c.state == ReminderState.CLAIMED.value) & c.is_leaving
    settled = {"state": outcome.value, "detail": detail, "settled": now, "is_leaving": False}
    mine = (c.key == key) & (c.state.in_(_LATER[outcome]) | is_leaving)
    connection.execute(update(reminder).where(mine).values(settled | leases.free(reminder)))


def _look_again(connection: Connection, subject: str) -> None:
    """Flag for review whoever has a message that this concerns: a patient, or whoever may have that number."""
    t = reminder
    concerned = (t.c.recipient == PATIENT) & (t.c.channel == MESSAGE) & t.c.state.in_(_NOT_GONE)
    if subject.startswith("Patient/"):
        concerned &= t.c.patient.in_(patients.together(connection, subject))
    patients.touch(connection, connection.execute(select(t.c.patient).where(concerned).distinct()).scalars().all())


def _folded(subject: str) -> str:
    """Write an e-mail address as it is compared; any other subject stays as it is."""
    return subject.strip().casefold() if "@" in subject else subject


def _is_about(subjects: Collection[str]) -> ColumnElement[bool]:
    """Say which STOPs are about these subjects, those too that were noted before addresses were folded."""
    subject, wanted = tables.opt_out.c.subject, [_folded(one) for one in subjects]
    return subject.in_(wanted) | func.lower(func.trim(subject)).in_([one for one in wanted if "@" in one])


def _check(contact: StaffContact) -> None:
    if not contact.name.strip():
        raise InputError("The name is empty.", field="name", value=contact.name, remedy="Give a name.")
    if contact.email and not is_mail_address(contact.email):
        raise _wrong("email", contact.email, "Write an address such as ana@ward.example.")
    if contact.mobile and phone_number(contact.mobile) != contact.mobile:
        raise _wrong("mobile", contact.mobile, "Write it with its country and without spaces, as in +34600000001.")
    if contact.zone:
        try:
            ZoneInfo(contact.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise _wrong("zone", contact.zone, "Write an IANA zone such as Europe/Madrid.") from None


def _wrong(field: str, value: str, remedy: str) -> InputError:
    return InputError(f"The {field} {value!r} cannot be used.", field=field, value=value, remedy=remedy)
