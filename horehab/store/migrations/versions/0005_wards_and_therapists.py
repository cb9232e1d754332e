"""On which ward a patient lies and who saw them last is kept beside the assessment, so that the caseload narrows by it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ORDER = ["need", "name", "reference"]


def upgrade() -> None:
    """Add the columns and their order; they are filled by the next review of each patient."""
    in_order = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    for name in ("ward", "ward_name", "therapist"):
        op.add_column("horehab_patient", sa.Column(name, in_order, nullable=True))
    for name in ("ward", "therapist"):
        is_known = sa.text(f"{name} IS NOT NULL")
        op.create_index(
            f"horehab_patient_by_{name}",
            "horehab_patient",
            [name, *_ORDER],
            sqlite_where=is_known,
            postgresql_where=is_known,
        )
