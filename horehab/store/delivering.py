"""The way of entries into the chart: first in, first out per patient, none lost, none overtaking another."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, insert, select, update

from horehab.domain.entries import Delivery, Outcome, ReasonsEntry, SuspicionEntry
from horehab.store import leases, outbox, tables
from horehab.store.outbox import REPLACED, STUCK, WAITING
from horehab.usecases.exchange import OutboxRow

_LOCAL = "urn:uuid:"


def claim(connection: Connection, *, owner: str, now: datetime, limit: int) -> tuple[OutboxRow, ...]:
    """Lease the first entry of each patient that can go now; one per patient, so that none overtakes another."""
    t = tables.outbox
    chosen = _NEXT.where(leases.is_free(t, now)).limit(limit)
    rows = list(connection.execute(chosen).scalars())
    if not rows:
        return ()
    taken = leases.take(update(t).where(t.c.row.in_(rows), leases.is_free(t, now)), owner=owner, now=now)
    found = sorted(connection.execute(taken.returning(t)).all(), key=lambda row: row.position)
    return tuple(_citing_the_chart(connection, outbox.as_row(row)) for row in found)


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


def _next() -> Select[tuple[int]]:
    """Choose the entries that wait, that nothing holds up, and before which none of the same patient could go."""
    t = tables.outbox
    before = t.alias("before")
    an_earlier_one = exists().where(
        before.c.patient == t.c.patient,
        before.c.state == WAITING,
        before.c.position < t.c.position,
        ~_is_held_up(before),
    )
    return select(t.c.row).where(t.c.state == WAITING, ~an_earlier_one, ~_is_held_up(t)).order_by(t.c.position)


_NEXT = _next()


def _citing_the_chart(connection: Connection, row: OutboxRow) -> OutboxRow:
    """Let evidence that was logged here be cited as the chart knows it, now that it was delivered."""
    entry = row.entry
    if not isinstance(entry, SuspicionEntry | ReasonsEntry):
        return row
    local = {source for source in entry.evidence if source.startswith(_LOCAL)}
    if not local:
        return row
    known = {source: _delivered_source(connection, source.removeprefix(_LOCAL)) for source in local}
    evidence = tuple(known.get(source) or source for source in entry.evidence)
    return replace(row, entry=replace(entry, evidence=evidence))


def _delivered_source(connection: Connection, own_id: str) -> str | None:
    """Tell under which reference a session or a measurement of ours stands in the chart, if it was delivered."""
    as_measurement = outbox.delivered_reference(connection, f"measurement:{own_id}")
    return as_measurement or outbox.delivered_reference(connection, f"session:{own_id}")


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
    elif changed.rowcount:
        earlier = (t.c.key == row.key, t.c.row < row.row, t.c.state.in_(STUCK))
        connection.execute(update(t).where(*earlier).values(state=REPLACED))


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
