"""The list of reminders: each key once, due at its local time, leased to one scheduler, never lost."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cache
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Column, ColumnElement, Connection, Integer, Row, and_, bindparam, insert, or_, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from horehab.domain.reminder import Reminder, ReminderState
from horehab.store import attempts, leases, tables
from horehab.store.binding import TASK
from horehab.store.heads import Instant
from horehab.store.local_time import due_instant, zone_of
from horehab.store.patients import CHUNK
from horehab.store.payloads import decode_reminder, decode_reminders, encode
from horehab.store.reminder_tables import enrolment
from horehab.usecases.exchange import ReminderRow

_WAITS = (ReminderState.DUE.value, ReminderState.CLAIMED.value)
_OVER = (
    (False, ReminderState.EXPIRED, "past the last day on which it was of use"),
    (
        True,
        ReminderState.UNKNOWN,
        "an earlier attempt was interrupted: it may have arrived; now its last day is over",
    ),
)
"""What becomes of those past their last day: by whether an attempt was begun, their state and its reason."""


def enrol(connection: Connection, since: Mapping[str, date]) -> None:
    """Note on which ward day patients were first seen here; who is known already stays as they are."""
    t = enrolment
    for start in range(0, len(since), CHUNK):
        names = sorted(since)[start : start + CHUNK]
        known = set(connection.execute(select(t.c.patient).where(t.c.patient.in_(names))).scalars())
        new = [{"patient": name, "since": since[name]} for name in names if name not in known]
        if new:
            connection.execute(insert(t), new)


def add(connection: Connection, wanted: Iterable[Reminder], *, ward: ZoneInfo, now: datetime) -> int:
    """Put reminders down, each key once; one that we cancelled unsent and that is asked for again is due again.

    One whose window closed before its patient was first seen here expires at once, and one that may have been sent
    before an old backup was restored is unknown: both are listed with the reason, and neither leaves by itself.
    """
    t = tables.reminder
    by_key = {reminder.key: reminder for reminder in wanted}
    keys = sorted(by_key)
    known: dict[str, Row[Any]] = {}
    for start in range(0, len(keys), CHUNK):
        columns = (t.c.row, t.c.key, t.c.state, t.c.attempts, t.c.decided_by)
        asked = select(*columns).where(t.c.key.in_(keys[start : start + CHUNK]))
        known |= {row.key: row for row in connection.execute(asked)}
    since = _enrolled(connection, {by_key[key].patient for key in keys if key not in known})
    adopted = connection.execute(select(tables.installation.c.adopted)).scalar()
    restored = adopted.astimezone(ward).date() if adopted else None
    rows = {key: _row(by_key[key], ward) | {"made_due": now} for key in keys}
    new = [
        row | _missed(by_key[key], since.get(by_key[key].patient), restored)
        for key, row in rows.items()
        if key not in known
    ]
    if new:
        connection.execute(insert(t), new)
    ours = [row for row in known.values() if _was_cancelled_by_us(row)]
    for key in sorted(row.key for row in attempts.harmless(connection, ours)):
        connection.execute(update(t).where(t.c.key == key).values(**rows[key], settled=None))
    return len(new)


def _enrolled(connection: Connection, patients: Iterable[str]) -> dict[str, date]:
    found: dict[str, date] = {}
    names = sorted(patients)
    for start in range(0, len(names), CHUNK):
        asked = select(enrolment).where(enrolment.c.patient.in_(names[start : start + CHUNK]))
        found |= {row.patient: row.since for row in connection.execute(asked)}
    return found


def _was_cancelled_by_us(row: Row[Any]) -> bool:
    return row.state == ReminderState.CANCELLED.value and not row.decided_by


def _missed(reminder: Reminder, enrolled: date | None, restored: date | None) -> dict[str, Any]:
    """Say what became of a reminder whose time was over before it could be put down."""
    if enrolled is not None and reminder.void_after < enrolled:
        words = f"its last day, {reminder.void_after}, was over before the patient was first seen here on {enrolled}"
        return {"state": ReminderState.EXPIRED.value, "detail": words}
    may_have_left = restored is not None and (reminder.earliest or reminder.due_day) <= restored
    if may_have_left and reminder.channel != TASK:  # a Task has its identifier: it is never doubled
        words = f"it may have been sent before the store was taken over on {restored}"
        return {"state": ReminderState.UNKNOWN.value, "detail": words}
    return {}


def _row(reminder: Reminder, ward: ZoneInfo) -> dict[str, Any]:
    zone = zone_of(reminder.zone)
    words = "" if zone else f"there is no time zone {reminder.zone!r}: the ward's, {ward.key}, was taken"
    return {
        "key": reminder.key,
        "patient": reminder.patient,
        **times(reminder, zone or ward),
        "state": ReminderState.DUE.value,
        "detail": words,
        "rule": reminder.rule.value,
        "recipient": reminder.recipient,
        "channel": reminder.channel,
    }


def times(reminder: Reminder, zone: ZoneInfo) -> dict[str, Any]:
    """Give what of a row follows from when a reminder is due."""
    return {
        "due_day": reminder.due_day,
        "due_time": reminder.due_time.isoformat(),
        "zone": reminder.zone,
        "due": due_instant(reminder.due_day, reminder.due_time, zone),
        "void_at": due_instant(reminder.void_after + timedelta(days=1), time(), zone),
        "payload": encode(reminder),
    }


def cancel(connection: Connection, keys: Sequence[str], *, now: datetime, why: str = "no longer holds") -> None:
    """Cancel reminders that no longer hold; one that is just leaving is left to its sender."""
    t = tables.reminder
    for start in range(0, len(keys), CHUNK):
        here = t.c.key.in_(keys[start : start + CHUNK]) & is_waiting()
        connection.execute(update(t).where(here).values(cancelled(now=now, why=why)))


def cancelled(*, now: datetime, why: str) -> dict[str, Any]:
    """Give what a cancelled row says."""
    state = ReminderState.CANCELLED.value
    return {"state": state, "settled": now, "detail": why, **leases.free(tables.reminder)}


def is_waiting() -> Any:
    """Say which rows wait: due, or leased to somebody who has not begun an attempt."""
    t = tables.reminder
    return t.c.state.in_(_WAITS) & ~t.c.is_leaving


def claim(
    connection: Connection, *, owner: str, now: datetime, limit: int, is_held: bool = False
) -> tuple[ReminderRow, ...]:
    """Lease what is due, soonest first; nobody else gets the same row. What is past its last day is never leased.

    What was leased by who is gone comes before all else. When no more is due, what is past its last day is settled.
    `is_held`: only the tasks, which go into the chart.
    """
    found: list[Row[Any]] = []
    asked = {"now": now, "who": owner, "held_until": now + timedelta(seconds=leases.LEASE_SECONDS)}
    for state in (ReminderState.CLAIMED, ReminderState.DUE):
        taking = _taking(state, is_held=is_held)
        found += connection.execute(taking, asked | {"most": limit - len(found)}).all()
    if len(found) < limit:
        _expire(connection, now)
    found.sort(key=itemgetter(1, 0))
    wanted = decode_reminders([row[-1] for row in found])
    return tuple(_claimed(row, reminder, owner) for row, reminder in zip(found, wanted, strict=True))


@cache
def _taking(state: ReminderState, *, is_held: bool) -> ReturningUpdate[Any]:
    """Make, once, the statement that leases what is due in a state and nobody has: its index names each state."""
    t, now = tables.reminder, bindparam("now", type_=Instant())
    chosen = (
        select(t.c.row)
        .where(t.c.state == state.value, t.c.due <= now, t.c.void_at > now, leases.is_free(t, now))
        .where(*((t.c.channel == TASK,) if is_held else ()))
        .order_by(t.c.due, t.c.row)
        .limit(bindparam("most", type_=Integer()))
        .with_for_update(skip_locked=True)
        .cte("chosen")
    )
    lease: dict[str, Any] = {
        "lease_owner": bindparam("who"),
        "lease_until": bindparam("held_until"),
        "not_before": None,
    }
    picked = update(t).where(t.c.row.in_(select(chosen.c.row)))
    columns = (t.c.row, t.c.due, t.c.attempts, t.c.detail, t.c.is_leaving, t.c.decided_by, t.c.payload)
    return picked.values(state=ReminderState.CLAIMED.value, **lease).returning(*columns)


def _is_due(now: datetime) -> Any:
    """Say it with one condition per state, so that both databases find the few rows that are due by their index."""
    t = tables.reminder
    return or_(*(and_(t.c.state == state, t.c.due <= now) for state in _WAITS))


def _expire(connection: Connection, now: datetime) -> None:
    """Settle what nobody has and is past its last day: one whose attempt was interrupted may have arrived."""
    t = tables.reminder
    is_over = _is_due(now) & (t.c.void_at <= now) & leases.is_nobodys(t, now)
    for is_leaving, state, words in _OVER:
        these = select(t.c.row).where(is_over, t.c.is_leaving.is_(is_leaving)).with_for_update(skip_locked=True)
        ended = update(t).where(t.c.row.in_(these.scalar_subquery()))
        settled = {"state": state.value, "settled": now, "detail": words, "is_leaving": False}
        connection.execute(ended.values(settled | leases.free(t)))


def _claimed(row: Row[Any], reminder: Reminder, owner: str) -> ReminderRow:
    name, due, attempts, detail, is_leaving, decided_by, _payload = tuple(row)
    return ReminderRow(
        row=name,
        reminder=reminder,
        due=due,
        state=ReminderState.CLAIMED,
        attempts=attempts,
        detail=detail,
        is_interrupted=is_leaving,
        owner=owner,
        decided_by=decided_by,
    )


def listed(connection: Connection, references: Sequence[str] | None) -> tuple[ReminderRow, ...]:
    """List reminders, all or those of some patients, soonest first."""
    return found(connection, *(() if references is None else (tables.reminder.c.patient.in_(references),)))


def found(connection: Connection, *where: ColumnElement[bool]) -> tuple[ReminderRow, ...]:
    """List what is asked for, soonest first; what is about merged patients under the survivor, with its first key."""
    t, p = tables.reminder, tables.patient
    columns: tuple[Column[Any], ...] = (*_shown(), p.c.survivor)
    asked = select(*columns).outerjoin(p, p.c.reference == t.c.patient).where(*where).order_by(t.c.due, t.c.row)
    return tuple(_under(row.survivor, _as_row(row)) for row in connection.execute(asked))


def _under(survivor: str | None, row: ReminderRow) -> ReminderRow:
    first = row.reminder.keyed_to or row.reminder.patient
    if survivor is None or survivor == row.reminder.patient:
        return row
    return replace(row, reminder=replace(row.reminder, patient=survivor, keyed_to=first))


def _shown() -> tuple[Column[Any], ...]:
    c = tables.reminder.c
    return (
        c.row, c.payload, c.due, c.state, c.attempts, c.detail, c.is_leaving, c.lease_owner, c.settled, c.decided_by
    )  # fmt: skip


def _as_row(row: Row[Any]) -> ReminderRow:
    return ReminderRow(
        row=row.row,
        reminder=decode_reminder(row.payload),
        due=row.due,
        state=ReminderState(row.state),
        attempts=row.attempts,
        is_interrupted=row.is_leaving,
        detail=row.detail,
        owner=row.lease_owner or "",
        settled=row.settled,
        decided_by=row.decided_by,
    )
