"""note networks of carts"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import BYTEA

revision = "cart_networks"
down_revision = "ask_stripe"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("carts", sa.Column("network_digest", BYTEA(), nullable=True))


def downgrade() -> None:
    op.drop_column("carts", "network_digest")
