"""Who did what, each note chained to the one before, so that an altered or missing note is found."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Engine, Row, func, insert, select

from horehab.store import tables
from horehab.store.engine import reading
from horehab.store.payloads import plain
from horehab.usecases.audit_trail import REFUSED, AuditNote, AuditQuery

_FIRST = "0" * 64


class SqlTrail:
    """The audit trail in SQLite or PostgreSQL, to be read."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def notes(self, query: AuditQuery, *, most: int) -> tuple[AuditNote, ...]:
        """List notes, the newest first."""
        t = tables.audit
        wanted = select(t).order_by(t.c.row.desc()).limit(most)
        if query.before is not None:
            wanted = wanted.where(t.c.row < query.before)
        if query.who:
            wanted = wanted.where(t.c.who == query.who)
        if query.patient is not None:
            wanted = wanted.where(t.c.patient == query.patient)
        if query.is_refused:
            wanted = wanted.where(t.c.what.startswith(REFUSED, autoescape=True))
        with reading(self._engine) as connection:
            return tuple(_note(row) for row in connection.execute(wanted))

    def count(self) -> int:
        """Tell how many notes there are."""
        with reading(self._engine) as connection:
            return connection.execute(select(func.count()).select_from(tables.audit)).scalar_one()

    def holds(self, seal: str) -> bool:
        """Say whether the chain still holds a note of that seal."""
        t = tables.audit
        with reading(self._engine) as connection:
            return connection.execute(select(t.c.row).where(t.c.hash == seal)).first() is not None


def _note(row: Row[Any]) -> AuditNote:
    at = datetime.fromisoformat(row.at)
    return AuditNote(row=row.row, at=at, who=row.who, what=row.what, patient=row.patient, seal=row.hash)


def note(connection: Connection, *, who: str, what: str, patient: str | None, now: datetime) -> None:
    """Write one note, chained to the note before."""
    t = tables.audit
    last = connection.execute(select(t.c.row, t.c.hash).order_by(t.c.row.desc()).limit(1)).first()
    row, previous = (last.row + 1, last.hash) if last else (1, _FIRST)
    at = now.astimezone(UTC).isoformat()
    words = (str(row), at, plain(who), plain(what), plain(patient) if patient else None, previous)
    connection.execute(
        insert(t).values(
            row=row, at=at, who=words[2], what=words[3], patient=words[4], previous=previous, hash=_chained(words)
        )
    )


def first_broken(connection: Connection) -> int | None:
    """Check the whole chain and tell the number of the first note that was altered or follows a gap."""
    t = tables.audit
    previous, expected = _FIRST, 1
    for row in connection.execute(select(t).order_by(t.c.row)):
        words = (str(row.row), row.at, row.who, row.what, row.patient, previous)
        if row.row != expected or row.previous != previous or row.hash != _chained(words):
            return expected
        previous, expected = row.hash, expected + 1
    return None


def _chained(words: tuple[str | None, ...]) -> str:
    framed = "".join("-" if word is None else f"{len(word)}:{word}" for word in words)
    return sha256(framed.encode()).hexdigest()
