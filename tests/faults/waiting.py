"""For a worker of another process."""

import time
from collections.abc import Callable

import sqlalchemy as sa

from carneau.core import outbox
from carneau.core.db import db, transaction

SECONDS = 90


def wait_for(condition: Callable[[], bool]) -> None:
    for _ in range(SECONDS * 10):
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError("it did not come to pass")


def is_all_done() -> bool:
    with transaction():
        return db.session.scalar(sa.text("SELECT count(*) FROM outbox WHERE done_at IS NULL")) == 0


def end_leases() -> None:
    """As if the minute were over that a dead worker's work waits."""
    with transaction():
        db.session.execute(sa.text("UPDATE outbox SET leased_until = now() WHERE leased_until IS NOT NULL"))


def work_it_off() -> None:
    """In this process, as a second worker would: it starts in a hundredth of the time."""

    def is_worked_off() -> bool:
        outbox.drain()
        return is_all_done()

    wait_for(is_worked_off)
