import pytest
import sqlalchemy as sa

from carneau.core.db import db, transaction
from carneau.ops import statistics

GROWN = sa.text("INSERT INTO probe SELECT generate_series(1, :count)")
KNOWN = sa.text("SELECT reltuples FROM pg_class WHERE relname = 'probe'")
TOLD = sa.text("SELECT pg_stat_force_next_flush()")


@pytest.fixture
def probe(database):
    """A table that no other test has changed: what was changed is told to PostgreSQL's statistics some time later."""
    with transaction():
        db.session.execute(sa.text("CREATE TABLE probe (number integer)"))
    yield
    with transaction():
        db.session.execute(sa.text("DROP TABLE probe"))


def grow(count):
    with transaction():
        db.session.execute(GROWN, {"count": count})
        db.session.execute(TOLD)


def known():
    with transaction():
        return db.session.scalar(KNOWN)


def test_a_table_that_outgrew_what_the_planner_knows_is_looked_at_again(probe):
    grow(3000)

    assert "probe" in statistics.refresh()
    assert known() == 3000
    grow(3500)
    assert "probe" in statistics.refresh()
    assert known() == 6500


def test_a_table_that_hardly_changed_is_left_alone(probe):
    grow(3000)
    statistics.refresh()
    grow(2000)

    assert "probe" not in statistics.refresh()
