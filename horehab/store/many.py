"""Many rows in one statement: what SQLAlchemy does for every row is done once for all of them where that is safe.

On SQLite the statement goes to the driver as it was compiled, with rows as tuples in the order of the table's
columns; PostgreSQL's driver wants names and types, and gets them the usual way.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, insert, select
from sqlalchemy.dialects import sqlite

Row = tuple[Any, ...]


def write(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows, each with a value for every column of the table in its order; days as dates."""
    if not rows:
        return
    if connection.dialect.name != "sqlite":
        names = [column.name for column in table.columns]
        connection.execute(insert(table), [dict(zip(names, row, strict=True)) for row in rows])
        return
    statement, days = _compiled(table)
    connection.exec_driver_sql(statement, [_with_written_days(row, days) for row in rows] if days else list(rows))


def look_up(connection: Connection, table: Table, columns: Sequence[str], references: Iterable[str]) -> Iterator[Row]:
    """Give some columns, none of them a day, of the rows with these references, in no particular order."""
    wanted = list(references)
    if connection.dialect.name != "sqlite":
        asked = select(*(table.c[name] for name in columns)).where(table.c.reference.in_(wanted))
        yield from (tuple(row) for row in connection.execute(asked))
        return
    listed, marks = ", ".join(columns), ",".join("?" * len(wanted))
    asked_for = f"SELECT {listed} FROM {table.name} WHERE reference IN ({marks})"  # noqa: S608  # our own names alone
    yield from (tuple(row) for row in connection.exec_driver_sql(asked_for, tuple(wanted)))


@cache
def _compiled(table: Table) -> tuple[str, tuple[int, ...]]:
    """Compile the insert of all columns for SQLite, and tell which of them are days."""
    days = tuple(place for place, column in enumerate(table.columns) if column.type.python_type is date)
    return str(insert(table).compile(dialect=sqlite.dialect())), days


def _with_written_days(row: Row, days: tuple[int, ...]) -> Row:
    written = list(row)
    for place in days:
        day = written[place]
        if day is not None:
            written[place] = day.isoformat()
    return tuple(written)
