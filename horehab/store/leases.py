"""The one lease: whoever takes a row has it for a while; who dies loses it, and nobody else gets it meanwhile."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

from sqlalchemy import BindParameter, ColumnElement, Connection, Engine, Table, Update, insert, or_, select, update

from horehab.store import tables
from horehab.store.engine import reading, writing

LEASE_SECONDS = 300
_LONGEST_WAIT = 900
_LEASED = (tables.outbox, tables.reminder, tables.lease)


def is_nobodys(table: Table, now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Say which rows nobody has now, resting or not."""
    return or_(table.c.lease_until.is_(None), table.c.lease_until <= now)


def is_free(table: Table, now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Say which rows nobody has now and whose time of rest is over."""
    return is_nobodys(table, now) & or_(table.c.not_before.is_(None), table.c.not_before <= now)


def take(chosen: Update, *, owner: str, now: datetime, seconds: float = LEASE_SECONDS) -> Update:
    """Let an update of free rows take them for an owner: the attempt is counted before anything is tried."""
    attempts = chosen.entity_description["table"].c.attempts
    return chosen.values(
        lease_owner=owner, lease_until=now + timedelta(seconds=seconds), not_before=None, attempts=attempts + 1
    )


def free(table: Table, *, rest_until: datetime | None = None) -> dict[str, Any]:
    """Give the values that let go of a row, to be taken again at once or after a rest."""
    return {table.c.lease_owner.name: None, table.c.lease_until.name: None, table.c.not_before.name: rest_until}


def rest(attempts: int, now: datetime, *, asked_seconds: float | None = None, spread: int | None = None) -> datetime:
    """Tell when to try again: as the other side asked (at most 15 minutes), or 2, 4, 8 ... seconds.

    `spread` is any number of the thing that rests: up to a quarter is added by it, so that what failed together is
    not tried again all at once.
    """
    seconds = asked_seconds if asked_seconds is not None else 2.0 ** min(attempts, 10)
    seconds = min(max(seconds, 1.0), _LONGEST_WAIT)
    if spread is not None:
        seconds *= 1 + _share(spread, attempts) / 4
    return now + timedelta(seconds=seconds)


def _share(spread: int, attempts: int) -> float:
    """Draw a share from 0 to 1 for a thing and an attempt; the same for the same, so that it can be told again."""
    return crc32(f"{spread}/{attempts}".encode()) / 2**32


def hold(connection: Connection, name: str, *, owner: str, now: datetime, seconds: float) -> bool:
    """Take or renew the lease of a piece of work such as "sync"; False when somebody else has it."""
    t = tables.lease
    if connection.execute(select(t.c.name).where(t.c.name == name)).first() is None:
        connection.execute(insert(t).values(name=name))
    chosen = update(t).where(t.c.name == name, is_free(t, now) | (t.c.lease_owner == owner))
    return bool(connection.execute(take(chosen, owner=owner, now=now, seconds=seconds)).rowcount)


def release(connection: Connection, name: str, *, owner: str) -> None:
    """Give back the lease of a piece of work, if it is still the owner's."""
    t = tables.lease
    connection.execute(update(t).where(t.c.name == name, t.c.lease_owner == owner).values(free(t)))


def owners(connection: Connection) -> tuple[str, ...]:
    """List who holds entries, reminders or pieces of work at the moment."""
    found: set[str] = set()
    for t in _LEASED:
        found |= set(connection.execute(select(t.c.lease_owner).where(t.c.lease_owner.is_not(None))).scalars())
    return tuple(sorted(found))


def release_all(connection: Connection, *, owner: str) -> None:
    """Give back all that an owner held, who is known to be dead; which reminders were leaving stays noted on them."""
    for t in _LEASED:
        connection.execute(update(t).where(t.c.lease_owner == owner).values(free(t)))


def release_dead(engine: Engine, is_dead: Callable[[str], bool]) -> None:
    """Give back what processes held that died; most of the time nobody did, and nothing is written."""
    with reading(engine) as connection:
        dead = [owner for owner in owners(connection) if is_dead(owner)]
    if dead:
        with writing(engine) as connection:
            for owner in dead:
                release_all(connection, owner=owner)
