"""index networks of carts"""

from alembic import op

revision = "cart_networks_indexed"
down_revision = "cart_networks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_carts_network_digest"
            " ON carts (network_digest) WHERE network_digest IS NOT NULL"
        )


def downgrade() -> None:
    op.drop_index("ix_carts_network_digest", "carts")
