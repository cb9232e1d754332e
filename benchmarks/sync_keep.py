"""How the peers keep a page in a SQLite file: with sqlite3 itself, or with SQLAlchemy Core.

Both do the least that is safe: what is there already is looked up first, only newer versions replace it, and each
page is one transaction.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from sqlalchemy import Column, Float, Index, Integer, MetaData, Table, Text, create_engine, delete, insert, select
from sqlalchemy import event as sqlalchemy_event

from benchmarks.sync_interpret import Row

Kept = tuple[str, str, str, list[Row]]
"""Reference, instant of the last update, text of the resource ("" when it is not kept), its facts."""
Keep = Callable[[list[Kept]], None]

_RESOURCE_COLUMNS = "(reference TEXT PRIMARY KEY, version TEXT, updated TEXT, patient TEXT, source TEXT)"
_FACT_COLUMNS = (
    "(reference TEXT, ordinal INTEGER, patient TEXT, kind TEXT, value REAL, PRIMARY KEY (reference, ordinal))"
)
_TABLES = (
    f"CREATE TABLE IF NOT EXISTS resource {_RESOURCE_COLUMNS}",
    f"CREATE TABLE IF NOT EXISTS fact {_FACT_COLUMNS}",
    "CREATE INDEX IF NOT EXISTS resource_of_patient ON resource (patient)",
    "CREATE INDEX IF NOT EXISTS fact_of_patient ON fact (patient)",
)
_PRAGMAS = ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=NORMAL")
_METADATA = MetaData()
_RESOURCE = Table(
    "resource",
    _METADATA,
    Column("reference", Text, primary_key=True),
    Column("version", Text),
    Column("updated", Text),
    Column("patient", Text, index=True),
    Column("source", Text),
)
_FACT = Table(
    "fact",
    _METADATA,
    Column("reference", Text, primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("patient", Text),
    Column("kind", Text),
    Column("value", Float),
)
Index("fact_of_patient", _FACT.c.patient)


@contextmanager
def by_sqlite3(path: str) -> Iterator[Keep]:
    """Keep pages with the sqlite3 module and statements written by hand."""
    with closing(sqlite3.connect(path)) as connection:
        for statement in (*_PRAGMAS, *_TABLES):
            connection.execute(statement)

        def keep(page: list[Kept]) -> None:
            marks = ",".join("?" * len(page))
            asked = f"SELECT reference, updated FROM resource WHERE reference IN ({marks})"
            known = dict(connection.execute(asked, [each[0] for each in page]).fetchall())
            fresh = [each for each in page if each[1] > known.get(each[0], "")]
            with connection:
                connection.executemany(
                    "DELETE FROM fact WHERE reference = ?", [(each[0],) for each in fresh if each[0] in known]
                )
                connection.executemany(
                    "INSERT OR REPLACE INTO resource VALUES (?, ?, ?, ?, ?)",
                    [(name, rows[0][1], updated, rows[0][2], text) for name, updated, text, rows in fresh],
                )
                connection.executemany(
                    "INSERT INTO fact VALUES (?, ?, ?, ?, ?)",
                    [
                        (row[0], ordinal, row[2], row[3], row[4])
                        for each in fresh
                        for ordinal, row in enumerate(each[3])
                    ],
                )

        yield keep


@contextmanager
def by_sqlalchemy(path: str) -> Iterator[Keep]:
    """Keep pages with SQLAlchemy Core, many rows to a statement."""
    engine = create_engine(f"sqlite:///{path}")
    sqlalchemy_event.listen(engine, "connect", lambda raw, _: [raw.execute(pragma) for pragma in _PRAGMAS])
    _METADATA.create_all(engine)

    def keep(page: list[Kept]) -> None:
        with engine.begin() as connection:
            asked = select(_RESOURCE.c.reference, _RESOURCE.c.updated)
            asked = asked.where(_RESOURCE.c.reference.in_([each[0] for each in page]))
            known = {row.reference: row.updated for row in connection.execute(asked)}
            fresh = [each for each in page if each[1] > known.get(each[0], "")]
            if not fresh:
                return
            old = [each[0] for each in fresh if each[0] in known]
            for table in (_FACT, _RESOURCE) if old else ():
                connection.execute(delete(table).where(table.c.reference.in_(old)))
            connection.execute(
                insert(_RESOURCE),
                [
                    {
                        "reference": name,
                        "version": rows[0][1],
                        "updated": updated,
                        "patient": rows[0][2],
                        "source": text,
                    }
                    for name, updated, text, rows in fresh
                ],
            )
            connection.execute(
                insert(_FACT),
                [
                    {"reference": row[0], "ordinal": ordinal, "patient": row[2], "kind": row[3], "value": row[4]}
                    for each in fresh
                    for ordinal, row in enumerate(each[3])
                ],
            )

    yield keep
    engine.dispose()


def rows_kept(path: str) -> set[Row]:
    """Read back what a peer kept."""
    with closing(sqlite3.connect(path)) as connection:
        asked = (
            "SELECT resource.reference, version, resource.patient, kind, value"
            " FROM resource JOIN fact USING (reference)"
        )
        return {tuple(row) for row in connection.execute(asked)}
