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
    """Insert rows, each with a value for every column of the table in its order; days as "2026-03-02"."""
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(_compiled(table), list(rows))
        return
    names, days = [column.name for column in table.columns], _days(table)
    connection.execute(insert(table), [dict(zip(names, _with_days(row, days), strict=True)) for row in rows])


def look_up(connection: Connection, table: Table, columns: Sequence[str], references: Iterable[str]) -> Iterator[Row]:
    """Give some columns, none of them a day, of the rows with these references, in no particular order."""
    wanted = list(references)
    if connection.dialect.name != "sqlite":
        asked = select(*(table.c[name] for name in columns)).where(table.c.reference.in_(wanted))
        yield from (tuple(row) for row in connection.execute(asked))
        return
    listed, marks = ", ".join(columns), ",".join("?" * len(wanted))
    asked_for = f"SELECT {listed} FROM {table.name} WHERE reference IN ({marks})"  # noqa: S608  # our own names alone
    cursor = connection.exec_driver_sql(asked_for, tuple(wanted)).cursor
    assert cursor is not None, "rows were asked for"
    yield from cursor.fetchall()


@cache
def _compiled(table: Table) -> str:
    """Compile the insert of all columns for SQLite."""
    return str(insert(table).compile(dialect=sqlite.dialect()))


@cache
def _days(table: Table) -> tuple[int, ...]:
    """Tell which columns of a table are days."""
    return tuple(place for place, column in enumerate(table.columns) if column.type.python_type is date)


def _with_days(row: Row, days: tuple[int, ...]) -> Row:
    taken = list(row)
    for place in days:
        day = taken[place]
        if day is not None:
            taken[place] = date.fromisoformat(day)
    return tuple(taken)
