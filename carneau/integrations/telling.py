"""What a delivery says: composed when it is sent, from what is true then."""

from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from carneau.catalogue.models import Event
from carneau.core.db import db
from carneau.integrations import queries, resources, selling, showing
from carneau.integrations.models import Kind, WebhookEvent
from carneau.integrations.resources import Moment, Resource
from carneau.organisations.models import Organisation
from carneau.purchases.models import Purchase
from carneau.tickets.models import Ticket


class IssuedTickets(Resource):
    purchase_id: str
    tickets: list[resources.Attendee]


class Ping(Resource):
    """Sent by the button that tests an endpoint."""

    sentence: str


class Notice(Resource):
    """The body of a webhook. `id` is the same on every try, and `data` is as it is when it is sent; null if what it was
    about is gone since."""

    id: str
    type: Kind
    organisation_id: str
    happened_at: Moment
    data: Any


DATA: dict[Kind, type[Resource]] = {
    Kind.PURCHASE_PAID: resources.Purchase,
    Kind.PURCHASE_REFUNDED: resources.Purchase,
    Kind.TICKETS_ISSUED: IssuedTickets,
    Kind.TICKET_CHANGED: resources.Attendee,
    Kind.TICKET_VOIDED: resources.Attendee,
    Kind.TICKET_ADMITTED: resources.Attendee,
    Kind.EVENT_CHANGED: resources.OwnEvent,
    Kind.PING: Ping,
}


def body_of(event: WebhookEvent) -> bytes:
    house = db.session.get_one(Organisation, event.organisation_id)
    notice = Notice(
        id=event.ref,
        type=event.kind,
        organisation_id=house.slug,
        happened_at=showing.moment(event.created_at),
        data=_data(event),
    )
    return msgspec.json.encode(notice)


def _data(event: WebhookEvent) -> Resource | None:
    kind = DATA[event.kind]
    if kind is Ping:
        return Ping(sentence="It works.")
    if kind is resources.OwnEvent:
        return _event(event.subject_id)
    if kind is resources.Attendee:
        return next(iter(_attendees(Ticket.id == event.subject_id)), None)
    return _purchase(event)


def _event(event_id: int) -> Resource | None:
    event = db.session.get(Event, event_id, populate_existing=True)
    return showing.own_event(event, queries.types_of([event])[event.id]) if event else None


def _attendees(which: sa.ColumnElement[bool]) -> list[resources.Attendee]:
    mine = sa.select(Ticket).where(which).options(*queries.all_of_ticket()).order_by(Ticket.id)
    return [selling.attendee(ticket) for ticket in db.session.scalars(mine.execution_options(populate_existing=True))]


def _purchase(event: WebhookEvent) -> Resource | None:
    mine = sa.select(Purchase).where(Purchase.id == event.subject_id).options(selectinload(Purchase.lines))
    purchase = db.session.scalar(mine.execution_options(populate_existing=True))
    if purchase is None:
        return None
    if event.kind is Kind.TICKETS_ISSUED:
        return IssuedTickets(purchase_id=purchase.ref, tickets=_attendees(Ticket.purchase_id == purchase.id))
    return selling.purchase(purchase, *queries.names([purchase]))
