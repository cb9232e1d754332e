"""Back up and restore: one kind of file for both databases, a SQLite one; the ledger is always in it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, Engine, delete, func, insert, select, text, update

from horehab.errors import ConfigurationError
from horehab.store import binding, tables
from horehab.store.engine import make_engine, read_url, reading, writing
from horehab.store.heads import VERSION_TABLE, metadata
from horehab.store.schema import bring_up_to_date

_BATCH = 1000


def backup(url: str, file: Path) -> None:
    """Copy the store into a new file (a SQLite database), while others go on working with it.

    From PostgreSQL the ledger is copied; what was read from the chart is pulled again after a restore.
    ConfigurationError when the file cannot be written.
    """
    with _opened(url) as engine, TemporaryDirectory() as folder:
        copy = Path(folder) / "copy.sqlite3"
        bring_up_to_date(engine)
        if engine.dialect.name == "sqlite":
            _copy_file(Path(str(engine.url.database)), copy)
        else:
            with _opened(f"sqlite:///{copy}") as target:
                bring_up_to_date(target)
                with reading(engine) as source, writing(target) as sink:
                    _copy_ledger(source, sink)
        _put_at(copy, file)


def restore(url: str, file: Path) -> None:
    """Put a backup in the place of what the database holds, in one step.

    The restored store neither writes nor sends until it is adopted. ConfigurationError when the file is no
    backup, StoreTooNew when a newer version made it.
    """
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "copy.sqlite3"
        _check_is_backup(file)
        _copy_file(file, copy)
        with _opened(f"sqlite:///{copy}") as source, _opened(url) as target:
            bring_up_to_date(source)
            with writing(source) as connection:
                connection.execute(update(tables.installation).values(home=binding.RESTORED))
            bring_up_to_date(target)
            if target.dialect.name == "sqlite":
                _copy_file(copy, Path(str(target.url.database)))
                return
            with reading(source) as connection, writing(target) as sink:
                _copy_ledger(connection, sink)


@contextmanager
def _opened(url: str) -> Iterator[Engine]:
    engine = make_engine(read_url(url))
    try:
        yield engine
    finally:
        engine.dispose()


def _copy_file(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target, timeout=15)) as new:
        try:
            old.backup(new)
        except sqlite3.Error as error:
            raise ConfigurationError(
                f"{source} could not be copied to {target} ({error}); nothing was changed.",
                remedy="Stop the scheduler and the pages, make room on the disk, and try again.",
            ) from error


def _put_at(copy: Path, file: Path) -> None:
    """Write one plain file, readable by its owner alone, whole or not at all."""
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE").close()
    part = file.with_name(f"{file.name}.part")
    try:
        part.touch(mode=0o600)
        part.write_bytes(copy.read_bytes())
        part.replace(file)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise ConfigurationError(
            f"The backup {file} cannot be written ({error.strerror}).", remedy="Name a file in a folder of yours."
        ) from error


def _check_is_backup(file: Path) -> None:
    problem = ConfigurationError(
        f"{file} is no backup of horehab.", remedy="Name a file that `horehab db backup` wrote."
    )
    if not file.is_file():
        raise problem
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            found = connection.execute("SELECT name FROM sqlite_master WHERE name = ?", (VERSION_TABLE,)).fetchone()
    except sqlite3.Error as error:
        raise problem from error
    if found is None:
        raise problem


def _copy_ledger(source: Connection, sink: Connection) -> None:
    for table in reversed(metadata.sorted_tables):
        sink.execute(delete(table))
    for table in tables.tables_of("ledger"):
        rows = source.execution_options(yield_per=_BATCH).execute(select(table)).mappings()
        for batch in rows.partitions(_BATCH):
            sink.execute(insert(table), [dict(row) for row in batch])
        _count_on(sink, table.name)


def _count_on(sink: Connection, name: str) -> None:
    """Let PostgreSQL number new rows after the copied ones; SQLite does so by itself."""
    table = metadata.tables[name]
    if sink.dialect.name != "postgresql" or table.autoincrement_column is None:
        return
    last = sink.execute(select(func.max(table.autoincrement_column))).scalar()
    if last is not None:
        asked = text("SELECT setval(pg_get_serial_sequence(:name, 'row'), :last)")
        sink.execute(asked, {"name": name, "last": last})
