from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy.orm import DeclarativeBase, registry

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    registry = registry(
        metadata=sa.MetaData(naming_convention=NAMING),
        type_annotation_map={int: sa.BigInteger(), str: sa.Text(), datetime: sa.DateTime(timezone=True)},
    )


READ = "read"
REPLICA = "carneau.replica"


class RoutedSession(Session):
    """Asks the replica between the lines of `replica.read`, and the primary everywhere else."""

    def get_bind(self, *args: Any, **kwargs: Any) -> sa.Engine | sa.Connection:
        return db.engines[READ] if self.info.get(REPLICA) else super().get_bind(*args, **kwargs)


db = SQLAlchemy(model_class=Base, disable_autonaming=True, session_options={"class_": RoutedSession})

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


@contextmanager
def transaction() -> Iterator[None]:
    """The only commit. Transactions never nest, and no network call stands inside one."""
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise


def rows_changed(statement: sa.UpdateBase) -> int:
    result = db.session.execute(statement)
    return cast("sa.CursorResult[Any]", result).rowcount


@contextmanager
def single_statement() -> Iterator[sa.Connection]:
    """For the one statement of a hot path, which is a transaction by itself: durable when its answer is here. Beside
    `transaction()`, never inside one."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection


@contextmanager
def reading() -> Iterator[None]:
    """For a hot path that only reads: each statement by itself, without the two round trips of BEGIN and COMMIT. Never
    inside a transaction. What it loaded is not to be used afterwards."""
    db.session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
    try:
        yield
    finally:
        db.session.rollback()
