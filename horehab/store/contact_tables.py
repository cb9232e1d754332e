"""The tables of who is reminded how: consent, STOP, staff, feeds, letters handed over, lists worked off (ledger)."""

from sqlalchemy import Boolean, Column, Index, Table, Text

from horehab.store.tables import PREFIX, Instant, metadata

_INFO = {"group": "ledger"}

opt_out = Table(
    f"{PREFIX}opt_out",
    metadata,
    Column("medium", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("since", Instant, nullable=False),
    Column("how", Text, nullable=False),
    info=_INFO,
)
"""`subject` is an address, or the patient's reference."""

consent = Table(
    f"{PREFIX}consent",
    metadata,
    Column("patient", Text, primary_key=True),
    Column("is_given", Boolean, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Instant, nullable=False),
    info=_INFO,
)

staff_contact = Table(
    f"{PREFIX}staff_contact",
    metadata,
    Column("name", Text, primary_key=True),
    Column("email", Text, nullable=False, server_default=""),
    Column("mobile", Text, nullable=False, server_default=""),
    Column("language", Text, nullable=False, server_default=""),
    Column("zone", Text, nullable=False, server_default=""),
    info=_INFO,
)

calendar_feed = Table(
    f"{PREFIX}calendar_feed",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("name", Text, nullable=False, index=True),
    Column("display", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("made", Instant, nullable=False),
    Column("revoked", Instant),
    info=_INFO,
)

message = Table(
    f"{PREFIX}message",
    metadata,
    Column("message", Text, primary_key=True),
    Column("key", Text, nullable=False),
    Column("medium", Text, nullable=False),
    Column("handed_over", Instant, nullable=False),
    Column("outcome", Text),
    Column("detail", Text, nullable=False, server_default=""),
    Column("reported", Instant),
    info=_INFO,
)
Index("horehab_message_of", message.c.key)

worked_off = Table(
    f"{PREFIX}worked_off",
    metadata,
    Column("key", Text, primary_key=True),
    Column("outcome", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Instant, nullable=False),
    info=_INFO,
)
