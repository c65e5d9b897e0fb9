import logging
import signal
import threading
import time
from types import FrameType
from typing import Any

import redis
from flask import Flask
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer
from sqlalchemy.exc import SQLAlchemyError

from carneau.core import log, outbox, queue, redis_address, settings
from carneau.ops import heartbeats

DRAIN_EVERY_SECONDS = 2.0
RECONNECT_SECONDS = 1.0
QUIET_SECONDS = 60.0


class Worker(SimpleWorker):
    """RQ's worker without a fork a job; `stopping` tells our own loops that a signal came."""

    max_connection_wait_time = 2.0
    log_job_description = False
    stopping: threading.Event

    def request_stop(self, signum: int, frame: FrameType | None) -> Any:
        self.stopping.set()
        return super().request_stop(signum, frame)  # type: ignore[no-untyped-call]  # RQ has no types


def work(app: Flask) -> None:
    """Answers the doorbell, and beside it looks for what nobody rang for, so that it goes on without Redis.
    A row whose worker died is leased again after a minute."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    logging.getLogger("rq.worker").addFilter(_Silence())
    drain = threading.Thread(target=_drain, args=(app, stopping), name="drain")
    drain.start()
    with app.app_context():
        while not stopping.is_set():
            _answer_doorbell(stopping)
    drain.join()


def _answer_doorbell(stopping: threading.Event) -> None:
    connection = redis_address.connect(settings.current().redis_url, socket_connect_timeout=2)
    bell = Queue(queue.NAME, connection=connection, serializer=JSONSerializer)
    try:
        worker = Worker([bell], connection=connection, serializer=JSONSerializer)
        worker.stopping = stopping
        _listen(worker)
    except redis.RedisError as error:
        _Silence.tell(error)
    stopping.wait(RECONNECT_SECONDS)


def _listen(worker: Worker) -> None:
    """RQ leaves the thread that hears its commands behind when Redis goes: one more with each outage."""
    try:
        worker.work(logging_level="ERROR")
    finally:
        if worker.pubsub_thread is not None:
            worker.pubsub_thread.stop()


class _Silence(logging.Filter):
    """Redis may be away for hours: a line a minute says so, where RQ and we would write several a second."""

    next_line_at = 0.0

    def filter(self, record: logging.LogRecord) -> bool:
        is_silence = "could not connect to Redis" in record.msg
        if is_silence:
            self.tell(redis.ConnectionError())
        return not is_silence

    @classmethod
    def tell(cls, error: redis.RedisError) -> None:
        if time.monotonic() >= cls.next_line_at:
            cls.next_line_at = time.monotonic() + QUIET_SECONDS
            log.begin()
            log.get(__name__).warning("redis did not answer", error=type(error).__name__)


def _drain(app: Flask, stopping: threading.Event) -> None:
    """Should this ever end by itself, the worker ends too, and the platform starts a new one."""
    beat_at, pause = 0.0, DRAIN_EVERY_SECONDS
    try:
        while not stopping.wait(pause):
            is_time = time.monotonic() >= beat_at
            beat_at = time.monotonic() + heartbeats.EVERY_SECONDS if is_time else beat_at
            with app.app_context():
                pause = _drain_once(and_beat=is_time)
    finally:
        if not stopping.is_set():
            signal.raise_signal(signal.SIGTERM)


def _drain_once(*, and_beat: bool) -> float:
    """How long to wait until the next time: not at all if work was left."""
    began = time.monotonic()
    try:
        if and_beat:
            heartbeats.beat("worker")
        outbox.drain(age_seconds=DRAIN_EVERY_SECONDS, at_most_seconds=heartbeats.EVERY_SECONDS)
    except SQLAlchemyError as error:
        log.get(__name__).warning("database did not answer", error=type(error).__name__)
        return DRAIN_EVERY_SECONDS
    return 0 if time.monotonic() - began >= heartbeats.EVERY_SECONDS else DRAIN_EVERY_SECONDS
