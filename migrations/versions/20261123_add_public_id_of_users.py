"""a public id for each user: nobody outside is told the number of a row"""

import sqlalchemy as sa
from alembic import op
revision = 'user_ids'
down_revision = 'api_tokens'
branch_labels = None
depends_on = None

RANDOM = sa.text("replace(gen_random_uuid()::text, '-', '')")
FILL = "UPDATE users SET public_id = replace(gen_random_uuid()::text, '-', '') WHERE public_id IS NULL"


def upgrade() -> None:
    """The default comes before the rows are filled, so that code which does not know the column can go on."""
    op.add_column('users', sa.Column('public_id', sa.Text(), nullable=True))
    op.alter_column('users', 'public_id', server_default=RANDOM)
    op.execute(FILL)
    op.alter_column('users', 'public_id', nullable=False)
    with op.get_context().autocommit_block():
        op.create_index('uq_users_public_id', 'users', ['public_id'], unique=True, postgresql_concurrently=True)
    op.execute("ALTER TABLE users ADD CONSTRAINT uq_users_public_id UNIQUE USING INDEX uq_users_public_id")


def downgrade() -> None:
    op.drop_column('users', 'public_id')
