"""Reminders that are never lost and never doubled: attempts, enrolment, who holds a tick, going live."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NAMED = ("rule", "recipient", "channel")
_BATCH = 500


def upgrade() -> None:
    """Make the tables and columns; what stands in the older ones is carried over."""
    _reminders()
    op.create_table(
        "horehab_attempt",
        sa.Column("row", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reminder", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("begun", sa.DateTime(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("settled", sa.DateTime(), nullable=True),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("row"),
    )
    op.create_index("horehab_attempt_of", "horehab_attempt", ["reminder", "number"])
    op.create_table(
        "horehab_enrolment",
        sa.Column("patient", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("patient"),
    )
    op.execute(
        "INSERT INTO horehab_enrolment (patient, since)"
        " SELECT reference, as_of FROM horehab_patient WHERE as_of IS NOT NULL"
    )
    for name, kind in (("begun", sa.DateTime()), ("done", sa.DateTime()), ("owner", sa.Text())):
        op.add_column("horehab_tick", sa.Column(name, kind, nullable=True))
    _going_live()
    _contacts()
    _bedside()
    _resources_of_ours()


def _resources_of_ours() -> None:
    """Few entries of a chart are of our making: the others need no place in an index of them."""
    op.drop_index("ix_horehab_resource_own_key", table_name="horehab_resource")
    is_ours = sa.text("own_key IS NOT NULL")
    op.create_index(
        "horehab_resource_of_ours", "horehab_resource", ["own_key"], sqlite_where=is_ours, postgresql_where=is_ours
    )


def _reminders() -> None:
    """What a reminder is for stands in columns of its own; one that somebody has now may just be leaving."""
    for name in _NAMED:
        op.add_column("horehab_reminder", sa.Column(name, sa.Text(), server_default="", nullable=False))
    op.add_column(
        "horehab_reminder", sa.Column("is_leaving", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("horehab_reminder", sa.Column("decided_by", sa.Text(), server_default="", nullable=False))
    op.execute("UPDATE horehab_reminder SET is_leaving = (state = 'claimed')")
    connection = op.get_bind()
    rows = connection.execute(sa.text('SELECT "row", payload FROM horehab_reminder')).all()
    values = [{"r": row, **{name: json.loads(payload)[name] for name in _NAMED}} for row, payload in rows]
    named = ", ".join(f"{name} = :{name}" for name in _NAMED)
    for start in range(0, len(values), _BATCH):
        connection.execute(
            sa.text(f'UPDATE horehab_reminder SET {named} WHERE "row" = :r'),  # noqa: S608  # our own column names
            values[start : start + _BATCH],
        )


def _going_live() -> None:
    """Who has reminded before is live already; a fresh installation waits until a person releases its first ones."""
    op.add_column("horehab_installation", sa.Column("released", sa.DateTime(), nullable=True))
    op.add_column("horehab_installation", sa.Column("released_by", sa.Text(), server_default="", nullable=False))
    op.add_column("horehab_installation", sa.Column("adopted", sa.DateTime(), nullable=True))
    op.execute(
        "UPDATE horehab_installation SET released = (SELECT MAX(due) FROM horehab_reminder WHERE attempts > 0)"
    )


def _contacts() -> None:
    """Who is reminded how: consent, STOP, staff, feeds, letters handed over, lists worked off."""
    op.create_table(
        "horehab_opt_out",
        sa.Column("medium", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("medium", "subject"),
    )
    op.create_table(
        "horehab_consent",
        sa.Column("patient", sa.Text(), nullable=False),
        sa.Column("is_given", sa.Boolean(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("patient"),
    )
    op.create_table(
        "horehab_staff_contact",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.Column("mobile", sa.Text(), server_default="", nullable=False),
        sa.Column("language", sa.Text(), server_default="", nullable=False),
        sa.Column("zone", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "horehab_calendar_feed",
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("display", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("made", sa.DateTime(), nullable=False),
        sa.Column("revoked", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("feed"),
    )
    op.create_table(
        "horehab_message",
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("medium", sa.Text(), nullable=False),
        sa.Column("handed_over", sa.DateTime(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("reported", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("message"),
    )
    op.create_table(
        "horehab_worked_off",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("ix_horehab_calendar_feed_name", "horehab_calendar_feed", ["name"])
    op.create_index("horehab_message_of", "horehab_message", ["key"])


def _bedside() -> None:
    """What is kept here alone: drafts, what was told at the bedside, suspicions that rest."""
    op.create_table(
        "horehab_draft",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("patient", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("updated", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", "patient", "subject"),
    )
    op.create_table(
        "horehab_reported",
        sa.Column("report_id", sa.Text(), nullable=False),
        sa.Column("patient", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("taken_back", sa.DateTime(), nullable=True),
        sa.Column("taken_back_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("report_id"),
    )
    op.create_index("ix_horehab_reported_patient", "horehab_reported", ["patient"])
    op.create_table(
        "horehab_snooze",
        sa.Column("snooze_id", sa.Text(), nullable=False),
        sa.Column("patient", sa.Text(), nullable=False),
        sa.Column("joint", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("snooze_id"),
    )
    op.create_index("ix_horehab_snooze_patient", "horehab_snooze", ["patient"])
