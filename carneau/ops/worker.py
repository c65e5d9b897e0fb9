import signal
import threading

import redis
from flask import Flask
from rq import SimpleWorker
from rq.serializers import JSONSerializer
from sqlalchemy.exc import DBAPIError

from carneau.core import log, outbox, queue, settings

DRAIN_EVERY_SECONDS = 2.0
RECONNECT_SECONDS = 1.0


def work(app: Flask) -> None:
    """Answers the doorbell in this process (no fork a job), and beside it looks for what nobody rang for, so that
    it goes on without Redis. A row whose worker died is leased again after a minute."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    drain = threading.Thread(target=_drain, args=(app, stopping), name="drain")
    drain.start()
    with app.app_context():
        while not stopping.is_set():
            _answer_doorbell(stopping)
    drain.join()


def _answer_doorbell(stopping: threading.Event) -> None:
    connection = queue.connection(settings.current().redis_url)
    try:
        worker = SimpleWorker([queue.doorbell()], connection=connection, serializer=JSONSerializer)
        worker.work(burst=False, logging_level="WARNING")
        stopping.set()
    except redis.RedisError as error:
        log.get(__name__).warning("redis did not answer", error=type(error).__name__)
        stopping.wait(RECONNECT_SECONDS)


def _drain(app: Flask, stopping: threading.Event) -> None:
    while not stopping.wait(DRAIN_EVERY_SECONDS):
        with app.app_context():
            try:
                outbox.drain(age_seconds=DRAIN_EVERY_SECONDS)
            except DBAPIError as error:
                log.get(__name__).warning("database did not answer", error=type(error).__name__)
