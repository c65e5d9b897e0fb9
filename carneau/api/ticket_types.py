from typing import Annotated

import sqlalchemy as sa
from flask_babel import gettext as _
from msgspec import Meta

from carneau.api.guards import with_token
from carneau.api.operations import ApiBlueprint
from carneau.api.reading import Input, Line, Text
from carneau.catalogue import facts, publishing
from carneau.catalogue.facts import TicketTypeFacts
from carneau.catalogue.models import Event
from carneau.core.db import db, transaction
from carneau.core.errors import Invalid, NotFound
from carneau.integrations import resources, showing
from carneau.integrations.resources import Moment
from carneau.integrations.scopes import Scope
from carneau.integrations.tokens import Bearer

bp = ApiBlueprint("api_ticket_types", __name__)
PerOrder = Annotated[int, Meta(ge=1, le=100)]


class Price(Input):
    """Integer minor units; the currency is the event's."""

    minor: Annotated[int, Meta(ge=0, le=facts.DEAREST_MINOR)]
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")]


class NewTicketType(Input):
    event_id: Annotated[Line, Meta(description="The id of an event of this organisation")]
    name: Annotated[Line, Meta(min_length=1)]
    price: Price
    total_quantity: Annotated[int, Meta(ge=0, le=facts.MOST_PLACES)]
    description: Text = ""
    on_sale_from: Moment | None = None
    on_sale_until: Moment | None = None
    min_per_order: PerOrder = 1
    max_per_order: PerOrder = 10
    is_hidden: bool = False

    def facts(self) -> TicketTypeFacts:
        return {
            "name": self.name.strip(),
            "price_minor": self.price.minor,
            "total_quantity": self.total_quantity,
            "description": self.description,
            "on_sale_from": self.on_sale_from,
            "on_sale_until": self.on_sale_until,
            "min_per_order": self.min_per_order,
            "max_per_order": self.max_per_order,
            "is_hidden": self.is_hidden,
        }


@bp.operation(
    "/api/ticketTypes",
    method="POST",
    summary="A new ticket type",
    access=with_token(Scope.EVENTS_WRITE),
    body=NewTicketType,
    status=201,
    answer=resources.OwnTicketType,
    refusals={404: "This organisation has no event of this id."},
)
def create(token: Bearer, body: NewTicketType) -> resources.OwnTicketType:
    """Below the types that the event has. Sent again within a minute it makes no second one; a name that another type
    of the event has is refused."""
    with transaction():
        event = _event(token.organisation_id, body.event_id)
        _require_currency(event, body.price.currency)
        kind = publishing.add_once(event, token.actor, **body.facts())
        return showing.own_ticket_type(event, kind)


def _event(organisation_id: int, event_id: str) -> Event:
    mine = (Event.organisation_id == organisation_id, Event.slug == event_id)
    event = db.session.scalar(sa.select(Event).where(*mine))
    if event is None:
        raise NotFound(_("There is no such event in this organisation."))
    return event


def _require_currency(event: Event, currency: str) -> None:
    if currency != event.currency:
        sentence = _("The prices of this event are in %(currency)s.", currency=event.currency)
        raise Invalid(sentence, errors={"price/currency": [sentence]})
