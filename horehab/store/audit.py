"""Who did what, each note chained to the one before, so that an altered or missing note is found."""

from datetime import UTC, datetime
from hashlib import sha256

from sqlalchemy import Connection, insert, select

from horehab.store import tables
from horehab.store.payloads import plain

_FIRST = "0" * 64


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
