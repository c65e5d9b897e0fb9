from datetime import timedelta

import pytest
import sqlalchemy as sa

from carneau.core import outbox
from carneau.core.db import db, transaction
from carneau.core.outbox import OutboxRow
from carneau.core.queue import enqueue_after_commit

ran = []


@outbox.job("tests.note", tries=3)
def note(*ids):
    ran.append(ids)


@outbox.job("tests.fail", tries=3)
def fail(_id):
    raise ValueError("a secret address")


@outbox.job("tests.deny", tries=1)
def leave_a_broken_session(_id):
    db.session.execute(sa.text("SELECT 1/0"))


@pytest.fixture(autouse=True)
def nothing_ran(database):
    ran.clear()


def owe(job, *ids, **options):
    with transaction():
        enqueue_after_commit(job, *ids, **options)
        return db.session.scalar(sa.select(sa.func.max(OutboxRow.id)))


def row(outbox_id):
    with transaction():
        return db.session.execute(sa.select(OutboxRow.__table__).where(OutboxRow.id == outbox_id)).one()


def put_back(seconds):
    """As if so many seconds had passed for every row."""
    ago = {column: getattr(OutboxRow, column) - timedelta(seconds=seconds) for column in ("run_at", "leased_until")}
    with transaction():
        db.session.execute(sa.update(OutboxRow).values(ago))


def test_what_is_owed_is_done_once():
    outbox_id = owe(note, 1, "two")
    assert outbox.run(outbox_id)
    assert not outbox.run(outbox_id)
    assert ran == [(1, "two")]
    assert row(outbox_id).done_at


def test_a_row_that_another_worker_works_on_is_left_alone_until_its_lease_is_over():
    outbox_id = owe(note, 1)
    with transaction():
        db.session.execute(outbox.LEASE, {"id": outbox_id, "seconds": outbox.LEASE_SECONDS})
    assert not outbox.run(outbox_id)
    assert outbox.due() == []

    put_back(outbox.LEASE_SECONDS + 1)
    assert outbox.due() == [outbox_id]
    assert outbox.run(outbox_id)
    assert row(outbox_id).attempts == 2


def test_two_workers_that_reach_for_one_row_do_it_once(in_parallel):
    outbox_id = owe(note, 1)
    assert sorted(in_parallel(4, lambda: outbox.run(outbox_id))) == [False, False, False, True]
    assert ran == [(1,)]


def test_what_fails_is_tried_later_and_given_up_after_its_tries():
    outbox_id = owe(fail, 1)
    for attempt in (1, 2, 3):
        assert outbox.due() == [outbox_id]
        assert outbox.drain() == 0
        assert row(outbox_id).attempts == attempt
        assert outbox.due() == []
        put_back(3600)
    given_up = row(outbox_id)
    assert given_up.gave_up_at
    assert given_up.last_error == "ValueError"
    assert not outbox.run(outbox_id)


def test_what_fails_keeps_nobody_waiting():
    broken, good = owe(fail, 1), owe(note, 2)
    assert outbox.drain() == 1
    assert row(good).done_at
    assert not row(broken).done_at


def test_a_job_that_leaves_its_session_broken_is_noted_like_any_other():
    outbox_id = owe(leave_a_broken_session, 1)
    assert not outbox.run(outbox_id)
    assert row(outbox_id).gave_up_at
    assert row(outbox_id).last_error == "DataError"


def test_a_job_that_nobody_knows_is_given_up():
    outbox_id = owe(note, 1)
    with transaction():
        db.session.execute(sa.text("UPDATE outbox SET job = 'tests.gone'"))
    assert not outbox.run(outbox_id)
    assert row(outbox_id).gave_up_at


def test_waits_double_from_five_seconds_to_an_hour():
    waits = [outbox.wait_seconds(attempt) for attempt in range(1, 41)]
    assert 4.5 <= waits[0] <= 5.5
    assert max(waits) <= 3600 * 1.1
    assert sum(waits) > 24 * 3600


def test_the_drain_leaves_the_doorbell_its_chance_and_takes_the_oldest_first():
    older, newer = owe(note, 1), owe(note, 2)
    put_back(1)
    assert outbox.due(age_seconds=5) == []
    assert outbox.due() == [older, newer]
    put_back(5)
    assert outbox.drain(age_seconds=5) == 2
    assert ran == [(1,), (2,)]
