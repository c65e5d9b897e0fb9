"""validate kinds of exports"""

from alembic import op

revision = "export_kinds_checked"
down_revision = "export_admissions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE exports VALIDATE CONSTRAINT ck_exports_exportkind")


def downgrade() -> None:
    pass
