"""validate who left"""

from alembic import op
revision = 'door_checked'
down_revision = 'door'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE tickets VALIDATE CONSTRAINT ck_tickets_who_left_was_in")


def downgrade() -> None:
    pass
