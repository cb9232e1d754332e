"""How the database is reached: SQLite by default, PostgreSQL by URL, with short transactions and plain errors."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from horehab.errors import ConfigurationError, StoreUnavailable
from horehab.store.quiet import silence_values

_BUSY_SECONDS = 15
# Larger pages and rarer checkpoints make a first load cheaper; an older file keeps the pages that it has.
_LAYOUT = ("page_size=16384", "journal_mode=WAL", "wal_autocheckpoint=1000")
_WRITE_LOCK = 0x486F5265  # "HoRe": one writer at a time, as SQLite has it
_REMEDY_URL = "Set HOREHAB_DATABASE_URL as in sqlite:///horehab.sqlite3 or postgresql+psycopg://user@host/database."


def read_url(url: str) -> URL:
    """Read a database URL; ConfigurationError for one that is none or of another kind of database."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigurationError("HOREHAB_DATABASE_URL is not a database URL.", remedy=_REMEDY_URL) from error
    kind = parsed.get_backend_name()
    if kind == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    if kind != "sqlite":
        raise ConfigurationError(f"HOREHAB_DATABASE_URL names {kind!r}, which is not supported.", remedy=_REMEDY_URL)
    if parsed.database in (None, "", ":memory:"):
        raise ConfigurationError("HOREHAB_DATABASE_URL names no file.", remedy=_REMEDY_URL)
    return parsed.set(drivername="sqlite+pysqlite", database=str(Path(str(parsed.database)).absolute()))


def absent_file(url: str) -> Path | None:
    """Name the SQLite file that a URL means while it is missing or still empty; None for what is there."""
    parsed = read_url(url)
    if parsed.get_backend_name() != "sqlite":
        return None
    file = Path(str(parsed.database))
    is_missing = file.parent.is_dir() and (not file.exists() or (file.is_file() and not file.stat().st_size))
    return file if is_missing else None


def make_engine(url: URL) -> Engine:
    """Prepare the way to the database; nothing is opened yet. ConfigurationError when the driver is missing."""
    silence_values()
    if url.get_backend_name() == "sqlite":
        engine = create_engine(
            url, hide_parameters=True, connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False}
        )
        event.listen(engine, "do_connect", lambda *_: _make_private(Path(str(url.database))))
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    try:
        engine = create_engine(url, pool_pre_ping=True, hide_parameters=True, connect_args={"connect_timeout": 10})
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            "The driver for PostgreSQL is not installed.", remedy='Run: pip install "horehab[postgresql]"'
        ) from error
    event.listen(engine, "begin", _begin_postgresql)
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a short transaction that only reads; StoreUnavailable or ConfigurationError when it cannot be had."""
    with plainly(engine.url), engine.connect() as connection:
        if engine.dialect.name == "postgresql":  # one picture for all statements, as SQLite gives it
            connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            yield connection


@contextmanager
def writing(engine: Engine, *, is_shared: bool = False, is_hasty: bool = False) -> Iterator[Connection]:
    """Open a short transaction that writes, all or nothing, one writer at a time.

    `is_shared` lets PostgreSQL run several at once; the statements inside then lock the rows they take.
    `is_hasty` lets a power cut undo the whole transaction: for what would be read again from the chart anyway.
    """
    with plainly(engine.url), engine.connect() as connection:
        connection.execution_options(horehab_write="shared" if is_shared else "hasty" if is_hasty else "alone")
        with connection.begin():
            yield connection


@contextmanager
def plainly(url: URL) -> Iterator[None]:
    """Say in one sentence what a database driver says in many."""
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeout) as error:
        raise _unavailable(str(getattr(error, "orig", None) or error), url) from error
    except DatabaseError as error:
        if isinstance(error.orig, sqlite3.DatabaseError) and _is_damaged(str(error.orig)):
            raise ConfigurationError(
                f"The file {url.database} is damaged or is no SQLite database.",
                remedy="Move it away and run `horehab db restore` with the last backup.",
            ) from error
        raise


def _is_damaged(words: str) -> bool:
    return "not a database" in words or "malformed" in words


def _unavailable(words: str, url: URL) -> ConfigurationError | StoreUnavailable:
    if "unable to open" in words or "readonly" in words:
        return ConfigurationError(
            f"The database file {url.database} cannot be opened for writing.",
            remedy="Create its folder and give this user the right to write there, or set HOREHAB_DATABASE_URL.",
        )
    if any(sign in words for sign in ("authentication failed", "does not exist", "no password supplied")):
        return ConfigurationError(
            f"PostgreSQL refuses the database {url.database!r} on {url.host or 'this machine'}: "
            f"{words.strip().splitlines()[-1]}",
            remedy="Check user, password and database in HOREHAB_DATABASE_URL.",
        )
    if "locked" in words or "lock timeout" in words:
        return StoreUnavailable("The database is locked by another program.", remedy="Try again in a moment.")
    if "full" in words or "No space left" in words:
        return StoreUnavailable("The disk of the database is full; nothing was changed.", remedy="Make room on it.")
    if "disk I/O" in words:  # a quota that is used up, or a disk that fails
        return StoreUnavailable(
            "The disk of the database does not take what is written; nothing was changed.",
            remedy="Make room on it, raise the quota, or have it checked.",
        )
    return StoreUnavailable("The database does not answer; nothing was changed.", remedy="Check that it runs.")


def _make_private(file: Path) -> None:
    """Make a fresh database file that its owner alone may read; SQLite gives -wal and -shm the same rights."""
    with suppress(OSError):  # it is there already, or SQLite will say better why it cannot be made
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see _begin_sqlite
    for pragma in (*_LAYOUT, "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={_BUSY_SECONDS * 1000}"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    wanted = connection.get_execution_options().get("horehab_write")
    if wanted is None:
        connection.exec_driver_sql("BEGIN")
        return
    connection.exec_driver_sql(f"PRAGMA synchronous={'NORMAL' if wanted == 'hasty' else 'FULL'}")
    # A writer that begins as a reader can fail in its middle; IMMEDIATE waits at the start instead.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_postgresql(connection: Connection) -> None:
    wanted = connection.get_execution_options().get("horehab_write")
    if wanted in ("alone", "hasty"):
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_BUSY_SECONDS}s'")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITE_LOCK})")
    if wanted == "hasty":
        connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
