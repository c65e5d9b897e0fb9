"""Who of the background processes is alive. They need no port, so they say it in the database."""

import os
import socket
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from carneau.core.columns import CreatedAt
from carneau.core.db import Model, db, transaction

EVERY_SECONDS = 10
SILENT_AFTER_SECONDS = 60


class Heartbeat(Model):
    """One row a process: `worker` or `clock`, and its host and process id."""

    __tablename__ = "heartbeats"

    process: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    started_at: Mapped[CreatedAt]
    beat_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())


def beat(process: str) -> None:
    """By the database's clock; rows of processes that ended a day ago go."""
    name = f"{socket.gethostname()}:{os.getpid()}"
    row = insert(Heartbeat).values(process=process, name=name)
    long_ago = sa.func.now() - sa.text("interval '1 day'")
    with transaction():
        db.session.execute(row.on_conflict_do_update(constraint="pk_heartbeats", set_={"beat_at": sa.func.now()}))
        db.session.execute(sa.delete(Heartbeat).where(Heartbeat.process == process, Heartbeat.beat_at < long_ago))


def of_clock() -> None:
    beat("clock")
