"""What all our tables share: names, groups, instants in UTC, text in one order, and how a row is leased."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ColumnElement,
    DateTime,
    Dialect,
    Integer,
    MetaData,
    Table,
    Text,
    bindparam,
    cast,
    func,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

PREFIX = "horehab_"
VERSION_TABLE = "horehab_schema_version"
metadata = MetaData()


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept as UTC without zone so that SQLite and PostgreSQL order it alike."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Turn an aware instant into UTC without zone."""
        return value.astimezone(UTC).replace(tzinfo=None) if value is not None else None

    def process_result_value(self, value: Any | None, _dialect: Dialect) -> datetime | None:
        """Give it its zone back."""
        return value.replace(tzinfo=UTC) if value is not None else None


# Ordered by code point on both databases, so that prefixes and page cursors mean the same.
Sorted = Text().with_variant(Text(collation="C"), "postgresql")
RowNumber = BigInteger().with_variant(Integer(), "sqlite")


def table(name: str, group: str, *columns: Column[Any]) -> Table:
    """Give a table its full name and its group: `projection` or `ledger`."""
    return Table(PREFIX + name, metadata, *columns, info={"group": group})


def lease_columns() -> Iterable[Column[Any]]:
    """Give the columns by which one process at a time takes a row, and by which it waits for its next try."""
    return (
        Column("lease_owner", Text),
        Column("lease_until", Instant),
        Column("not_before", Instant),
        Column("attempts", Integer, nullable=False, server_default="0"),
    )


class _Listed(FunctionElement[Any]):
    """Values that are given as one JSON text: cheaper than a parameter for each of a thousand."""

    inherit_cache = True
    name = "listed"


class _ListedNumbers(_Listed):
    """The same, of numbers."""

    inherit_cache = True
    name = "listed_numbers"


@compiles(_Listed, "sqlite")
def _in_sqlite(element: _Listed, compiler: SQLCompiler, **options: Any) -> str:
    each = func.json_each(*element.clauses).table_valued("value")
    return compiler.process(select(each.c.value).scalar_subquery(), **options)


@compiles(_Listed, "postgresql")
def _in_postgresql(element: _Listed, compiler: SQLCompiler, **options: Any) -> str:
    (text,) = element.clauses
    value = func.json_array_elements_text(cast(text, JSON)).column_valued("value")
    is_number = isinstance(element, _ListedNumbers)
    return compiler.process(select(cast(value, BigInteger) if is_number else value).scalar_subquery(), **options)


def is_listed(column: Column[Any], name: str) -> ColumnElement[bool]:
    """Say which rows have one of the values of a parameter, a JSON array as text; see `listing`."""
    kind = _ListedNumbers if isinstance(column.type, Integer) else _Listed
    return column.op("IN", is_comparison=True)(kind(bindparam(name, type_=Text())))


def listing(values: Iterable[int] | Iterable[str]) -> str:
    """Write values down as `is_listed` reads them."""
    return msgspec.json.encode(list(values)).decode()
