from collections.abc import Iterable
from functools import lru_cache

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload
from sqlalchemy.sql.base import ExecutableOption

from carneau.catalogue.models import Event, EventImage
from carneau.core.db import db
from carneau.core.errors import NotFound
from carneau.purchases.models import Purchase
from carneau.tickets import qr
from carneau.tickets.models import Ticket, TicketStatus


@lru_cache(maxsize=1)
def whole() -> tuple[ExecutableOption, ...]:
    """Event, its organisation, ticket type and purchase. Not while this file is imported, when not every table is
    known yet."""
    return (
        joinedload(Ticket.event).joinedload(Event.organisation),
        joinedload(Ticket.ticket_type),
        joinedload(Ticket.purchase),
    )


def for_purchase(purchase: Purchase) -> list[Ticket]:
    """Oldest line first, with event, its organisation, ticket type and purchase loaded."""
    return _of(Ticket.purchase_id == purchase.id)


def by_purchase_ref(ref: str) -> list[Ticket]:
    return _of(Ticket.purchase.has(Purchase.ref == ref))


def _of(which: sa.ColumnElement[bool]) -> list[Ticket]:
    statement = sa.select(Ticket).where(which).options(*whole()).order_by(Ticket.purchase_line_id, Ticket.position)
    return list(db.session.scalars(statement))


def by_id(ticket_id: int) -> Ticket:
    return db.session.scalars(sa.select(Ticket).where(Ticket.id == ticket_id).options(*whole())).one()


def by_code(code: str) -> Ticket:
    """Raises NotFound for what is no code, and for the genuine code of an earlier revision: whoever passed a ticket on
    learns that it has gone, and nothing about where. The codes of a void ticket still show that it is void."""
    event_id, ticket_id, revision = qr.read(code)
    ticket = db.session.scalars(
        sa.select(Ticket).where(Ticket.id == ticket_id, Ticket.event_id == event_id).options(*whole())
    ).one_or_none()
    if ticket is None:
        raise NotFound(_("This ticket no longer exists."))
    if ticket.revision != revision and ticket.status != TicketStatus.VOID:
        raise NotFound(_("This ticket was replaced by a newer one or passed on to someone else: this code is dead."))
    return ticket


def of_buyer(tickets: Iterable[Ticket]) -> list[Ticket]:
    """Those that were not passed on: of the others the buyer sees no code."""
    return [ticket for ticket in tickets if ticket.holder_email is None]


def posters(tickets: list[Ticket]) -> dict[int, EventImage]:
    """The first picture of each event, by event id."""
    images = db.session.scalars(
        sa.select(EventImage)
        .where(EventImage.event_id.in_({ticket.event_id for ticket in tickets}))
        .order_by(EventImage.position.desc())
    )
    return {image.event_id: image for image in images}
