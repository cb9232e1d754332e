"""Entries for the chart in the order in which they came: each said once, a newer word replacing one that waits."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, exists, func, insert, select, update

from horehab.domain.amendment import AmendmentEntry, Validity
from horehab.domain.entries import (
    ChartEntry,
    DecisionEntry,
    MeasurementEntry,
    Outcome,
    ReasonsEntry,
    SessionEntry,
    TaskEntry,
    entry_key,
)
from horehab.store import tables
from horehab.store.payloads import decode_entry, encode_entry
from horehab.usecases.exchange import OutboxRow

WAITING = "waiting"
REPLACED = "replaced"
KEPT = "kept"
"""A person left the EHR as it is: not written, and not said again until there is something new to say."""
STUCK = (Outcome.CONFLICT.value, Outcome.REFUSED.value)


def add(connection: Connection, entries: Iterable[ChartEntry], *, now: datetime) -> int:
    """Put entries at the end of the queue and tell how many were new.

    What was said last of a key is not said again. An entry of the same key that waits, for its delivery (which
    nobody is at) or for a person, is replaced and gives up its place in the queue.
    """
    return sum(_add_one(connection, entry, now) for entry in entries)


def _add_one(connection: Connection, entry: ChartEntry, now: datetime) -> bool:
    t, key, payload = tables.outbox, entry_key(entry), encode_entry(entry)
    last = last_of(connection, key)
    if last is not None and (last.payload == payload or _says_the_same(last, entry)):
        return False
    given = connection.execute(
        insert(t)
        .values(
            position=0,
            key=key,
            needs=_needs(entry),
            patient=entry.patient,
            kind=type(entry).__name__,
            payload=payload,
            state=WAITING,
            created=now,
        )
        .returning(t.c.row)
    ).scalar_one()
    is_idle = last is not None and _is_idle(last, now)
    position = last.position if last is not None and is_idle else given
    if last is not None and is_idle:
        connection.execute(update(t).where(t.c.row == last.row).values(state=REPLACED, settled=now))
    connection.execute(update(t).where(t.c.row == given).values(position=position))
    if isinstance(entry, DecisionEntry):
        _note_decision(connection, entry, row=given, payload=payload)
    return True


def last_of(connection: Connection, key: str) -> Row[Any] | None:
    """Find the last word on a key that no later one replaced."""
    t = tables.outbox
    asked = select(t).where(t.c.key == key, t.c.state != REPLACED).order_by(t.c.row.desc()).limit(1)
    return connection.execute(asked).first()


def _is_idle(last: Row[Any], now: datetime) -> bool:
    is_free = not (last.lease_until and last.lease_until > now)
    return last.state in STUCK or (last.state == WAITING and is_free)


def _says_the_same(last: Row[Any], new: ChartEntry) -> bool:
    """Say whether two entries of one key differ in nothing but the day on which they were written down.

    A form that is sent again on another day is the same form, also after what it said was corrected, and a decision
    is made once. A task stays whose it was when somebody else treats the patient; one that a person keeps out of the
    EHR is the same task when only its day moves on.
    """
    old = decode_entry(last.kind, last.payload)
    if last.state == KEPT and isinstance(old, TaskEntry) and isinstance(new, TaskEntry):
        old = replace(old, due=new.due, condition_id=new.condition_id)
    if isinstance(old, SessionEntry | MeasurementEntry) and old.validity is not Validity.FINAL:
        return getattr(new, "validity", None) is Validity.FINAL
    match old, new:
        case SessionEntry(), SessionEntry():
            return replace(old, session=replace(old.session, known_on=new.session.known_on)) == new
        case MeasurementEntry(), MeasurementEntry():
            return replace(old, fact=replace(old.fact, known_on=new.fact.known_on)) == new
        case TaskEntry(), TaskEntry():
            return replace(old, authored=new.authored, owner=new.owner) == new
        case DecisionEntry(), DecisionEntry():
            return True
    return False


def _needs(entry: ChartEntry) -> str | None:
    if isinstance(entry, ReasonsEntry | DecisionEntry):
        return f"suspicion:{entry.condition_id}"
    return f"session:{entry.session_id}" if isinstance(entry, MeasurementEntry | AmendmentEntry) else None


def _note_decision(connection: Connection, entry: DecisionEntry, *, row: int, payload: str) -> None:
    t = tables.decision
    if connection.execute(select(t.c.row).where(t.c.decision_id == entry.decision_id)).first() is None:
        connection.execute(
            insert(t).values(decision_id=entry.decision_id, patient=entry.patient, row=row, payload=payload)
        )


def listed(connection: Connection, *, patients: Sequence[str] | None, open_only: bool) -> tuple[OutboxRow, ...]:
    """List entries, oldest first; `open_only` leaves out those that are done or replaced.

    Of some patients: what was first said about one of them, also where it was moved to another by a merge since.
    """
    t = tables.outbox
    asked = select(t).order_by(t.c.row)
    if patients is not None:
        first, earlier = t.alias("first"), t.alias("earlier")
        is_first = ~exists().where(earlier.c.key == first.c.key, earlier.c.row < first.c.row)
        asked = asked.where(t.c.key.in_(select(first.c.key).where(first.c.patient.in_(patients), is_first)))
    if open_only:
        asked = asked.where(t.c.state.in_((WAITING, *STUCK)))
    return tuple(as_row(row) for row in connection.execute(asked))


def as_row(row: Row[Any]) -> OutboxRow:
    """Read a row of the outbox back as what it holds."""
    return OutboxRow(
        row=row.row,
        key=row.key,
        patient=row.patient,
        entry=decode_entry(row.kind, row.payload),
        state=row.state,
        attempts=row.attempts,
        created=row.created,
        detail=row.detail,
        reference=row.reference,
        version=row.version,
        settled=row.settled,
    )


def own_versions(connection: Connection, reference: str) -> frozenset[str]:
    """Tell which versions of a resource we wrote ourselves."""
    t = tables.write
    return frozenset(connection.execute(select(t.c.version).where(t.c.reference == reference)).scalars())


def delivered_reference(connection: Connection, key: str) -> str | None:
    """Tell under which reference an entry of that key stands in the chart, if it was delivered."""
    t = tables.outbox
    found: str | None = connection.execute(
        select(t.c.reference)
        .where(t.c.key == key, t.c.state == Outcome.DONE.value, t.c.reference.is_not(None))
        .order_by(t.c.row.desc())
        .limit(1)
    ).scalar()
    return found


def waiting_by_patient(connection: Connection, references: Sequence[str]) -> dict[str, int]:
    """Count the entries that wait, by patient."""
    t = tables.outbox
    asked = select(t.c.patient, func.count()).where(t.c.state == WAITING, t.c.patient.in_(references))
    return {row[0]: row[1] for row in connection.execute(asked.group_by(t.c.patient))}
