"""run the door"""

import sqlalchemy as sa
from alembic import op

revision = "run_the_door"
down_revision = "door_checked"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("gates", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    for table in ("door_links", "door_devices"):
        op.add_column(table, sa.Column("sees_names", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("door_links", sa.Column("most_devices", sa.Integer(), server_default="10", nullable=False))
    op.add_column("scans", sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("scans", sa.Column("looked_by", sa.Text(), nullable=True))
    op.add_column("scans", sa.Column("note", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    for column in ("note", "looked_by", "looked_at"):
        op.drop_column("scans", column)
    op.drop_column("door_links", "most_devices")
    for table in ("door_devices", "door_links"):
        op.drop_column(table, "sees_names")
    op.drop_column("gates", "closed_at")
