import sqlalchemy as sa

from carneau.core.db import db, transaction

KEPT_DAYS = 31
FORGET = sa.text(
    """DELETE FROM outbox WHERE id IN
         (SELECT id FROM outbox WHERE done_at < now() - make_interval(days => :days) ORDER BY id LIMIT 5000)"""
)


def forget_done() -> None:
    """Rows done long ago go, in small bites; dead letters stay until somebody has looked at them. A key that is
    forgotten could be used again: nothing repeats itself after a month."""
    with transaction():
        db.session.execute(FORGET, {"days": KEPT_DAYS})
