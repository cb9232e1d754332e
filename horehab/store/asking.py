"""Questions put so that a database answers them row by row, along an index, however large the hospital is.

SQLite does so of itself. PostgreSQL guesses how many rows there will be, and where it guesses badly it reads two
tables as a whole in order to show fifty patients; how a question is put here leaves it nothing to guess.
"""

from typing import Any

from sqlalchemy import ARRAY, Column, ColumnElement, Connection, Select, Text, any_, func, literal, select


def has(connection: Connection, column: Column[str], *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Say that there is a row with these conditions, which is looked for anew for each row that is asked about.

    `OFFSET 0` changes no answer; PostgreSQL makes no join of a question that has it.
    """
    asked = select(column).where(*conditions)
    return (asked.offset(0) if connection.dialect.name == "postgresql" else asked).exists()


def is_one_of(connection: Connection, column: Column[str], few: Select[Any]) -> ColumnElement[bool]:
    """Say that a column has one of few values, each of which is looked up in the index of the column."""
    if connection.dialect.name == "postgresql":
        return column == any_(func.array(few.scalar_subquery(), type_=ARRAY(Text)))
    return column.in_(few)


def exactly(number: int) -> ColumnElement[int]:
    """Write a number into the question itself, where PostgreSQL plans by it."""
    return literal(number, literal_execute=True)
