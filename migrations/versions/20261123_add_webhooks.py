"""outgoing webhooks, and the triggers that tell of what happened"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
revision = 'webhooks'
down_revision = 'backups'
branch_labels = None
depends_on = None

KINDS = ('purchase.paid', 'purchase.refunded', 'tickets.issued', 'ticket.changed', 'ticket.voided', 'ticket.admitted', 'event.changed', 'ping')

# In the transaction of the change itself, so that none is missed and none is told that was rolled back (see
# docs/decisions). Where no endpoint listens it costs one look into an index.
HEARD = "EXISTS (SELECT FROM webhook_endpoints WHERE organisation_id = NEW.organisation_id AND disabled_at IS NULL)"
ANNOUNCE_ENTRY = f"""CREATE FUNCTION announce_audit_entry() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF {HEARD} THEN
        INSERT INTO outbox (job, arguments, is_patient)
        VALUES ('integrations.announce', jsonb_build_array(NEW.organisation_id, 'audit:' || NEW.id, NEW.subject,
                NEW.subject_id, NEW.action), true);
    END IF;
    RETURN NULL;
END $$"""  # noqa: S608
ANNOUNCE_ADMISSION = f"""CREATE FUNCTION announce_admission() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF {HEARD} THEN
        INSERT INTO outbox (job, arguments, is_patient)
        VALUES ('integrations.announce', jsonb_build_array(NEW.organisation_id,
                'ticket:' || NEW.id || ':' || extract(epoch FROM clock_timestamp()), 'tickets', NEW.id, 'redeemed'), true);
    END IF;
    RETURN NULL;
END $$"""  # noqa: S608
ON_ENTRY = """CREATE TRIGGER announce AFTER INSERT ON audit_entries FOR EACH ROW
    WHEN (NEW.organisation_id IS NOT NULL AND NEW.subject IN ('purchases', 'tickets', 'events', 'ticket_types'))
    EXECUTE FUNCTION announce_audit_entry()"""
ON_ADMISSION = """CREATE TRIGGER announce AFTER UPDATE OF status ON tickets FOR EACH ROW
    WHEN (NEW.status = 'redeemed' AND OLD.status <> 'redeemed') EXECUTE FUNCTION announce_admission()"""


def upgrade() -> None:
    op.create_table('webhook_endpoints',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('kinds', postgresql.ARRAY(sa.Text()), nullable=False),
    sa.Column('digest', postgresql.BYTEA(), nullable=False),
    sa.Column('sealed_secret', sa.Text(), nullable=False),
    sa.Column('failures', sa.Integer(), server_default='0', nullable=False),
    sa.Column('failing_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('paused_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('disabled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('disabled_because', sa.Enum('owner', 'failing', name='disabledbecause', native_enum=False, create_constraint=True, length=30), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('organisation_id', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_webhook_endpoints_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_webhook_endpoints')),
    sa.UniqueConstraint('digest', name=op.f('uq_webhook_endpoints_digest')),
    sa.UniqueConstraint('organisation_id', 'id', name=op.f('uq_webhook_endpoints_organisation_id_id')),
    sa.UniqueConstraint('ref', name=op.f('uq_webhook_endpoints_ref'))
    )
    op.create_table('webhook_events',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('kind', sa.Enum(*KINDS, name='kind', native_enum=False, create_constraint=True, length=30), nullable=False),
    sa.Column('subject_id', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('organisation_id', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_webhook_events_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_webhook_events')),
    sa.UniqueConstraint('organisation_id', 'id', name=op.f('uq_webhook_events_organisation_id_id')),
    sa.UniqueConstraint('ref', name=op.f('uq_webhook_events_ref')),
    sa.UniqueConstraint('source', name=op.f('uq_webhook_events_source'))
    )
    op.create_index('ix_webhook_events_created_at', 'webhook_events', ['created_at'])
    op.create_table('webhook_deliveries',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=False), nullable=False),
    sa.Column('ref', sa.Text(), nullable=False),
    sa.Column('endpoint_id', sa.BigInteger(), nullable=False),
    sa.Column('event_id', sa.BigInteger(), nullable=False),
    sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
    sa.Column('retry_until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_tried_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('next_try_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('status', sa.SmallInteger(), nullable=True),
    sa.Column('milliseconds', sa.Integer(), nullable=True),
    sa.Column('problem', sa.Text(), nullable=True),
    sa.Column('delivered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('gave_up_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('organisation_id', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id', 'endpoint_id'], ['webhook_endpoints.organisation_id', 'webhook_endpoints.id'], name=op.f('fk_webhook_deliveries_organisation_id_endpoint_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['organisation_id', 'event_id'], ['webhook_events.organisation_id', 'webhook_events.id'], name=op.f('fk_webhook_deliveries_organisation_id_event_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisations.id'], name=op.f('fk_webhook_deliveries_organisation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_webhook_deliveries')),
    sa.UniqueConstraint('endpoint_id', 'event_id', name=op.f('uq_webhook_deliveries_endpoint_id_event_id')),
    sa.UniqueConstraint('organisation_id', 'id', name=op.f('uq_webhook_deliveries_organisation_id_id')),
    sa.UniqueConstraint('ref', name=op.f('uq_webhook_deliveries_ref'))
    )
    op.create_index('ix_webhook_deliveries_event_id', 'webhook_deliveries', ['event_id'])
    for statement in (ANNOUNCE_ENTRY, ANNOUNCE_ADMISSION, ON_ENTRY, ON_ADMISSION):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TRIGGER announce ON tickets; DROP TRIGGER announce ON audit_entries")
    op.execute("DROP FUNCTION announce_admission(); DROP FUNCTION announce_audit_entry()")
    op.drop_table('webhook_deliveries')
    op.drop_table('webhook_events')
    op.drop_table('webhook_endpoints')
