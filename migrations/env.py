from alembic import context
from flask import current_app

from carneau.core.db import db

# A migration that has to wait for a lock makes every request behind it wait too: give up early, try again later.
LOCK_TIMEOUT = "SET lock_timeout = '3s'; SET statement_timeout = '10min'"


def run() -> None:
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
        connection.exec_driver_sql(LOCK_TIMEOUT)
        connection.commit()
        context.configure(connection=connection, target_metadata=db.metadata, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()


run()
