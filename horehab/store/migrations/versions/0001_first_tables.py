"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('horehab_audit',
    sa.Column('row', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('at', sa.Text(), nullable=False),
    sa.Column('who', sa.Text(), nullable=False),
    sa.Column('what', sa.Text(), nullable=False),
    sa.Column('patient', sa.Text(), nullable=True),
    sa.Column('previous', sa.Text(), nullable=False),
    sa.Column('hash', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('row')
    )
    op.create_index(op.f('ix_horehab_audit_patient'), 'horehab_audit', ['patient'], unique=False)
    op.create_table('horehab_decision',
    sa.Column('decision_id', sa.Text(), nullable=False),
    sa.Column('patient', sa.Text(), nullable=False),
    sa.Column('row', sa.BigInteger(), nullable=False),
    sa.Column('payload', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('decision_id')
    )
    op.create_index(op.f('ix_horehab_decision_patient'), 'horehab_decision', ['patient'], unique=False)
    op.create_table('horehab_fact',
    sa.Column('reference', sa.Text(), nullable=False),
    sa.Column('ordinal', sa.Integer(), nullable=False),
    sa.Column('patient', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('day', sa.Date(), nullable=True),
    sa.Column('known_on', sa.Date(), nullable=False),
    sa.Column('payload', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('reference', 'ordinal')
    )
    op.create_index(op.f('ix_horehab_fact_patient'), 'horehab_fact', ['patient'], unique=False)
    op.create_table('horehab_installation',
    sa.Column('installation_id', sa.Text(), nullable=False),
    sa.Column('address', sa.Text(), nullable=True),
    sa.Column('writing_accepted_for', sa.Text(), nullable=True),
    sa.Column('home', sa.Text(), nullable=False),
    sa.Column('generation', sa.BigInteger(), nullable=False),
    sa.Column('patients_changed', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('installation_id')
    )
    op.create_table('horehab_lease',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('lease_owner', sa.Text(), nullable=True),
    sa.Column('lease_until', sa.DateTime(), nullable=True),
    sa.Column('not_before', sa.DateTime(), nullable=True),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.PrimaryKeyConstraint('name')
    )
    op.create_table('horehab_mark',
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('mark', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('kind')
    )
    op.create_table('horehab_outbox',
    sa.Column('row', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('needs', sa.Text(), nullable=True),
    sa.Column('patient', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('payload', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('created', sa.DateTime(), nullable=False),
    sa.Column('settled', sa.DateTime(), nullable=True),
    sa.Column('detail', sa.Text(), server_default='', nullable=False),
    sa.Column('reference', sa.Text(), nullable=True),
    sa.Column('version', sa.Text(), nullable=True),
    sa.Column('lease_owner', sa.Text(), nullable=True),
    sa.Column('lease_until', sa.DateTime(), nullable=True),
    sa.Column('not_before', sa.DateTime(), nullable=True),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.PrimaryKeyConstraint('row')
    )
    op.create_index('horehab_outbox_in_order', 'horehab_outbox', ['patient', 'state', 'position'], unique=False)
    op.create_index('horehab_outbox_waiting', 'horehab_outbox', ['position'], unique=False, sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
    op.create_index(op.f('ix_horehab_outbox_key'), 'horehab_outbox', ['key'], unique=False)
    op.create_table('horehab_pass',
    sa.Column('row', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('finished', sa.DateTime(), nullable=False),
    sa.Column('as_of', sa.Date(), nullable=True),
    sa.Column('problems', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('row')
    )
    op.create_table('horehab_patient',
    sa.Column('reference', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('identity', sa.Text(), nullable=True),
    sa.Column('replaced_by', sa.Text(), nullable=True),
    sa.Column('survivor', sa.Text(), nullable=False),
    sa.Column('is_listed', sa.Boolean(), nullable=False),
    sa.Column('changes', sa.BigInteger(), nullable=False),
    sa.Column('reviewed', sa.BigInteger(), server_default='0', nullable=False),
    sa.Column('tier', sa.Text(), nullable=False),
    sa.Column('need', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('last_measured', sa.Date(), nullable=True),
    sa.Column('as_of', sa.Date(), nullable=True),
    sa.Column('basis', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('reference'),
    sa.UniqueConstraint('key')
    )
    op.create_index('horehab_patient_by_need', 'horehab_patient', ['need', 'name', 'reference'], unique=False)
    op.create_index('horehab_patient_by_tier', 'horehab_patient', ['tier', 'need', 'name', 'reference'], unique=False)
    op.create_index('horehab_patient_to_review', 'horehab_patient', ['reference'], unique=False, sqlite_where=sa.text('changes > reviewed'), postgresql_where=sa.text('changes > reviewed'))
    op.create_index(op.f('ix_horehab_patient_survivor'), 'horehab_patient', ['survivor'], unique=False)
    op.create_table('horehab_patient_word',
    sa.Column('word', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('patient', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('word', 'patient')
    )
    op.create_index(op.f('ix_horehab_patient_word_patient'), 'horehab_patient_word', ['patient'], unique=False)
    op.create_table('horehab_reminder',
    sa.Column('row', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('patient', sa.Text(), nullable=False),
    sa.Column('due_day', sa.Date(), nullable=False),
    sa.Column('due_time', sa.Text(), nullable=False),
    sa.Column('zone', sa.Text(), nullable=False),
    sa.Column('due', sa.DateTime(), nullable=False),
    sa.Column('void_at', sa.DateTime(), nullable=False),
    sa.Column('payload', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('settled', sa.DateTime(), nullable=True),
    sa.Column('detail', sa.Text(), server_default='', nullable=False),
    sa.Column('lease_owner', sa.Text(), nullable=True),
    sa.Column('lease_until', sa.DateTime(), nullable=True),
    sa.Column('not_before', sa.DateTime(), nullable=True),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.PrimaryKeyConstraint('row'),
    sa.UniqueConstraint('key')
    )
    op.create_index('horehab_reminder_due', 'horehab_reminder', ['state', 'due'], unique=False)
    op.create_index(op.f('ix_horehab_reminder_patient'), 'horehab_reminder', ['patient'], unique=False)
    op.create_table('horehab_resource',
    sa.Column('reference', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('version', sa.Text(), nullable=False),
    sa.Column('updated', sa.BigInteger(), nullable=True),
    sa.Column('patient', sa.Text(), nullable=True),
    sa.Column('own_key', sa.Text(), nullable=True),
    sa.Column('is_gone', sa.Boolean(), nullable=False),
    sa.Column('is_set_aside', sa.Boolean(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('understood', sa.LargeBinary(), nullable=False),
    sa.Column('source', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('reference')
    )
    op.create_index(op.f('ix_horehab_resource_own_key'), 'horehab_resource', ['own_key'], unique=False)
    op.create_index(op.f('ix_horehab_resource_patient'), 'horehab_resource', ['patient'], unique=False)
    op.create_table('horehab_set_aside',
    sa.Column('reference', sa.Text(), nullable=False),
    sa.Column('ordinal', sa.Integer(), nullable=False),
    sa.Column('version', sa.Text(), nullable=False),
    sa.Column('patient', sa.Text(), nullable=True),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('path', sa.Text(), nullable=False),
    sa.Column('detail', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('reference', 'ordinal')
    )
    op.create_index(op.f('ix_horehab_set_aside_patient'), 'horehab_set_aside', ['patient'], unique=False)
    op.create_table('horehab_tick',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('name')
    )
    op.create_table('horehab_user',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('display', sa.Text(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('password_hash', sa.Text(), nullable=False),
    sa.Column('practitioner', sa.Text(), nullable=True),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('name')
    )
    op.create_table('horehab_verdict',
    sa.Column('patient', sa.Text(), nullable=False),
    sa.Column('joint', sa.Text(), nullable=False),
    sa.Column('side', sa.Text(), nullable=False),
    sa.Column('tier', sa.Text(), nullable=False),
    sa.Column('as_of', sa.Date(), nullable=False),
    sa.Column('payload', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('patient', 'joint', 'side')
    )
    op.create_index('horehab_verdict_by_joint', 'horehab_verdict', ['joint', 'tier', 'patient'], unique=False)
    op.create_table('horehab_write',
    sa.Column('reference', sa.Text(), nullable=False),
    sa.Column('version', sa.Text(), nullable=False),
    sa.Column('written', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('reference', 'version')
    )


def downgrade() -> None:
    op.drop_table('horehab_write')
    op.drop_index('horehab_verdict_by_joint', table_name='horehab_verdict')
    op.drop_table('horehab_verdict')
    op.drop_table('horehab_user')
    op.drop_table('horehab_tick')
    op.drop_index(op.f('ix_horehab_set_aside_patient'), table_name='horehab_set_aside')
    op.drop_table('horehab_set_aside')
    op.drop_index(op.f('ix_horehab_resource_patient'), table_name='horehab_resource')
    op.drop_index(op.f('ix_horehab_resource_own_key'), table_name='horehab_resource')
    op.drop_table('horehab_resource')
    op.drop_index(op.f('ix_horehab_reminder_patient'), table_name='horehab_reminder')
    op.drop_index('horehab_reminder_due', table_name='horehab_reminder')
    op.drop_table('horehab_reminder')
    op.drop_index(op.f('ix_horehab_patient_word_patient'), table_name='horehab_patient_word')
    op.drop_table('horehab_patient_word')
    op.drop_index(op.f('ix_horehab_patient_survivor'), table_name='horehab_patient')
    op.drop_index('horehab_patient_to_review', table_name='horehab_patient', sqlite_where=sa.text('changes > reviewed'), postgresql_where=sa.text('changes > reviewed'))
    op.drop_index('horehab_patient_by_tier', table_name='horehab_patient')
    op.drop_index('horehab_patient_by_need', table_name='horehab_patient')
    op.drop_table('horehab_patient')
    op.drop_table('horehab_pass')
    op.drop_index(op.f('ix_horehab_outbox_key'), table_name='horehab_outbox')
    op.drop_index('horehab_outbox_waiting', table_name='horehab_outbox', sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
    op.drop_index('horehab_outbox_in_order', table_name='horehab_outbox')
    op.drop_table('horehab_outbox')
    op.drop_table('horehab_mark')
    op.drop_table('horehab_lease')
    op.drop_table('horehab_installation')
    op.drop_index(op.f('ix_horehab_fact_patient'), table_name='horehab_fact')
    op.drop_table('horehab_fact')
    op.drop_index(op.f('ix_horehab_decision_patient'), table_name='horehab_decision')
    op.drop_table('horehab_decision')
    op.drop_index(op.f('ix_horehab_audit_patient'), table_name='horehab_audit')
    op.drop_table('horehab_audit')
