import sqlalchemy as sa

from carneau.core import forgetting, outbox, queue
from carneau.core.db import db, transaction


@outbox.job("tests.forgettable", tries=1)
def forgettable(number: int) -> None:
    if number == 3:
        raise ValueError


def test_done_rows_go_after_a_month_and_dead_letters_stay(database):
    with transaction():
        for number in (1, 2, 3, 4):
            queue.enqueue_after_commit(forgettable, number)
    for _ in range(3):
        outbox.do_next()
    with transaction():
        db.session.execute(sa.text("UPDATE outbox SET done_at = done_at - interval '32 days' WHERE arguments = '[1]'"))
        db.session.execute(sa.text("UPDATE outbox SET created_at = created_at - interval '1 year'"))

    forgetting.forget_done()

    with transaction():
        left = db.session.scalars(sa.text("SELECT arguments FROM outbox ORDER BY id")).all()
    assert left == [[2], [3], [4]]
