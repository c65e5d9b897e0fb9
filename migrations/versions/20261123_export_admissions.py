"""export admissions"""

from alembic import op

revision = "export_admissions"
down_revision = "editions"
branch_labels = None
depends_on = None

KINDS = "CHECK (kind IN ({}))"


def upgrade() -> None:
    op.drop_constraint("ck_exports_exportkind", "exports")
    op.execute(
        "ALTER TABLE exports ADD CONSTRAINT ck_exports_exportkind "
        + KINDS.format("'attendees', 'purchases', 'admissions'")
        + " NOT VALID"
    )


def downgrade() -> None:
    op.execute("DELETE FROM exports WHERE kind = 'admissions'")
    op.drop_constraint("ck_exports_exportkind", "exports")
    op.execute("ALTER TABLE exports ADD CONSTRAINT ck_exports_exportkind " + KINDS.format("'attendees', 'purchases'"))
