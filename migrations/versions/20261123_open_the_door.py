"""open the door"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
revision = 'door'
down_revision = 'heartbeats'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('door_links',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('public_id', sa.Text(), nullable=False),
    sa.Column('label', sa.Text(), nullable=False),
    sa.Column('secret_digest', postgresql.BYTEA(), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_by_id', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('organisation_id', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['created_by_id'], ['users.id'], name=op.f('fk_door_links_created_by_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_door_links_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_door_links')),
    sa.UniqueConstraint('organisation_id', 'id', name=op.f('uq_door_links_organisation_id_id')),
    sa.UniqueConstraint('public_id', name=op.f('uq_door_links_public_id')),
    sa.UniqueConstraint('secret_digest', name=op.f('uq_door_links_secret_digest'))
    )
    op.create_index('ix_door_links_created_by_id', 'door_links', ['created_by_id'], unique=False)
    op.create_table('door_devices',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('public_id', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('token_digest', postgresql.BYTEA(), nullable=False),
    sa.Column('door_link_id', sa.BigInteger(), nullable=True),
    sa.Column('user_id', sa.BigInteger(), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_sync_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('queue_length', sa.Integer(), server_default='0', nullable=False),
    sa.Column('scan_p95_ms', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('organisation_id', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('door_link_id IS NULL OR user_id IS NULL', name=op.f('ck_door_devices_by_link_or_as_member')),
    sa.ForeignKeyConstraint(['organisation_id', 'door_link_id'], ['door_links.organisation_id', 'door_links.id'], name=op.f('fk_door_devices_organisation_id_door_link_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_door_devices_organisation_id')),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_door_devices_user_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_door_devices')),
    sa.UniqueConstraint('organisation_id', 'id', name=op.f('uq_door_devices_organisation_id_id')),
    sa.UniqueConstraint('public_id', name=op.f('uq_door_devices_public_id')),
    sa.UniqueConstraint('token_digest', 'door_link_id', name=op.f('uq_door_devices_token_digest_door_link_id')),
    sa.UniqueConstraint('token_digest', 'organisation_id', 'user_id', name=op.f('uq_door_devices_token_digest_organisation_id_user_id'))
    )
    op.create_index('ix_door_devices_door_link_id', 'door_devices', ['door_link_id'], unique=False)
    op.create_index('ix_door_devices_user_id', 'door_devices', ['user_id'], unique=False)
    op.create_table('door_link_events',
    sa.Column('door_link_id', sa.BigInteger(), nullable=False),
    sa.Column('event_id', sa.BigInteger(), nullable=False),
    sa.Column('organisation_id', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id', 'door_link_id'], ['door_links.organisation_id', 'door_links.id'], name=op.f('fk_door_link_events_organisation_id_door_link_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['organisation_id', 'event_id'], ['events.organisation_id', 'events.id'], name=op.f('fk_door_link_events_organisation_id_event_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_door_link_events_organisation_id')),
    sa.PrimaryKeyConstraint('door_link_id', 'event_id', name=op.f('pk_door_link_events'))
    )
    op.create_index('ix_door_link_events_event_id', 'door_link_events', ['event_id'], unique=False)
    op.create_table('gates',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('public_id', sa.Text(), nullable=False),
    sa.Column('event_id', sa.BigInteger(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('position', sa.Integer(), server_default='0', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('organisation_id', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id', 'event_id'], ['events.organisation_id', 'events.id'], name=op.f('fk_gates_organisation_id_event_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_gates_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_gates')),
    sa.UniqueConstraint('event_id', 'name', name=op.f('uq_gates_event_id_name')),
    sa.UniqueConstraint('organisation_id', 'id', name=op.f('uq_gates_organisation_id_id')),
    sa.UniqueConstraint('public_id', name=op.f('uq_gates_public_id'))
    )
    op.create_table('gate_ticket_types',
    sa.Column('gate_id', sa.BigInteger(), nullable=False),
    sa.Column('ticket_type_id', sa.BigInteger(), nullable=False),
    sa.Column('organisation_id', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id', 'gate_id'], ['gates.organisation_id', 'gates.id'], name=op.f('fk_gate_ticket_types_organisation_id_gate_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['organisation_id', 'ticket_type_id'], ['ticket_types.organisation_id', 'ticket_types.id'], name=op.f('fk_gate_ticket_types_organisation_id_ticket_type_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_gate_ticket_types_organisation_id')),
    sa.PrimaryKeyConstraint('gate_id', 'ticket_type_id', name=op.f('pk_gate_ticket_types'))
    )
    op.create_index('ix_gate_ticket_types_ticket_type_id', 'gate_ticket_types', ['ticket_type_id'], unique=False)
    op.create_table('scans',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('event_id', sa.BigInteger(), nullable=False),
    sa.Column('ticket_id', sa.BigInteger(), nullable=True),
    sa.Column('gate_id', sa.BigInteger(), nullable=True),
    sa.Column('device_id', sa.BigInteger(), nullable=False),
    sa.Column('nonce', sa.Uuid(), nullable=False),
    sa.Column('direction', sa.Enum('entry', 'exit', name='direction', native_enum=False, create_constraint=True, length=30), server_default='entry', nullable=False),
    sa.Column('verdict', sa.Enum('come_in', 'already_in', 'not_valid', 'exit', name='answer', native_enum=False, create_constraint=True, length=30), nullable=False),
    sa.Column('reason', sa.Enum('unknown', 'forged', 'other_event', 'other_day', 'void', 'refunded', 'passed_on', 'wrong_gate', 'not_open', 'cancelled', 'not_inside', name='reason', native_enum=False, create_constraint=True, length=30), nullable=True),
    sa.Column('scanned_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('is_offline', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('is_conflict', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('undone_by', sa.Text(), nullable=True),
    sa.Column('organisation_id', sa.BigInteger(), nullable=False),
    sa.CheckConstraint("(verdict = 'not_valid') = (reason IS NOT NULL)", name=op.f('ck_scans_refusals_have_a_reason')),
    sa.CheckConstraint("verdict NOT IN ('come_in', 'exit') OR ticket_id IS NOT NULL", name=op.f('ck_scans_somebody_came')),
    sa.CheckConstraint('(undone_at IS NULL) = (undone_by IS NULL)', name=op.f('ck_scans_undone_by_somebody')),
    sa.ForeignKeyConstraint(['organisation_id', 'device_id'], ['door_devices.organisation_id', 'door_devices.id'], name=op.f('fk_scans_organisation_id_device_id')),
    sa.ForeignKeyConstraint(['organisation_id', 'event_id'], ['events.organisation_id', 'events.id'], name=op.f('fk_scans_organisation_id_event_id')),
    sa.ForeignKeyConstraint(['organisation_id', 'gate_id'], ['gates.organisation_id', 'gates.id'], name=op.f('fk_scans_organisation_id_gate_id'), ondelete='SET NULL (gate_id)'),
    sa.ForeignKeyConstraint(['organisation_id', 'ticket_id'], ['tickets.organisation_id', 'tickets.id'], name=op.f('fk_scans_organisation_id_ticket_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_scans_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scans')),
    sa.UniqueConstraint('device_id', 'nonce', name=op.f('uq_scans_device_id_nonce'))
    )
    op.create_index('ix_scans_event_id', 'scans', ['event_id', 'id'], unique=False)
    op.create_index('ix_scans_gate_id', 'scans', ['gate_id'], unique=False)
    op.create_index('ix_scans_refused', 'scans', ['device_id', 'recorded_at'], unique=False, postgresql_where=sa.text("verdict IN ('already_in', 'not_valid') AND NOT is_offline"))
    op.create_index('ix_scans_ticket_id', 'scans', ['ticket_id', 'id'], unique=False)
    op.add_column('events', sa.Column('allows_reentry', sa.Boolean(), server_default=sa.text('false'), nullable=False))
    op.add_column('tickets', sa.Column('left_at', sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(op.f('ck_tickets_who_left_was_in'), 'tickets', "left_at IS NULL OR status = 'redeemed'", postgresql_not_valid=True)


def downgrade() -> None:
    op.drop_constraint(op.f('ck_tickets_who_left_was_in'), 'tickets')
    op.drop_column('tickets', 'left_at')
    op.drop_column('events', 'allows_reentry')
    op.drop_index('ix_scans_ticket_id', table_name='scans')
    op.drop_index('ix_scans_refused', table_name='scans', postgresql_where=sa.text("verdict IN ('already_in', 'not_valid') AND NOT is_offline"))
    op.drop_index('ix_scans_gate_id', table_name='scans')
    op.drop_index('ix_scans_event_id', table_name='scans')
    op.drop_table('scans')
    op.drop_index('ix_gate_ticket_types_ticket_type_id', table_name='gate_ticket_types')
    op.drop_table('gate_ticket_types')
    op.drop_table('gates')
    op.drop_index('ix_door_link_events_event_id', table_name='door_link_events')
    op.drop_table('door_link_events')
    op.drop_index('ix_door_devices_user_id', table_name='door_devices')
    op.drop_index('ix_door_devices_door_link_id', table_name='door_devices')
    op.drop_table('door_devices')
    op.drop_index('ix_door_links_created_by_id', table_name='door_links')
    op.drop_table('door_links')
