import threading

import sqlalchemy as sa

from carneau.core import outbox, queue
from carneau.core.db import db, transaction

ran: list[int] = []
lock = threading.Lock()


@outbox.job("tests.shared")
def shared(number: int) -> None:
    with lock:
        ran.append(number)


def test_workers_share_what_is_due_and_none_does_it_twice(in_parallel):
    ran.clear()
    with transaction():
        for number in range(40):
            queue.enqueue_after_commit(shared, number)

    done = in_parallel(4, outbox.drain)

    assert sum(done) == 40
    assert sorted(ran) == list(range(40))
    with transaction():
        assert db.session.scalar(sa.text("SELECT max(attempts) FROM outbox")) == 1


def test_a_row_that_is_just_being_leased_is_passed_over_without_waiting(database):
    with transaction():
        for number in range(2):
            queue.enqueue_after_commit(shared, number)
    values = {"age": 0, "seconds": outbox.LEASE_SECONDS}

    with db.engine.connect() as one, db.engine.connect() as other:
        first = one.execute(outbox.LEASE_NEXT, values).one()
        second = other.execute(outbox.LEASE_NEXT, values).one()
        none_left = db.session.execute(outbox.LEASE_NEXT, values).one_or_none()

    assert first.id != second.id
    assert none_left is None


def test_what_a_killed_worker_had_leased_is_taken_again_when_its_lease_is_over(database):
    ran.clear()
    with transaction():
        queue.enqueue_after_commit(shared, 7)
    with transaction():
        db.session.execute(outbox.LEASE_NEXT, {"age": 0, "seconds": outbox.LEASE_SECONDS}).one()
    assert outbox.drain() == 0
    with transaction():
        db.session.execute(sa.text("UPDATE outbox SET leased_until = now() - interval '1 second'"))

    assert outbox.drain() == 1

    assert ran == [7]
    with transaction():
        assert db.session.scalar(sa.select(outbox.OutboxRow.attempts)) == 2
