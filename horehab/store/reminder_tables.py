"""The tables beside the reminders: each attempt to send one, and since when we follow a patient (ledger)."""

from sqlalchemy import Column, Date, Index, Integer, Table, Text

from horehab.store.tables import PREFIX, Instant, RowNumber, metadata

attempt = Table(
    f"{PREFIX}attempt",
    metadata,
    Column("row", RowNumber, primary_key=True, autoincrement=True),
    Column("reminder", RowNumber, nullable=False),
    Column("key", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("begun", Instant, nullable=False),
    Column("owner", Text, nullable=False),
    Column("outcome", Text),
    Column("settled", Instant),
    Column("detail", Text, nullable=False, server_default=""),
    info={"group": "ledger"},
)
Index("horehab_attempt_of", attempt.c.reminder, attempt.c.number)

enrolment = Table(
    f"{PREFIX}enrolment",
    metadata,
    Column("patient", Text, primary_key=True),
    Column("since", Date, nullable=False),
    info={"group": "ledger"},
)
