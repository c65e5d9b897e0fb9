"""add request id to outbox"""

import sqlalchemy as sa
from alembic import op

revision = "outbox_request_id"
down_revision = "exports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("request_id", sa.Text()))


def downgrade() -> None:
    op.drop_column("outbox", "request_id")
