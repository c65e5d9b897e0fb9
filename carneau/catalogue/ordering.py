from typing import Any

import sqlalchemy as sa

from carneau.catalogue.models import EventImage, TicketType
from carneau.core import audit
from carneau.core.db import db


def move(row: TicketType | EventImage, by: int, actor: str) -> None:
    """One place up (-1) or down (1) on the page; at the end of the list nothing moves."""
    kind: Any = type(row)
    siblings = sa.select(kind).where(kind.event_id == row.event_id).order_by(kind.position, kind.id)
    order = list(db.session.scalars(siblings.with_for_update()))
    at = order.index(row)
    to = at + by
    if not 0 <= to < len(order):
        return
    order[at], order[to] = order[to], order[at]
    for position, sibling in enumerate(order):
        sibling.position = position
    db.session.flush()
    audit.record(row, "moved", actor, position=to)
