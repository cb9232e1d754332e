"""Entries on their way to the chart: first in, first out per patient, none lost, none twice."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, func, insert, or_, select, update

from horehab.domain.entries import (
    ChartEntry,
    DecisionEntry,
    Delivery,
    MeasurementEntry,
    Outcome,
    ReasonsEntry,
    SuspicionEntry,
    entry_key,
)
from horehab.store import leases, tables
from horehab.store.payloads import decode_entry, encode_entry
from horehab.usecases.exchange import OutboxRow

WAITING = "waiting"
REPLACED = "replaced"
STUCK = (Outcome.CONFLICT.value, Outcome.REFUSED.value)
_LOCAL = "urn:uuid:"


def add(connection: Connection, entries: Iterable[ChartEntry], *, now: datetime) -> int:
    """Put entries at the end of the queue and tell how many were new.

    What was said last of a key is not said again. A waiting entry of the same key that nobody is delivering
    is replaced and gives up its place in the queue.
    """
    return sum(_add_one(connection, entry, now) for entry in entries)


def _add_one(connection: Connection, entry: ChartEntry, now: datetime) -> bool:
    t, key, payload = tables.outbox, entry_key(entry), encode_entry(entry)
    last = connection.execute(
        select(t).where(t.c.key == key, t.c.state != REPLACED).order_by(t.c.row.desc()).limit(1)
    ).first()
    if last is not None and last.payload == payload:
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
    is_idle = last is not None and last.state == WAITING and not (last.lease_until and last.lease_until > now)
    position = last.position if last is not None and is_idle else given
    if last is not None and is_idle:
        connection.execute(update(t).where(t.c.row == last.row).values(state=REPLACED, settled=now))
    connection.execute(update(t).where(t.c.row == given).values(position=position))
    if isinstance(entry, DecisionEntry):
        _note_decision(connection, entry, row=given, payload=payload)
    return True


def _needs(entry: ChartEntry) -> str | None:
    if isinstance(entry, ReasonsEntry | DecisionEntry):
        return f"suspicion:{entry.condition_id}"
    return f"session:{entry.session_id}" if isinstance(entry, MeasurementEntry) else None


def _note_decision(connection: Connection, entry: DecisionEntry, *, row: int, payload: str) -> None:
    t = tables.decision
    if connection.execute(select(t.c.row).where(t.c.decision_id == entry.decision_id)).first() is None:
        connection.execute(
            insert(t).values(decision_id=entry.decision_id, patient=entry.patient, row=row, payload=payload)
        )


def claim(connection: Connection, *, owner: str, now: datetime, limit: int) -> tuple[OutboxRow, ...]:
    """Lease the first entry of each patient that can go now; one per patient, so that none overtakes another."""
    t = tables.outbox
    before = t.alias("before")
    an_earlier_one = exists().where(
        before.c.patient == t.c.patient,
        before.c.state == WAITING,
        before.c.position < t.c.position,
        ~_is_held_up(before),
    )
    chosen = (
        select(t.c.row)
        .where(t.c.state == WAITING, leases.is_free(t, now), ~an_earlier_one, ~_is_held_up(t))
        .order_by(t.c.position)
        .limit(limit)
    )
    rows = list(connection.execute(chosen).scalars())
    if not rows:
        return ()
    taken = leases.take(update(t).where(t.c.row.in_(rows), leases.is_free(t, now)), owner=owner, now=now)
    found = sorted(leases.claimed(connection, taken, t), key=lambda row: row.position)
    return tuple(_citing_the_chart(connection, _as_row(row)) for row in found)


def _is_held_up(entry: Any) -> ColumnElement[bool]:
    """What an entry rests on waits before it, is in conflict or was refused, and was not settled well since."""
    needed, later = tables.outbox.alias(), tables.outbox.alias()
    settled_since = exists().where(
        later.c.key == needed.c.key, later.c.state == Outcome.DONE.value, later.c.row > needed.c.row
    )
    return and_(
        entry.c.needs.is_not(None),
        exists().where(
            needed.c.key == entry.c.needs,
            needed.c.state.in_((WAITING, *STUCK)),
            needed.c.position < entry.c.position,
            ~settled_since,
        ),
    )


def _citing_the_chart(connection: Connection, row: OutboxRow) -> OutboxRow:
    """Let evidence that was logged here be cited as the chart knows it, now that it was delivered."""
    entry = row.entry
    if not isinstance(entry, SuspicionEntry | ReasonsEntry):
        return row
    local = {source for source in entry.evidence if source.startswith(_LOCAL)}
    if not local:
        return row
    known = {source: delivered_source(connection, source.removeprefix(_LOCAL)) for source in local}
    evidence = tuple(known.get(source) or source for source in entry.evidence)
    return replace(row, entry=replace(entry, evidence=evidence))


def delivered_source(connection: Connection, own_id: str) -> str | None:
    """Tell under which reference a session or a measurement of ours stands in the chart, if it was delivered."""
    return delivered_reference(connection, f"measurement:{own_id}") or delivered_reference(
        connection, f"session:{own_id}"
    )


def settle(connection: Connection, row: OutboxRow, delivery: Delivery, *, now: datetime) -> None:
    """Note what became of an entry. What was settled stays so; a version that we wrote is noted in any case."""
    t = tables.outbox
    _note_write(connection, delivery, now)
    values: dict[str, Any] = {"detail": delivery.detail, **leases.free(t)}
    if delivery.outcome is Outcome.LATER:
        values["not_before"] = leases.rest(row.attempts, now, asked_seconds=delivery.retry_after)
    else:
        values |= {
            "state": delivery.outcome.value,
            "settled": now,
            "reference": delivery.reference,
            "version": delivery.version,
        }
    changed = connection.execute(update(t).where(t.c.row == row.row, t.c.state == WAITING).values(values))
    if changed.rowcount and delivery.outcome is Outcome.LATER:
        _give_way(connection, row, now)


def _note_write(connection: Connection, delivery: Delivery, now: datetime) -> None:
    t = tables.write
    if delivery.outcome is not Outcome.DONE or not delivery.reference or not delivery.version:
        return
    at = (t.c.reference == delivery.reference, t.c.version == delivery.version)
    if connection.execute(select(t.c.version).where(*at)).first() is None:
        connection.execute(insert(t).values(reference=delivery.reference, version=delivery.version, written=now))


def _give_way(connection: Connection, row: OutboxRow, now: datetime) -> None:
    """Let a newer entry of the same key, made while this one was on its way, take its place."""
    t = tables.outbox
    newer = connection.execute(
        select(func.max(t.c.row)).where(t.c.key == row.key, t.c.row > row.row, t.c.state == WAITING)
    ).scalar()
    if newer is not None:
        mine = select(t.c.position).where(t.c.row == row.row).scalar_subquery()
        connection.execute(update(t).where(t.c.row == newer).values(position=mine))
        connection.execute(update(t).where(t.c.row == row.row).values(state=REPLACED, settled=now))


def listed(connection: Connection, *, patients: Sequence[str] | None, open_only: bool) -> tuple[OutboxRow, ...]:
    """List entries, oldest first; `open_only` leaves out those that are done or replaced."""
    t = tables.outbox
    asked = select(t).order_by(t.c.row)
    if patients is not None:
        asked = asked.where(t.c.patient.in_(patients))
    if open_only:
        asked = asked.where(t.c.state.in_((WAITING, *STUCK)))
    return tuple(_as_row(row) for row in connection.execute(asked))


def _as_row(row: Row[Any]) -> OutboxRow:
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
    return {name: count for name, count in connection.execute(asked.group_by(t.c.patient))}


def any_open(state: str) -> ColumnElement[bool]:
    """Say which entries are in a state, or in conflict or refused for "stuck"."""
    t = tables.outbox
    return or_(t.c.state.in_(STUCK)) if state == "stuck" else t.c.state == state
