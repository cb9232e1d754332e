"""The same rows on PostgreSQL: what the store wrote to SQLite goes over by COPY, table by table."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from psycopg import sql

from horehab.store import adopt, open_logbook, tables

_TABLES = (tables.patient, tables.patient_word, tables.verdict)
_AT_ONCE = 5000


def copied(sqlite_url: str, url: str) -> str:
    """Fill a fresh PostgreSQL with the patients of a SQLite store, and let it look at them; gives its URL."""
    open_logbook(url, zone=ZoneInfo("UTC")).close()
    with psycopg.connect(url, autocommit=True) as connection:
        for table in _TABLES:
            names = [column.name for column in table.columns]
            asked = sql.SQL("COPY {} ({}) FROM STDIN").format(
                sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, names))
            )
            with connection.cursor().copy(asked) as copy:
                for row in _rows(Path(sqlite_url.removeprefix("sqlite:///")), table.name, names):
                    copy.write_row(row)
        connection.execute("UPDATE horehab_installation SET patients_changed = patients_changed + 1")
        connection.execute("VACUUM ANALYZE")  # as its own autovacuum does within a minute
    adopt(url, address="http://127.0.0.1:1/fhir")
    return url


def _rows(file: Path, table: str, names: list[str]) -> Iterator[tuple[Any, ...]]:
    """Give the rows as they stand in the file; PostgreSQL reads 1 as true, and a day as text."""
    connection = sqlite3.connect(file)
    try:
        found = connection.execute(f'SELECT {", ".join(names)} FROM "{table}"')
        while some := found.fetchmany(_AT_ONCE):
            yield from some
    finally:
        connection.close()
