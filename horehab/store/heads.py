"""What all our tables share: names, groups, instants in UTC, text in one order, and how a row is leased."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, Dialect, Integer, MetaData, Table, Text
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
