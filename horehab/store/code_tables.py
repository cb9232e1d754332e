"""The tables of local codes: what people said that they mean (ledger), and what is not read yet (projection)."""

from sqlalchemy import Column, Date, Integer, Text

from horehab.store.heads import Instant, table

mapping = table(
    "mapping",
    "ledger",
    Column("system", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("meaning", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

unread_code = table(
    "unread_code",
    "projection",
    Column("reference", Text, primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("system", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("day", Date),
    Column("offered", Text, nullable=False),
    Column("why", Text, nullable=False),
)

understanding = table(
    "understanding",
    "projection",
    Column("name", Text, primary_key=True),
    Column("payload", Text, nullable=False),
)
