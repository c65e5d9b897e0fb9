from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from carneau.core.db import db


def test_the_migrations_make_exactly_the_tables_of_the_models(database):
    with db.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), db.metadata) == []
