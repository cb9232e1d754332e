"""The ledger of reminders: each key once, due at its local time, leased to one scheduler, never lost."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Column, Connection, Row, case, insert, select, update

from horehab.domain.reminder import Reminder, ReminderState
from horehab.store import leases, reminder_tables, tables  # noqa: F401  # its tables join the metadata
from horehab.store.patients import CHUNK
from horehab.store.payloads import decode_reminder, encode
from horehab.usecases.exchange import ReminderRow

_OPEN = (ReminderState.DUE.value, ReminderState.CLAIMED.value)
_INTERRUPTED = "an earlier attempt was interrupted"


def due_instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Turn a local day and time into its instant in UTC.

    A time that the spring change skips becomes the first valid minute after it; one that comes twice in
    autumn is taken the first time.
    """
    local = datetime.combine(day, at.replace(tzinfo=None))
    after = local.replace(tzinfo=zone).astimezone(UTC)
    if after.astimezone(zone).replace(tzinfo=None) == local:
        return after
    before = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after


def add(connection: Connection, wanted: Iterable[Reminder], *, ward: ZoneInfo) -> int:
    """Put reminders down, each key once; one that was cancelled unsent and is asked for again is due again."""
    t = tables.reminder
    by_key = {reminder.key: reminder for reminder in wanted}
    keys = sorted(by_key)
    known: dict[str, Row[Any]] = {}
    for start in range(0, len(keys), CHUNK):
        asked = select(t.c.key, t.c.state, t.c.attempts).where(t.c.key.in_(keys[start : start + CHUNK]))
        known |= {row.key: row for row in connection.execute(asked)}
    rows = {key: _row(by_key[key], ward) for key in keys}
    new = [row for key, row in rows.items() if key not in known]
    if new:
        connection.execute(insert(t), new)
    for key, row in rows.items():
        if key in known and known[key].state == ReminderState.CANCELLED.value and not known[key].attempts:
            connection.execute(update(t).where(t.c.key == key).values(**row, settled=None, detail=""))
    return len(new)


def _row(reminder: Reminder, ward: ZoneInfo) -> dict[str, Any]:
    zone = _zone(reminder.zone, ward)
    return {
        "key": reminder.key,
        "patient": reminder.patient,
        "due_day": reminder.due_day,
        "due_time": reminder.due_time.isoformat(),
        "zone": reminder.zone,
        "due": due_instant(reminder.due_day, reminder.due_time, zone),
        "void_at": due_instant(reminder.void_after + timedelta(days=1), time(), zone),
        "payload": encode(reminder),
        "rule": reminder.rule.value,
        "recipient": reminder.recipient,
        "channel": reminder.channel,
        "state": ReminderState.DUE.value,
    }


def _zone(name: str, ward: ZoneInfo) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ward


def cancel(connection: Connection, keys: Sequence[str], *, now: datetime) -> None:
    """Cancel reminders that no longer hold; one that is just leaving is left to its sender."""
    t = tables.reminder
    for start in range(0, len(keys), CHUNK):
        connection.execute(
            update(t)
            .where(t.c.key.in_(keys[start : start + CHUNK]), t.c.state == ReminderState.DUE.value)
            .values(state=ReminderState.CANCELLED.value, settled=now, detail="no longer holds")
        )


def claim(connection: Connection, *, owner: str, now: datetime, limit: int) -> tuple[ReminderRow, ...]:
    """Expire what is past its void day, then lease what is due, soonest first; nobody else gets the same row."""
    t = tables.reminder
    connection.execute(
        update(t)
        .where(t.c.state == ReminderState.DUE.value, t.c.due <= now, t.c.void_at <= now)
        .values(state=ReminderState.EXPIRED.value, settled=now, detail="past the last day on which it was of use")
    )
    chosen = (
        select(t.c.row)
        .where(t.c.state.in_(_OPEN), t.c.due <= now, leases.is_free(t, now))
        .order_by(t.c.due, t.c.row)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("chosen")
    )
    was_claimed = t.c.state == ReminderState.CLAIMED.value  # by somebody who never came back
    picked = (
        update(t)
        .where(t.c.row.in_(select(chosen.c.row)))
        .values(state=ReminderState.CLAIMED.value, detail=case((was_claimed, _INTERRUPTED), else_=""))
    )
    taken = leases.take(picked, owner=owner, now=now)
    found = connection.execute(taken.returning(*_shown())).all()
    return tuple(_as_row(row) for row in sorted(found, key=lambda row: (row.due, row.row)))


def settle(connection: Connection, row: ReminderRow, state: ReminderState, *, detail: str, now: datetime) -> None:
    """Note what became of a leased reminder; DUE means: try again after a rest. What was settled stays so."""
    t = tables.reminder
    values: dict[str, Any] = {"state": state.value, "detail": detail, "settled": now, **leases.free(t)}
    if state is ReminderState.DUE:
        values |= {"settled": None, "not_before": leases.rest(row.attempts, now)}
    connection.execute(update(t).where(t.c.row == row.row, t.c.state == ReminderState.CLAIMED.value).values(values))


def listed(connection: Connection, references: Sequence[str] | None) -> tuple[ReminderRow, ...]:
    """List reminders, soonest first; those of merged patients under the survivor, with the key that they had."""
    t, p = tables.reminder, tables.patient
    columns: tuple[Column[Any], ...] = (*_shown(), p.c.survivor)
    asked = select(*columns).outerjoin(p, p.c.reference == t.c.patient).order_by(t.c.due, t.c.row)
    if references is not None:
        asked = asked.where(t.c.patient.in_(references))
    return tuple(_under(row.survivor, _as_row(row)) for row in connection.execute(asked))


def _under(survivor: str | None, row: ReminderRow) -> ReminderRow:
    first = row.reminder.keyed_to or row.reminder.patient
    if survivor is None or survivor == row.reminder.patient:
        return row
    return replace(row, reminder=replace(row.reminder, patient=survivor, keyed_to=first))


def _shown() -> tuple[Column[Any], ...]:
    c = tables.reminder.c
    return (c.row, c.payload, c.due, c.state, c.attempts, c.detail)


def _as_row(row: Row[Any]) -> ReminderRow:
    return ReminderRow(
        row=row.row,
        reminder=decode_reminder(row.payload),
        due=row.due,
        state=ReminderState(row.state),
        attempts=row.attempts,
        is_interrupted=row.detail == _INTERRUPTED,
        detail=row.detail,
    )
