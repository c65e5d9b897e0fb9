"""tell extras apart"""

import sqlalchemy as sa
from alembic import op

revision = "extras"
down_revision = "cart_networks_indexed"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("ticket_types", sa.Column("is_extra", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("ticket_types", "is_extra")
