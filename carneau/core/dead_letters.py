"""Jobs that failed on every try: they stay until somebody has looked at them."""

from collections.abc import Sequence

import sqlalchemy as sa

from carneau.core.db import db
from carneau.core.outbox import OutboxRow


def given_up() -> Sequence[OutboxRow]:
    return db.session.scalars(
        sa.select(OutboxRow).where(OutboxRow.gave_up_at.is_not(None)).order_by(OutboxRow.id)
    ).all()


def retry() -> int:
    """They are due again, with all their tries; their number."""
    fresh = {"gave_up_at": None, "attempts": 0, "run_at": sa.func.now()}
    rows = sa.update(OutboxRow).where(OutboxRow.gave_up_at.is_not(None)).values(**fresh).returning(OutboxRow.id)
    return len(db.session.scalars(rows).all())
