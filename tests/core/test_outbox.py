from datetime import timedelta

import pytest
import sqlalchemy as sa

from carneau.core import dead_letters, outbox
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
    assert outbox.drain() == 1
    assert outbox.drain() == 0
    assert ran == [(1, "two")]
    assert row(outbox_id).done_at


def test_what_fails_is_tried_later_and_given_up_after_its_tries():
    outbox_id = owe(fail, 1)
    for attempt in (1, 2, 3):
        assert outbox.do_next() is False
        assert row(outbox_id).attempts == attempt
        assert outbox.do_next() is None
        put_back(3600)
    given_up = row(outbox_id)
    assert given_up.gave_up_at
    assert given_up.last_error == "ValueError"
    assert outbox.do_next() is None


def test_what_fails_keeps_nobody_waiting():
    broken, good = owe(fail, 1), owe(note, 2)
    assert outbox.drain() == 1
    assert row(good).done_at
    assert not row(broken).done_at


def test_a_job_that_leaves_its_session_broken_is_noted_like_any_other():
    outbox_id = owe(leave_a_broken_session, 1)
    assert outbox.do_next() is False
    assert row(outbox_id).gave_up_at
    assert row(outbox_id).last_error == "DataError"


def test_a_job_that_nobody_knows_is_given_up():
    outbox_id = owe(note, 1)
    with transaction():
        db.session.execute(sa.text("UPDATE outbox SET job = 'tests.gone'"))
    assert outbox.do_next() is False
    assert row(outbox_id).gave_up_at


def test_waits_double_from_five_seconds_to_an_hour():
    waits = [outbox.wait_seconds(attempt) for attempt in range(1, 41)]
    assert 4.5 <= waits[0] <= 5.5
    assert max(waits) <= 3600 * 1.1
    assert sum(waits) > 24 * 3600


def test_the_drain_leaves_the_doorbell_its_chance_and_takes_the_oldest_first():
    for number in (1, 2):
        owe(note, number)
    put_back(1)
    assert outbox.drain(age_seconds=5) == 0
    put_back(5)
    assert outbox.drain(age_seconds=5) == 2
    assert ran == [(1,), (2,)]


def test_a_dead_letter_is_due_again_when_somebody_asks_with_all_its_tries():
    outbox_id = owe(leave_a_broken_session, 1)
    outbox.drain()
    with transaction():
        assert [letter.id for letter in dead_letters.given_up()] == [outbox_id]
        assert dead_letters.retry() == 1
        assert dead_letters.given_up() == []
    assert outbox.do_next() is False
    assert row(outbox_id).attempts == 1
