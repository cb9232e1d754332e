"""A place in the caseload tells of more than tiers: of reviews that wait, overdue measurements and blind spots too.

Its column carries that as well. What an older version knew moves over; the rest is known with the next pass, for which
everybody is due.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TIERS = ("suspect", "watch", "cannot judge", "quiet")
_PER_TIER, _PER_FLAG = 20, 10
"""A tier had twenty places; a red flag of the nerve was worth ten of them, a grade one."""


def upgrade() -> None:
    """Give each patient, and each word of theirs, the same place in the new numbers."""
    patients = sa.table(
        "horehab_patient", *map(sa.column, ("reference", "tier", "as_of")), sa.column("need", sa.Integer())
    )
    words = sa.table("horehab_patient_word", sa.column("patient"), sa.column("need"))
    patient = patients.c
    for number, tier in enumerate(_TIERS):
        ahead = (number + 1) * _PER_TIER - patient.need
        flag, grade = ahead // _PER_FLAG, ahead % _PER_FLAG
        group, is_sighted, is_quiet = min(number, 2), int(tier != "cannot judge"), int(tier == "quiet")
        # Group, flag, review, grade, day since when overdue, sight, quiet: as ranks.py read them when this was written.
        place = ((group * 2 + 1 - flag) * 2 + 1) * 6 + 5 - grade
        now = ((place * 65536 + 65535) * 2 + is_sighted) * 2 + is_quiet
        op.execute(sa.update(patients).where(patient.tier == tier).values(need=now, as_of=None))
    theirs = sa.select(patient.need).where(patient.reference == words.c.patient)
    op.execute(sa.update(words).values(need=theirs.scalar_subquery()))
