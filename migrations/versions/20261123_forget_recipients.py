"""forget recipients"""

import sqlalchemy as sa
from alembic import op
revision = 'forget_recipients'
down_revision = "door_lists_checked"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('mails', sa.Column('forgets_recipient', sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column('mails', 'forgets_recipient')
