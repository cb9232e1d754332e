"""The sandbox's SQLite shelf: every version of every resource, and what each can be found by.

One connection behind one lock: requests come from several threads, and a transaction Bundle must be all or nothing.
"""

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from horehab.errors import ConfigurationError
from horehab.sandbox.indexing import REFERENCE_ROW, IndexRow

_TABLES = """
CREATE TABLE IF NOT EXISTS version (
    seq INTEGER PRIMARY KEY, type TEXT NOT NULL, id TEXT NOT NULL, number INTEGER NOT NULL,
    updated INTEGER NOT NULL, method TEXT NOT NULL, body BLOB, UNIQUE (type, id, number));
CREATE INDEX IF NOT EXISTS version_by_time ON version (type, updated);
CREATE INDEX IF NOT EXISTS version_updated ON version (updated);
CREATE TABLE IF NOT EXISTS resource (
    key INTEGER PRIMARY KEY, type TEXT NOT NULL, id TEXT NOT NULL, seq INTEGER NOT NULL,
    updated INTEGER NOT NULL, deleted INTEGER NOT NULL, UNIQUE (type, id));
CREATE INDEX IF NOT EXISTS resource_by_time ON resource (type, deleted, updated);
CREATE TABLE IF NOT EXISTS found_by (
    key INTEGER NOT NULL, type TEXT NOT NULL, name TEXT NOT NULL, system TEXT NOT NULL, code TEXT NOT NULL,
    first INTEGER, last INTEGER);
CREATE INDEX IF NOT EXISTS found_by_key ON found_by (key);
CREATE INDEX IF NOT EXISTS found_by_code ON found_by (type, name, code, system);
CREATE INDEX IF NOT EXISTS found_by_reference ON found_by (name, code, system);
"""
_COLUMNS = "v.seq, v.type, v.id, v.number, v.updated, v.method, v.body"


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a resource; `updated` in milliseconds, `body` is None for a deletion."""

    seq: int
    type: str
    id: str
    number: int
    updated: int
    method: str
    body: bytes | None

    @property
    def reference(self) -> str:
        """The reference "Type/id"."""
        return f"{self.type}/{self.id}"


def _opened(path: Path | None) -> sqlite3.Connection:
    """Open the file, or a shelf in memory; ConfigurationError when it cannot be, or belongs to something else."""
    database: sqlite3.Connection | None = None
    try:
        database = sqlite3.connect(str(path or ":memory:"), check_same_thread=False, isolation_level=None)
        tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if tables and not tables >= {"version", "resource", "found_by"}:
            raise sqlite3.DatabaseError("it is the database of another program")
        if path is not None:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
        database.executescript(_TABLES)
    except sqlite3.Error as error:
        if database is not None:
            database.close()
        raise ConfigurationError(
            f"The file {str(path)!r} cannot keep the sandbox's resources ({error}).",
            remedy="Name with --data a new file, or one that a sandbox made, in a folder that is there.",
        ) from error
    return database


class Shelf:
    """Versions on a shelf, in memory or in a file."""

    def __init__(self, path: Path | None) -> None:
        self._lock = threading.RLock()
        self._depth = 0
        self._db = _opened(path)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    @contextmanager
    def unit(self) -> Iterator[None]:
        """Do all of the block or nothing, alone; blocks may stand inside each other."""
        with self._lock:
            mark = f"unit{self._depth}"
            self._db.execute("BEGIN IMMEDIATE" if self._depth == 0 else f"SAVEPOINT {mark}")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._db.execute("ROLLBACK")
                else:
                    self._db.execute(f"ROLLBACK TO {mark}")
                    self._db.execute(f"RELEASE {mark}")
                raise
            self._depth -= 1
            self._db.execute("COMMIT" if self._depth == 0 else f"RELEASE {mark}")

    def _rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def _versions(self, rest: str, values: Sequence[object]) -> tuple[Version, ...]:
        rows = self._rows(f"SELECT {_COLUMNS} FROM {rest}", values)
        return tuple(Version(*row) for row in rows)

    def _one_number(self, sql: str, values: Sequence[object] = ()) -> int:
        (found,) = self._rows(sql, values)[0]
        return int(found)

    def newest(self, kind: str, identity: str) -> Version | None:
        """Give the newest version of a resource, a deletion included."""
        sql = "resource r JOIN version v ON v.seq = r.seq WHERE r.type = ? AND r.id = ?"
        return next(iter(self._versions(sql, (kind, identity))), None)

    def version(self, kind: str, identity: str, number: int) -> Version | None:
        """Give one version of a resource."""
        sql = "version v WHERE v.type = ? AND v.id = ? AND v.number = ?"
        return next(iter(self._versions(sql, (kind, identity, number))), None)

    def add(self, version: Version, rows: Iterable[IndexRow]) -> None:
        """Put a further version on the shelf (its `seq` is given here) and index it anew."""
        with self.unit():
            cursor = self._db.execute(
                "INSERT INTO version (type, id, number, updated, method, body) VALUES (?, ?, ?, ?, ?, ?)",
                (version.type, version.id, version.number, version.updated, version.method, version.body),
            )
            key = self._one_number(
                "INSERT INTO resource (type, id, seq, updated, deleted) VALUES (?, ?, ?, ?, ?) ON CONFLICT (type, id)"
                " DO UPDATE SET seq = excluded.seq, updated = excluded.updated, deleted = excluded.deleted"
                " RETURNING key",
                (version.type, version.id, cursor.lastrowid, version.updated, int(version.body is None)),
            )
            if version.number > 1:
                self._db.execute("DELETE FROM found_by WHERE key = ?", (key,))
            self._db.executemany(
                "INSERT INTO found_by VALUES (?, ?, ?, ?, ?, ?, ?)", [(key, version.type, *row) for row in rows]
            )

    def last_updated(self) -> int:
        """Tell the greatest lastUpdated of all, in milliseconds; 0 for an empty shelf."""
        return self._one_number("SELECT coalesce(max(updated), 0) FROM version")

    def has_id(self, kind: str, identity: str) -> bool:
        """Tell whether that id was ever used."""
        return bool(self._rows("SELECT 1 FROM resource WHERE type = ? AND id = ?", (kind, identity)))

    def referrers(self, kind: str, identity: str) -> tuple[str, ...]:
        """List up to ten resources that refer to this one (itself not counted)."""
        sql = (
            "SELECT DISTINCT r.type || '/' || r.id FROM found_by f JOIN resource r ON r.key = f.key"
            " WHERE f.name = ? AND f.code = ? AND f.system = ? AND NOT (r.type = ? AND r.id = ?) LIMIT 10"
        )
        return tuple(str(row[0]) for row in self._rows(sql, (REFERENCE_ROW, identity, kind, kind, identity)))

    def keys(self, condition: str, values: Sequence[object], order: str) -> tuple[int, ...]:
        """List the keys of the living resources that meet an SQL condition (made by search.py) in that order."""
        sql = f"SELECT r.key FROM resource r WHERE r.deleted = 0 AND {condition} ORDER BY {order}"
        return tuple(int(row[0]) for row in self._rows(sql, values))

    def by_keys(self, keys: Sequence[int]) -> tuple[Version, ...]:
        """Give the newest versions of those resources in the order of the keys, deleted ones left out."""
        marks = ", ".join("?" * len(keys))
        sql = f"r.key, {_COLUMNS} FROM resource r JOIN version v ON v.seq = r.seq WHERE r.key IN ({marks})"
        rows = {row[0]: Version(*row[1:]) for row in self._rows(f"SELECT {sql}", keys)}
        return tuple(rows[key] for key in keys if key in rows and rows[key].body is not None)

    def history(self, kind: str, identity: str | None, since: int) -> tuple[int, ...]:
        """List the sequence numbers of all versions since then, newest first; of a type when `identity` is None."""
        sql = "SELECT v.seq FROM version v WHERE v.type = ? AND v.updated >= ?"
        values: list[object] = [kind, since]
        if identity is not None:
            sql += " AND v.id = ?"
            values.append(identity)
        rows = self._rows(sql + " ORDER BY v.updated DESC, v.seq DESC", values)
        return tuple(int(row[0]) for row in rows)

    def by_sequence(self, numbers: Sequence[int]) -> tuple[Version, ...]:
        """Give the versions of those sequence numbers, in their order."""
        marks = ", ".join("?" * len(numbers))
        found = {version.seq: version for version in self._versions(f"version v WHERE v.seq IN ({marks})", numbers)}
        return tuple(found[number] for number in numbers)
