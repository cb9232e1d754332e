"""The tables of our memory: a projection that can be dropped and pulled again, and a ledger that loses nothing."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    false,
    text,
)
from sqlalchemy.types import TypeDecorator

PREFIX = "horehab_"
VERSION_TABLE = "horehab_schema_version"
metadata = MetaData()


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept as UTC without zone so that SQLite and PostgreSQL order it alike."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  # SQLAlchemy's signature
        """Turn an aware instant into UTC without zone."""
        return value.astimezone(UTC).replace(tzinfo=None) if value is not None else None

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  # SQLAlchemy's signature
        """Give it its zone back."""
        return value.replace(tzinfo=UTC) if value is not None else None


# Ordered by code point on both databases, so that prefixes and page cursors mean the same.
Sorted = Text().with_variant(Text(collation="C"), "postgresql")
RowNumber = BigInteger().with_variant(Integer(), "sqlite")


def _table(name: str, group: str, *columns: Column[Any]) -> Table:
    return Table(PREFIX + name, metadata, *columns, info={"group": group})


def _lease() -> Iterable[Column[Any]]:
    return (
        Column("lease_owner", Text),
        Column("lease_until", Instant),
        Column("not_before", Instant),
        Column("attempts", Integer, nullable=False, server_default="0"),
    )


resource = _table(
    "resource",
    "projection",
    Column("reference", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("updated", BigInteger),
    Column("patient", Text, index=True),
    Column("own_key", Text),
    Column("is_gone", Boolean, nullable=False),
    Column("is_set_aside", Boolean, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("understood", LargeBinary, nullable=False),
    Column("source", LargeBinary, nullable=False),
)

_OURS = text("own_key IS NOT NULL")
Index("horehab_resource_of_ours", resource.c.own_key, sqlite_where=_OURS, postgresql_where=_OURS)

fact = _table(
    "fact",
    "projection",
    Column("reference", Text, primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("patient", Text, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("day", Date),
    Column("known_on", Date, nullable=False),
    Column("payload", Text, nullable=False),
)

set_aside = _table(
    "set_aside",
    "projection",
    Column("reference", Text, primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("version", Text, nullable=False),
    Column("patient", Text, index=True),
    Column("code", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("detail", Text, nullable=False),
)

patient = _table(
    "patient",
    "projection",
    Column("reference", Sorted, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("identity", Text),
    Column("replaced_by", Text),
    Column("survivor", Text, nullable=False, index=True),
    Column("is_listed", Boolean, nullable=False),
    Column("changes", BigInteger, nullable=False),
    Column("reviewed", BigInteger, nullable=False, server_default="0"),
    Column("tier", Text, nullable=False),
    Column("need", Integer, nullable=False),
    Column("name", Sorted, nullable=False),
    Column("last_measured", Date),
    Column("as_of", Date),
    Column("basis", Text),
)
Index("horehab_patient_by_need", patient.c.need, patient.c.name, patient.c.reference)
Index("horehab_patient_by_tier", patient.c.tier, patient.c.need, patient.c.name, patient.c.reference)
_CHANGED = text("changes > reviewed")
Index("horehab_patient_to_review", patient.c.reference, sqlite_where=_CHANGED, postgresql_where=_CHANGED)

patient_word = _table(
    "patient_word",
    "projection",
    Column("word", Sorted, primary_key=True),
    Column("patient", Text, primary_key=True, index=True),
)

verdict = _table(
    "verdict",
    "projection",
    Column("patient", Text, primary_key=True),
    Column("joint", Text, primary_key=True),
    Column("side", Text, primary_key=True),
    Column("tier", Text, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("payload", Text, nullable=False),
)

Index("horehab_verdict_by_joint", verdict.c.joint, verdict.c.tier, verdict.c.patient)

mark = _table(
    "mark", "projection", Column("kind", Text, primary_key=True), Column("mark", Text, nullable=False)
)  # fmt: skip

review_pass = _table(
    "pass",
    "ledger",
    Column("row", RowNumber, primary_key=True, autoincrement=True),
    Column("finished", Instant, nullable=False),
    Column("as_of", Date),
    Column("problems", Text, nullable=False),
)

outbox = _table(
    "outbox",
    "ledger",
    Column("row", RowNumber, primary_key=True, autoincrement=True),
    Column("position", BigInteger, nullable=False),
    Column("key", Text, nullable=False, index=True),
    Column("needs", Text),
    Column("patient", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("created", Instant, nullable=False),
    Column("settled", Instant),
    Column("detail", Text, nullable=False, server_default=""),
    Column("reference", Text),
    Column("version", Text),
    *_lease(),
)
Index("horehab_outbox_in_order", outbox.c.patient, outbox.c.state, outbox.c.position)
Index(
    "horehab_outbox_waiting",
    outbox.c.position,
    sqlite_where=outbox.c.state == text("'waiting'"),
    postgresql_where=outbox.c.state == text("'waiting'"),
)

write = _table(
    "write",
    "ledger",
    Column("reference", Text, primary_key=True),
    Column("version", Text, primary_key=True),
    Column("written", Instant, nullable=False),
)

reminder = _table(
    "reminder",
    "ledger",
    Column("row", RowNumber, primary_key=True, autoincrement=True),
    Column("key", Text, nullable=False, unique=True),
    Column("patient", Text, nullable=False, index=True),
    Column("due_day", Date, nullable=False),
    Column("due_time", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("due", Instant, nullable=False),
    Column("void_at", Instant, nullable=False),
    Column("payload", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("settled", Instant),
    Column("detail", Text, nullable=False, server_default=""),
    *(
        Column(name, Text, nullable=False, server_default="")
        for name in ("rule", "recipient", "channel", "decided_by")
    ),
    Column("is_leaving", Boolean, nullable=False, server_default=false()),
    *_lease(),
    Column("made_due", Instant),
)
Index("horehab_reminder_due", reminder.c.state, reminder.c.due)

decision = _table(
    "decision",
    "ledger",
    Column("decision_id", Text, primary_key=True),
    Column("patient", Text, nullable=False, index=True),
    Column("row", BigInteger, nullable=False),
    Column("payload", Text, nullable=False),
)

user = _table(
    "user",
    "ledger",
    Column("name", Text, primary_key=True),
    Column("display", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("practitioner", Text),
    Column("is_active", Boolean, nullable=False),
)

audit = _table(
    "audit",
    "ledger",
    Column("row", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("patient", Text, index=True),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
)

lease = _table("lease", "ledger", Column("name", Text, primary_key=True), *_lease())

tick = _table(
    "tick", "ledger", Column("name", Text, primary_key=True), Column("at", Instant, nullable=False),
    Column("begun", Instant), Column("done", Instant), Column("owner", Text),
)  # fmt: skip

breaker = _table(
    "breaker",
    "ledger",
    Column("name", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("since", Instant),
    Column("open_until", Instant),
    Column("probe_until", Instant),
    Column("why", Text, nullable=False),
)

hint = _table(
    "hint", "ledger", Column("name", Text, primary_key=True), Column("given", Instant, nullable=False)
)  # fmt: skip

first_load = _table(
    "first_load",
    "ledger",
    Column("address", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("changed", Instant, nullable=False),
)

installation = _table(
    "installation",
    "ledger",
    Column("installation_id", Text, primary_key=True),
    Column("address", Text),
    Column("writing_accepted_for", Text),
    Column("home", Text, nullable=False),
    Column("generation", BigInteger, nullable=False),
    Column("patients_changed", BigInteger, nullable=False),
    Column("released", Instant), Column("released_by", Text, nullable=False, server_default=""),
    Column("adopted", Instant),
)  # fmt: skip


def tables_of(group: str) -> tuple[Table, ...]:
    """List the tables of the projection or of the ledger."""
    return tuple(table for table in metadata.sorted_tables if table.info["group"] == group)
