"""Many rows in one statement: what SQLAlchemy does for every row is done once for all of them where that is safe.

On SQLite the statement goes to the driver as it was compiled, with rows as tuples in the order of the table's
columns; PostgreSQL's driver wants names and types, and gets them the usual way.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import Column, Connection, Table, insert, select, text
from sqlalchemy.dialects import sqlite

Row = tuple[Any, ...]


NOTHING_SAME: Mapping[str, Any] = MappingProxyType({})


def write(
    connection: Connection, table: Table, rows: Sequence[Row], *, same: Mapping[str, Any] = NOTHING_SAME
) -> None:
    """Insert rows, each with a value for every column of the table in its order; days as "2026-03-02".

    What is the `same` in all of them (nothing, false, or an empty text of bytes) is left out of the rows.
    """
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(_compiled(table, tuple(same.items())), list(rows))
        return
    columns = [column for column in table.columns if column.name not in same]
    names, days = [column.name for column in columns], _days(columns)
    given = [dict(zip(names, _with_days(row, days), strict=True)) | dict(same) for row in rows]
    connection.execute(insert(table), given)


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
def _compiled(table: Table, same: tuple[tuple[str, Any], ...]) -> str:
    """Compile the insert of all columns for SQLite, with what is the same in all rows as part of the statement."""
    statement, names = insert(table), [column.name for column in table.columns]
    if same:
        statement = statement.values({name: text(_LITERALS[value]) for name, value in same})
    return str(statement.compile(dialect=sqlite.dialect(), column_keys=names))


_LITERALS = MappingProxyType({None: "NULL", False: "0", b"": "x''"})


def _days(columns: Sequence[Column[Any]]) -> tuple[int, ...]:
    """Tell which of some columns are days."""
    return tuple(place for place, column in enumerate(columns) if column.type.python_type is date)


def _with_days(row: Row, days: tuple[int, ...]) -> Row:
    taken = list(row)
    for place in days:
        day = taken[place]
        if day is not None:
            taken[place] = date.fromisoformat(day)
    return tuple(taken)
