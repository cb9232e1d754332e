"""The tables of what is kept here alone: drafts, what was told at the bedside, suspicions that rest (ledger)."""

from sqlalchemy import Column, Date, Table, Text

from horehab.store.tables import PREFIX, Instant, metadata

_INFO = {"group": "ledger"}

draft = Table(
    f"{PREFIX}draft",
    metadata,
    Column("name", Text, primary_key=True),
    Column("patient", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("payload", Text, nullable=False),
    Column("updated", Instant, nullable=False),
    info=_INFO,
)

reported = Table(
    f"{PREFIX}reported",
    metadata,
    Column("report_id", Text, primary_key=True),
    Column("patient", Text, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("taken_back", Instant),
    Column("taken_back_by", Text),
    info=_INFO,
)

snooze = Table(
    f"{PREFIX}snooze",
    metadata,
    Column("snooze_id", Text, primary_key=True),
    Column("patient", Text, nullable=False, index=True),
    Column("joint", Text, nullable=False),
    Column("side", Text, nullable=False),
    Column("until", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Instant, nullable=False),
    info=_INFO,
)
