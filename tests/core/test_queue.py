from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from carneau.core import outbox, queue, settings
from carneau.core.db import db, transaction
from carneau.core.outbox import OutboxRow

ran = []


@outbox.job("tests.ring")
def ring(number):
    ran.append(number)


@outbox.job("tests.write", is_patient=True)
def write(number):
    ran.append(number)


@pytest.fixture(autouse=True)
def quiet(database):
    ran.clear()
    queue._Bell.silent_until = 0.0
    queue.doorbell().empty()
    queue.doorbell().connection.delete(queue.RUNG)
    yield
    queue._Bell.silent_until = 0.0


@pytest.fixture
def redis_dead():
    alive = settings.current()
    settings.bind(replace(alive, redis_url="redis://127.0.0.1:1/0"))
    yield
    settings.bind(alive)


def rows():
    with transaction():
        return db.session.scalar(sa.select(sa.func.count(OutboxRow.id)))


def test_the_doorbell_rings_once_after_the_commit_until_a_worker_opens(database):
    with transaction():
        queue.enqueue_after_commit(ring, 1)
        assert queue.doorbell().count == 0
    with transaction():
        queue.enqueue_after_commit(ring, 2)
    (job,) = queue.doorbell().jobs
    assert (job.func_name, job.args) == ("carneau.core.queue.answer", [])

    queue.answer()

    assert ran == [1, 2]
    with transaction():
        queue.enqueue_after_commit(ring, 3)
    assert queue.doorbell().count == 2


def test_what_is_patient_waits_until_nothing_else_is_due():
    with transaction():
        queue.enqueue_after_commit(write, 1)
    with transaction():
        queue.enqueue_after_commit(ring, 2)

    outbox.drain()

    assert ran == [2, 1]


def test_what_is_rolled_back_is_neither_owed_nor_rung_for():
    with pytest.raises(ZeroDivisionError), transaction():
        queue.enqueue_after_commit(ring, 1)
        raise ZeroDivisionError
    with transaction():
        db.session.execute(sa.text("SELECT 1"))
    assert (rows(), queue.doorbell().count) == (0, 0)


def test_one_key_is_one_row_for_ever():
    for _ in range(2):
        with transaction():
            queue.enqueue_after_commit(ring, 1, key="confirmation:7")
            queue.enqueue_after_commit(ring, 1, key="confirmation:7")
    assert rows() == 1
    outbox.drain()
    with transaction():
        queue.enqueue_after_commit(ring, 1, key="confirmation:7")
    assert outbox.drain() == 0
    assert ran == [1]


def test_one_key_from_two_at_once_is_one_row(in_parallel):
    def owe():
        with transaction():
            queue.enqueue_after_commit(ring, 1, key="once")

    assert in_parallel(4, owe) == [None] * 4
    assert rows() == 1


def test_what_is_for_later_neither_rings_nor_runs_now():
    with transaction():
        queue.enqueue_after_commit(ring, 1, delay=timedelta(minutes=5))
    assert queue.doorbell().count == 0
    assert outbox.drain() == 0
    assert rows() == 1


def test_a_lost_doorbell_loses_nothing():
    with transaction():
        queue.enqueue_after_commit(ring, 1)
    queue.doorbell().empty()
    assert outbox.drain() == 1
    assert ran == [1]


def test_without_redis_the_commit_stands_and_the_drain_finds_it(redis_dead):
    for number in (1, 2):
        with transaction():
            queue.enqueue_after_commit(ring, number)
    assert rows() == 2
    assert outbox.drain() == 2
    assert ran == [1, 2]
