"""index conflicts"""

from alembic import op

revision = "index_conflicts"
down_revision = "run_the_door"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_scans_conflicts ON scans (event_id, id) WHERE is_conflict"
        )


def downgrade() -> None:
    op.drop_index("ix_scans_conflicts", "scans")
