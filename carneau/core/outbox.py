"""What must still happen, kept in PostgreSQL. RQ is only the doorbell: rows nobody rang for are found by the drain."""

import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from carneau.core import crash, log
from carneau.core.columns import CreatedAt, Id
from carneau.core.db import Model, db, transaction

LEASE_SECONDS = 60
LONGEST_WAIT_SECONDS = 3600


class OutboxRow(Model):
    __tablename__ = "outbox"
    __table_args__ = (
        sa.Index(
            "ix_outbox_open",
            "is_patient",
            "run_at",
            postgresql_where=sa.text("done_at IS NULL AND gave_up_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    job: Mapped[str]
    arguments: Mapped[list[Any]] = mapped_column(JSONB)
    key: Mapped[str | None] = mapped_column(sa.Text, unique=True)
    created_at: Mapped[CreatedAt]
    run_at: Mapped[CreatedAt]
    is_patient: Mapped[bool] = mapped_column(server_default=sa.false())
    attempts: Mapped[int] = mapped_column(sa.Integer, server_default="0")
    leased_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    gave_up_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
    request_id: Mapped[str | None]


@dataclass(frozen=True)
class Job:
    name: str
    run: Callable[..., None]
    tries: int
    is_patient: bool


JOBS: dict[str, Job] = {}
NAMES: dict[Callable[..., None], str] = {}
RESTS: list[Callable[[], None]] = []


def at_rest(function: Callable[[], None]) -> Callable[[], None]:
    """Registers what is to be put down when nothing more is due: what one job kept open for the next."""
    RESTS.append(function)
    return function


def job(name: str, tries: int = 10, is_patient: bool = False) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Registers a job. It takes ids only, opens its own transactions, and may run twice. A patient one (a mail) waits
    until nothing else is due: in a rush, tickets come before mails."""

    def register(function: Callable[..., None]) -> Callable[..., None]:
        JOBS[name] = Job(name, function, tries, is_patient)
        NAMES[function] = name
        return function

    return register


LEASE_NEXT = sa.text(
    """UPDATE outbox SET attempts = attempts + 1, leased_until = now() + make_interval(secs => :seconds)
        WHERE id = (SELECT id FROM outbox
                     WHERE done_at IS NULL AND gave_up_at IS NULL AND run_at <= now() - make_interval(secs => :age)
                       AND (leased_until IS NULL OR leased_until < now())
                  ORDER BY is_patient, run_at LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id, job, arguments, attempts, request_id"""
)
DONE = sa.text("UPDATE outbox SET done_at = now(), leased_until = NULL, last_error = NULL WHERE id = :id")
FAILED = sa.text(
    """UPDATE outbox SET leased_until = NULL, last_error = :error,
              run_at = now() + make_interval(secs => :wait),
              gave_up_at = CASE WHEN :final THEN now() END
        WHERE id = :id AND done_at IS NULL"""
)


def wait_seconds(attempts: int) -> float:
    """5 s doubling to an hour, a fifth of it jitter: 40 tries span more than a day."""
    wait: int = min(LONGEST_WAIT_SECONDS, 5 * 2 ** min(attempts - 1, 12))
    return wait * random.uniform(0.9, 1.1)  # noqa: S311  a pause, no secret


def drain(age_seconds: float = 0, at_most_seconds: float = math.inf) -> int:
    """Does what is due, one row after the other, until nothing is; the number of rows done. `age_seconds` leaves the
    doorbell its chance."""
    done, until = 0, time.monotonic() + at_most_seconds
    try:
        while time.monotonic() < until and (is_done := do_next(age_seconds)) is not None:
            done += is_done
    finally:
        for rest in RESTS:
            rest()
    return done


def do_next(age_seconds: float = 0) -> bool | None:
    """Whether the row that is due longest was done now; None if none is due that no other worker has leased."""
    with transaction():
        row = db.session.execute(LEASE_NEXT, {"age": age_seconds, "seconds": LEASE_SECONDS}).one_or_none()
    return None if row is None else _perform(row)


def _perform(row: Any) -> bool:
    log.begin(job=row.job, outbox_id=row.id, **({"request_id": row.request_id} if row.request_id else {}))
    crash.point(f"leased {row.job}")
    try:
        _refuse_poison(row.job, row.attempts)
        JOBS[row.job].run(*row.arguments)
        db.session.remove()
    except Exception as error:  # noqa: BLE001  the one boundary where any failure becomes a later try
        _failed(row.id, row.job, row.attempts, error)
        return False
    crash.point(f"before_done {row.job}")
    with transaction():
        db.session.execute(DONE, {"id": row.id})
    return True


class Poison(Exception):
    """A job that ended its worker on each of its tries raised nothing that could be counted."""


def _refuse_poison(name: str, attempts: int) -> None:
    if attempts > JOBS[name].tries:
        raise Poison


def _failed(outbox_id: int, name: str, attempts: int, error: Exception) -> None:
    db.session.rollback()
    final = name not in JOBS or attempts >= JOBS[name].tries
    log.get(__name__).error("job failed", attempts=attempts, exc_info=error)
    with transaction():
        db.session.execute(
            FAILED,
            {"id": outbox_id, "error": type(error).__name__, "wait": wait_seconds(attempts), "final": final},
        )


def hurry(key: str) -> bool:
    """Makes an open row due now; False if there is none."""
    open_row = sa.update(OutboxRow).where(
        OutboxRow.key == key, OutboxRow.done_at.is_(None), OutboxRow.gave_up_at.is_(None)
    )
    return db.session.scalar(open_row.values(run_at=sa.func.now()).returning(OutboxRow.id)) is not None


def is_owed(job: Callable[..., None]) -> bool:
    """Whether a row of this job, whatever its arguments, is still open."""
    rows = sa.select(OutboxRow.id).where(
        OutboxRow.job == NAMES[job],
        OutboxRow.done_at.is_(None),
        OutboxRow.gave_up_at.is_(None),
    )
    return db.session.scalar(rows.limit(1)) is not None


def find_job(key: str) -> Callable[..., None] | None:
    """What the row of this key runs, done or not."""
    name = db.session.scalar(sa.select(OutboxRow.job).where(OutboxRow.key == key))
    return JOBS[name].run if name in JOBS else None
