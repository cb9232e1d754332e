"""Since when a reminder is due is kept, so that only a digest that counted it settles it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of the older reminders their due time is what is known."""
    op.add_column("horehab_reminder", sa.Column("made_due", sa.DateTime(), nullable=True))
