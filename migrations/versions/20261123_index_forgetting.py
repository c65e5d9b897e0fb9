"""index forgetting"""

from alembic import op
revision = 'index_forgetting'
down_revision = 'forget_recipients'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute('CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_mails_forgetting ON mails (id) WHERE forgets_recipient')


def downgrade() -> None:
    op.drop_index('ix_mails_forgetting', 'mails')
