"""warn of old lists"""

import sqlalchemy as sa
from alembic import op
revision = 'door_lists'
down_revision = 'extras'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('events', sa.Column('door_list_minutes', sa.SmallInteger(), server_default='10', nullable=False))
    op.create_check_constraint(op.f('ck_events_door_list_minutes_range'), 'events', 'door_list_minutes BETWEEN 1 AND 240', postgresql_not_valid=True)


def downgrade() -> None:
    op.drop_constraint(op.f('ck_events_door_list_minutes_range'), 'events')
    op.drop_column('events', 'door_list_minutes')
