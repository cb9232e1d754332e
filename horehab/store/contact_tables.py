"""The tables of who is reminded how: consent, STOP, staff, feeds, letters handed over, lists worked off (ledger)."""

from sqlalchemy import Boolean, Column, Index, Text

from horehab.store.heads import Instant, table

opt_out = table(
    "opt_out",
    "ledger",
    Column("medium", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("since", Instant, nullable=False),
    Column("how", Text, nullable=False),
)
"""`subject` is an address, or the patient's reference."""

consent = table(
    "consent",
    "ledger",
    Column("patient", Text, primary_key=True),
    Column("is_given", Boolean, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

staff_contact = table(
    "staff_contact",
    "ledger",
    Column("name", Text, primary_key=True),
    Column("email", Text, nullable=False, server_default=""),
    Column("mobile", Text, nullable=False, server_default=""),
    Column("language", Text, nullable=False, server_default=""),
    Column("zone", Text, nullable=False, server_default=""),
)

calendar_feed = table(
    "calendar_feed",
    "ledger",
    Column("feed", Text, primary_key=True),
    Column("name", Text, nullable=False, index=True),
    Column("display", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("made", Instant, nullable=False),
    Column("revoked", Instant),
)

message = table(
    "message",
    "ledger",
    Column("message", Text, primary_key=True),
    Column("key", Text, nullable=False),
    Column("medium", Text, nullable=False),
    Column("handed_over", Instant, nullable=False),
    Column("outcome", Text),
    Column("detail", Text, nullable=False, server_default=""),
    Column("reported", Instant),
)
Index("horehab_message_of", message.c.key)

worked_off = table(
    "worked_off",
    "ledger",
    Column("key", Text, primary_key=True),
    Column("outcome", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Instant, nullable=False),
)
