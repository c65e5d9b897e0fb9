import sqlalchemy as sa

from carneau.core.db import db, transaction
from carneau.ops import statistics
from tests.making import make_organisation

MANY = sa.text(
    """INSERT INTO carts (organisation_id, visitor_digest, currency)
       SELECT :house, sha256(n::text::bytea), 'EUR' FROM generate_series(1, :count) n"""
)
KNOWN = sa.text("SELECT reltuples FROM pg_class WHERE relname = 'carts'")
TOLD = sa.text("SELECT pg_stat_force_next_flush()")


def grow(count):
    house = make_organisation()
    with transaction():
        db.session.execute(MANY, {"house": house.id, "count": count})
    with transaction():
        db.session.execute(TOLD)


def analyse():
    with transaction():
        db.session.execute(TOLD)
    with transaction():
        db.session.execute(sa.text("ANALYZE carts"))


def known():
    with transaction():
        return db.session.scalar(KNOWN)


def test_a_table_that_outgrew_what_the_planner_knows_is_looked_at_again(database):
    analyse()
    before = known()
    grow(3000)

    assert "carts" in statistics.refresh()
    assert known() > before + 2000


def test_a_table_that_hardly_changed_is_left_alone(database):
    analyse()
    grow(20)

    assert "carts" not in statistics.refresh()
