"""number the editions"""

import sqlalchemy as sa
from alembic import op

revision = "editions"
down_revision = "user_ids"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("events", "ticket_types"):
        op.add_column(table, sa.Column("version", sa.Integer(), server_default="1", nullable=False))


def downgrade() -> None:
    for table in ("ticket_types", "events"):
        op.drop_column(table, "version")
