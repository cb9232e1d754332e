"""The tables of our memory: a projection that can be dropped and pulled again, and a ledger that loses nothing."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    false,
    text,
)

from horehab.store.heads import Instant, RowNumber, Sorted, lease_columns, metadata, table

resource = table(
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

fact = table(
    "fact",
    "projection",
    Column("reference", Text, primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("patient", Sorted, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("day", Date),
    Column("known_on", Date, nullable=False),
    Column("payload", Text, nullable=False),
)

set_aside = table(
    "set_aside",
    "projection",
    Column("reference", Text, primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("version", Text, nullable=False),
    Column("patient", Sorted, index=True),
    Column("code", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("detail", Text, nullable=False),
)

patient = table(
    "patient",
    "projection",
    Column("reference", Sorted, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("identity", Text),
    Column("replaced_by", Text),
    Column("survivor", Sorted, nullable=False, index=True),
    Column("is_listed", Boolean, nullable=False),
    Column("changes", BigInteger, nullable=False),
    Column("reviewed", BigInteger, nullable=False, server_default="0"),
    Column("tier", Text, nullable=False),
    Column("need", Integer, nullable=False),
    Column("name", Sorted, nullable=False),
    Column("last_measured", Date),
    Column("as_of", Date),
    Column("basis", Text),
    *(Column(name, Sorted) for name in ("ward", "ward_name", "therapist")),
)
Index("horehab_patient_by_need", patient.c.need, patient.c.name, patient.c.reference)
Index("horehab_patient_by_tier", patient.c.tier, patient.c.need, patient.c.name, patient.c.reference)
for _name in ("ward", "therapist"):
    _IS_KNOWN = text(f"{_name} IS NOT NULL")
    Index(
        f"horehab_patient_by_{_name}", patient.c[_name], patient.c.need, patient.c.name, patient.c.reference,
        sqlite_where=_IS_KNOWN, postgresql_where=_IS_KNOWN,
    )  # fmt: skip
_CHANGED = text("changes > reviewed")
Index("horehab_patient_to_review", patient.c.reference, sqlite_where=_CHANGED, postgresql_where=_CHANGED)

patient_word = table(
    "patient_word",
    "projection",
    Column("word", Sorted, primary_key=True),
    Column("need", Integer, primary_key=True, autoincrement=False),
    Column("name", Sorted, primary_key=True),
    Column("patient", Sorted, primary_key=True),
)
Index("horehab_patient_word_of_patient", patient_word.c.patient, patient_word.c.word)

verdict = table(
    "verdict",
    "projection",
    Column("patient", Sorted, primary_key=True),
    Column("joint", Text, primary_key=True),
    Column("side", Text, primary_key=True),
    Column("tier", Text, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("payload", Text, nullable=False),
)

Index("horehab_verdict_by_joint", verdict.c.joint, verdict.c.tier, verdict.c.patient)

mark = table(
    "mark", "projection", Column("kind", Text, primary_key=True), Column("mark", Text, nullable=False)
)  # fmt: skip

review_pass = table(
    "pass",
    "ledger",
    Column("row", RowNumber, primary_key=True, autoincrement=True),
    Column("finished", Instant, nullable=False),
    Column("as_of", Date),
    Column("problems", Text, nullable=False),
)

outbox = table(
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
    *lease_columns(),
)
Index("horehab_outbox_in_order", outbox.c.patient, outbox.c.state, outbox.c.position)
Index(
    "horehab_outbox_waiting",
    outbox.c.position,
    sqlite_where=outbox.c.state == text("'waiting'"),
    postgresql_where=outbox.c.state == text("'waiting'"),
)

write = table(
    "write",
    "ledger",
    Column("reference", Text, primary_key=True),
    Column("version", Text, primary_key=True),
    Column("written", Instant, nullable=False),
)

reminder = table(
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
    *lease_columns(),
    Column("made_due", Instant),
)
Index("horehab_reminder_due", reminder.c.state, reminder.c.due)

decision = table(
    "decision",
    "ledger",
    Column("decision_id", Text, primary_key=True),
    Column("patient", Text, nullable=False, index=True),
    Column("row", BigInteger, nullable=False),
    Column("payload", Text, nullable=False),
)

user = table(
    "user",
    "ledger",
    Column("name", Text, primary_key=True),
    Column("display", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("practitioner", Text),
    Column("is_active", Boolean, nullable=False),
)

audit = table(
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

lease = table("lease", "ledger", Column("name", Text, primary_key=True), *lease_columns())

tick = table(
    "tick", "ledger", Column("name", Text, primary_key=True), Column("at", Instant, nullable=False),
    Column("begun", Instant), Column("done", Instant), Column("owner", Text),
)  # fmt: skip

breaker = table(
    "breaker",
    "ledger",
    Column("name", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("since", Instant),
    Column("open_until", Instant),
    Column("probe_until", Instant),
    Column("why", Text, nullable=False),
)

hint = table(
    "hint", "ledger", Column("name", Text, primary_key=True), Column("given", Instant, nullable=False)
)  # fmt: skip

first_load = table(
    "first_load",
    "ledger",
    Column("address", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("changed", Instant, nullable=False),
)

installation = table(
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
    return tuple(each for each in metadata.sorted_tables if each.info["group"] == group)
