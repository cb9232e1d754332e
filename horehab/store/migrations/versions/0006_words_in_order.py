"""Each word of a name is kept with the place of its patient in the list, so that a search is read in that order.

On PostgreSQL references are ordered by code point wherever patients are looked up by them: an index in another order
than the reference that is compared with it is of no use there, and a page read whole tables.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_REFERENCES = (("verdict", "patient"), ("fact", "patient"), ("set_aside", "patient"), ("patient", "survivor"))


def upgrade() -> None:
    """Make the table of words anew out of the old one and of the places in the list."""
    in_order = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.execute("CREATE TEMPORARY TABLE horehab_words_before AS SELECT word, patient FROM horehab_patient_word")
    op.drop_table("horehab_patient_word")
    op.create_table(
        "horehab_patient_word",
        sa.Column("word", in_order, nullable=False),
        sa.Column("need", sa.Integer(), nullable=False),
        sa.Column("name", in_order, nullable=False),
        sa.Column("patient", in_order, nullable=False),
        sa.PrimaryKeyConstraint("word", "need", "name", "patient"),
    )
    op.create_index("horehab_patient_word_of_patient", "horehab_patient_word", ["patient", "word"])
    op.execute(
        "INSERT INTO horehab_patient_word (word, need, name, patient) SELECT b.word, p.need, p.name, p.reference"
        " FROM horehab_words_before b JOIN horehab_patient p ON p.reference = b.patient"
    )
    op.execute("DROP TABLE horehab_words_before")
    if op.get_context().dialect.name == "postgresql":
        for table, column in _REFERENCES:
            op.alter_column(f"horehab_{table}", column, type_=sa.Text(collation="C"))
