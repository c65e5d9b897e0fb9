import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from carneau.core.db import db
from carneau.purchases.models import Purchase
from carneau.tickets.models import Ticket


def for_purchase(purchase: Purchase) -> list[Ticket]:
    """Oldest line first, with event and ticket type loaded."""
    return list(
        db.session.scalars(
            sa.select(Ticket)
            .where(Ticket.purchase_id == purchase.id)
            .options(joinedload(Ticket.event), joinedload(Ticket.ticket_type))
            .order_by(Ticket.purchase_line_id, Ticket.position)
        )
    )
