"""validate old lists"""

from alembic import op
revision = 'door_lists_checked'
down_revision = 'door_lists'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE events VALIDATE CONSTRAINT ck_events_door_list_minutes_range")


def downgrade() -> None:
    pass
