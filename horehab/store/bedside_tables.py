"""The tables of what is kept here alone: drafts, what was told at the bedside, suspicions that rest (ledger)."""

from sqlalchemy import Column, Date, Text

from horehab.store.heads import Instant, table

draft = table(
    "draft",
    "ledger",
    Column("name", Text, primary_key=True),
    Column("patient", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("payload", Text, nullable=False),
    Column("updated", Instant, nullable=False),
)

reported = table(
    "reported",
    "ledger",
    Column("report_id", Text, primary_key=True),
    Column("patient", Text, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("taken_back", Instant),
    Column("taken_back_by", Text),
)

snooze = table(
    "snooze",
    "ledger",
    Column("snooze_id", Text, primary_key=True),
    Column("patient", Text, nullable=False, index=True),
    Column("joint", Text, nullable=False),
    Column("side", Text, nullable=False),
    Column("until", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Instant, nullable=False),
)
