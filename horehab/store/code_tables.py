"""The tables of local codes: what people said that they mean (ledger), and what is not read yet (projection)."""

from sqlalchemy import Column, Date, Integer, Table, Text

from horehab.store.tables import PREFIX, Instant, metadata

mapping = Table(
    f"{PREFIX}mapping",
    metadata,
    Column("system", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("meaning", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Instant, nullable=False),
    info={"group": "ledger"},
)

unread_code = Table(
    f"{PREFIX}unread_code",
    metadata,
    Column("reference", Text, primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("system", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("day", Date),
    Column("offered", Text, nullable=False),
    Column("why", Text, nullable=False),
    info={"group": "projection"},
)

understanding = Table(
    f"{PREFIX}understanding",
    metadata,
    Column("name", Text, primary_key=True),
    Column("payload", Text, nullable=False),
    info={"group": "projection"},
)
