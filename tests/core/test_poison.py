import sqlalchemy as sa

from carneau.core import outbox, queue
from carneau.core.db import db, transaction

ran: list[int] = []


@outbox.job("tests.kills_its_worker", tries=3)
def kills_its_worker(number: int) -> None:
    ran.append(number)


def test_a_job_that_ended_its_worker_on_every_try_becomes_a_dead_letter_and_the_others_flow_on(database):
    with transaction():
        queue.enqueue_after_commit(kills_its_worker, 1)
        queue.enqueue_after_commit(kills_its_worker, 2)
        db.session.execute(sa.text("UPDATE outbox SET attempts = 3 WHERE arguments = '[1]'"))
    ran.clear()

    outbox.drain()

    assert ran == [2]
    with transaction():
        rows = db.session.execute(
            sa.text("SELECT gave_up_at IS NOT NULL, done_at IS NOT NULL, last_error FROM outbox ORDER BY id")
        )
        assert [tuple(row) for row in rows] == [(True, False, "Poison"), (False, True, None)]
