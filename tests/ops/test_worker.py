import json
import os
import signal
import subprocess
import sys
import time

import pytest
import sqlalchemy as sa

from carneau.core import outbox, queue
from carneau.core.db import db, transaction
from tests.running import running


@outbox.job("tests.nothing")
def nothing(_number: int) -> None:
    pass


def wait_until_done(seconds: float = 25) -> None:
    for _ in range(int(seconds * 10)):
        with transaction():
            left = db.session.scalar(
                sa.text("SELECT count(*) FROM outbox WHERE done_at IS NULL AND last_error IS NULL")
            )
        if not left:
            return
        time.sleep(0.1)
    raise AssertionError("the worker did not come to it")


@pytest.mark.parametrize("redis_url", ["given", "redis://127.0.0.1:1/0"], ids=["redis alive", "redis dead"])
def test_a_worker_takes_what_is_owed_and_stops_when_asked(database, settings, redis_url):
    environ = os.environ | settings | ({} if redis_url == "given" else {"REDIS_URL": redis_url})
    with transaction():
        queue.enqueue_after_commit(nothing, 1)
    with running(sys.executable, "-m", "flask", "worker", env=environ, stderr=subprocess.DEVNULL) as worker:
        wait_until_done()
        assert worker.poll() is None
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(60) == 0


def test_without_redis_a_worker_says_so_once_a_minute_and_nothing_else(database, settings, tmp_path):
    environ = os.environ | settings | {"REDIS_URL": "redis://127.0.0.1:1/0", "LOG_LEVEL": "WARNING"}
    log = tmp_path / "log"
    with log.open("wb") as output, running(sys.executable, "-m", "flask", "worker", env=environ, stderr=output):
        for number in range(2):
            with transaction():
                queue.enqueue_after_commit(nothing, number)
            wait_until_done()
            time.sleep(2)

    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [(line["event"], line.get("job")) for line in lines if line["component"] == "carneau.ops.worker"] == [
        ("redis did not answer", None)
    ]
