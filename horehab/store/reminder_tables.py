"""The tables beside the reminders: each attempt to send one, and since when we follow a patient (ledger)."""

from sqlalchemy import Column, Date, Index, Integer, Text

from horehab.store.heads import Instant, RowNumber, table

attempt = table(
    "attempt",
    "ledger",
    Column("row", RowNumber, primary_key=True, autoincrement=True),
    Column("reminder", RowNumber, nullable=False),
    Column("key", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("begun", Instant, nullable=False),
    Column("owner", Text, nullable=False),
    Column("outcome", Text),
    Column("settled", Instant),
    Column("detail", Text, nullable=False, server_default=""),
)
Index("horehab_attempt_of", attempt.c.reminder, attempt.c.number)

enrolment = table(
    "enrolment",
    "ledger",
    Column("patient", Text, primary_key=True),
    Column("since", Date, nullable=False),
)
