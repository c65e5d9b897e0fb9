from collections.abc import Collection

import sqlalchemy as sa

from carneau.catalogue.models import Event
from carneau.core.db import db, rows_changed, transaction
from carneau.purchases.erasing import NO_ADDRESS, NOBODY
from carneau.purchases.models import Purchase
from carneau.tickets.models import Ticket


def erase(addresses: Collection[str], organisation_id: int | None = None) -> None:
    """Whoever was given a ticket: it stays theirs, and nobody is told of it any more."""
    given = sa.update(Ticket).where(sa.func.lower(Ticket.holder_email).in_(addresses))
    if organisation_id is not None:
        given = given.where(Ticket.organisation_id == organisation_id)
    db.session.execute(given.values(holder_email=NO_ADDRESS))


def erase_names() -> int:
    """On a ticket the name stays until its event is over: the door compares it. A sweep takes it away then."""
    holders = (
        sa.select(Ticket.id)
        .join(Purchase, Purchase.id == Ticket.purchase_id)
        .join(Event, Event.id == Ticket.event_id)
        .where(
            sa.or_(
                sa.and_(Purchase.erased_at.is_not(None), Ticket.holder_email.is_(None)),
                Ticket.holder_email == NO_ADDRESS,
            ),
            Ticket.holder_name != NOBODY,
            Event.ends_at < sa.func.now(),
        )
    )
    with transaction():
        return rows_changed(sa.update(Ticket).where(Ticket.id.in_(holders)).values(holder_name=NOBODY))
