import sqlalchemy as sa

from carneau.core.db import db, transaction

IDLE = """purchase_ref IS NULL
          AND NOT EXISTS (SELECT FROM holds WHERE holds.cart_id = carts.id AND holds.released_at IS NULL)"""
LOCK = sa.text(
    f"""SELECT id FROM carts WHERE created_at < now() - interval '2 days' AND {IDLE}
         ORDER BY id LIMIT 1000 FOR UPDATE SKIP LOCKED"""  # noqa: S608  two constants
)
FORGET = sa.text(f"DELETE FROM carts WHERE id = ANY(:ids) AND {IDLE} RETURNING id")  # noqa: S608  a constant


def forget_carts() -> int:
    """Carts that hold nothing and whose cookie has ended go, with the lines they lost, a thousand at a time. What is
    locked is looked at once more: a visitor may have taken places between the look and the lock."""
    with transaction():
        ids = list(db.session.scalars(LOCK))
        return len(db.session.scalars(FORGET, {"ids": ids}).all())
