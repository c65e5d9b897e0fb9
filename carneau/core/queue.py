import json
import time
from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache
from typing import Any

import redis
import sqlalchemy as sa
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import event
from sqlalchemy.orm import Session

from carneau.core import log, outbox, redis_address, settings
from carneau.core.db import db
from carneau.core.outbox import JOBS, NAMES

NAME = "carneau"
RUNG = "carneau:rung"
RUNG_SECONDS = 30
SILENCE_SECONDS = 5.0
LONGEST_ANSWER_SECONDS = 60.0

OWE = sa.text(
    """INSERT INTO outbox (job, arguments, key, run_at, is_patient, request_id)
       VALUES (:job, CAST(:arguments AS jsonb), :key, now() + :delay, :is_patient, :request_id)
           ON CONFLICT (key) DO NOTHING RETURNING id"""
)


@lru_cache(maxsize=1)
def _impatient_connection(url: str) -> redis.Redis:
    """For those whom a person waits for; a worker's blocking wait needs one without a socket timeout."""
    return redis_address.connect(url, socket_connect_timeout=0.5, socket_timeout=1)


def doorbell() -> Queue:
    return Queue(NAME, connection=_impatient_connection(settings.current().redis_url), serializer=JSONSerializer)


def enqueue_after_commit(
    job: Callable[..., None], *ids: Any, key: str | None = None, delay: timedelta = timedelta(0)
) -> None:
    """Writes the outbox row in the caller's transaction and rings a worker once that has committed.

    The same `key` twice is one row, for ever.
    """
    name = NAMES[job]
    values = {
        "job": name,
        "arguments": json.dumps(ids),
        "key": key,
        "delay": delay,
        "is_patient": JOBS[name].is_patient,
        "request_id": log.request_id(),
    }
    if db.session.execute(OWE, values).scalar() is not None and not delay:
        ring_after_commit()


def ring_after_commit() -> None:
    db.session.info["rings"] = True


def length() -> int:
    """-1 without Redis."""
    try:
        return len(doorbell())
    except redis.RedisError:
        return -1


class _Bell:
    silent_until = 0.0


def ring() -> None:
    """Once is enough until a worker opens: it then does everything that is due. Without Redis nothing is lost: the
    workers find the rows. After a failure nobody waits for it for a while."""
    if time.monotonic() < _Bell.silent_until:
        return
    try:
        if _impatient_connection(settings.current().redis_url).set(RUNG, 1, nx=True, ex=RUNG_SECONDS):
            doorbell().enqueue("carneau.core.queue.answer", result_ttl=0, failure_ttl=3600, job_timeout=-1)
    except redis.RedisError as error:
        _Bell.silent_until = time.monotonic() + SILENCE_SECONDS
        log.get(__name__).warning("redis did not answer", error=type(error).__name__)


def answer() -> None:
    """What a worker does when the bell rings. Whoever commits from now on rings again, for the next worker."""
    _impatient_connection(settings.current().redis_url).delete(RUNG)
    outbox.drain(at_most_seconds=LONGEST_ANSWER_SECONDS)


@event.listens_for(db.session, "after_commit")
def _ring_after_commit(session: Session) -> None:
    if session.info.pop("rings", False):
        ring()


@event.listens_for(db.session, "after_soft_rollback")
def _forget_after_rollback(session: Session, _previous: object) -> None:
    session.info.pop("rings", None)
