"""What programs are told, in answers and webhooks alike. Times are RFC 3339 in UTC, amounts integer minor units."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from carneau.catalogue.models import EventStatus
from carneau.catalogue.wording import Standing
from carneau.purchases.models import Channel, PaymentStatus
from carneau.tickets.models import TicketStatus

Count = Annotated[int, Meta(ge=0)]
Moment = Annotated[datetime, Meta(tz=True)]


class Resource(msgspec.Struct, rename="camel"):
    pass


class Money(Resource):
    """Integer minor units (cents; whole yen) of an ISO 4217 currency."""

    minor: Annotated[int, Meta(ge=0)]
    currency: Annotated[str, Meta(min_length=3, max_length=3)]


class Organiser(Resource):
    id: str
    name: str


class Place(Resource):
    """The country is ISO 3166, two letters."""

    venue: str
    street: str
    postcode: str
    city: str
    country: str


class EventName(Resource):
    """What, when and where."""

    id: str
    url: str
    title: str
    status: EventStatus
    starts_at: Moment
    ends_at: Moment
    doors_open_at: Moment | None
    time_zone: str
    place: Place
    organisation: Organiser


class EventBrief(EventName):
    """An event as lists show it. `cheapest` is the lowest price of a ticket, booking fee included."""

    summary: str
    category: str
    cheapest: Money | None
    picture: str | None


class Availability(Resource):
    """What a buyer may be told now. `most` is what one order may ask for, 0 where nothing can be bought; `remaining` is
    said only when few are left; `back_by` is when places in other carts come back if nobody buys them."""

    standing: Standing
    sentence: str
    most: Count
    remaining: Count | None
    held: Count
    back_by: Moment | None


class TicketType(Resource):
    """`price` + `fee` = `total`: what one ticket costs the buyer."""

    id: str
    name: str
    description: str
    price: Money
    fee: Money
    total: Money
    on_sale_from: Moment | None
    on_sale_until: Moment | None
    min_per_order: Count
    max_per_order: Count
    availability: Availability


class Event(EventBrief):
    """The description is Markdown. Hidden ticket types are not among `ticket_types`."""

    description: str
    ticket_types: list[TicketType]


class OwnTicketType(Resource):
    """A ticket type for its own organisation: with its numbers, hidden or not."""

    id: str
    event_id: str
    name: str
    description: str
    price: Money
    fee: Money
    on_sale_from: Moment | None
    on_sale_until: Moment | None
    min_per_order: Count
    max_per_order: Count
    is_hidden: bool
    total_quantity: Count
    sold_quantity: Count
    held_quantity: Count


class OwnEvent(Resource):
    """An event for its own organisation, a draft too."""

    id: str
    url: str
    title: str
    status: EventStatus
    starts_at: Moment
    ends_at: Moment
    time_zone: str
    place: Place
    currency: str
    total_quantity: Count
    sold_quantity: Count
    ticket_types: list[OwnTicketType]


class Buyer(Resource):
    """Empty after the person asked to be forgotten; a sale at the counter may have no address."""

    name: str
    email: str


class PurchaseLine(Resource):
    event_id: str
    event_title: str
    ticket_type_id: str
    ticket_type_name: str
    quantity: Count
    refunded_quantity: Count
    unit_price: Money
    unit_fee: Money
    total: Money


class Purchase(Resource):
    id: str
    status: PaymentStatus
    channel: Channel
    buyer: Buyer
    lines: list[PurchaseLine]
    fee: Money
    included_tax: Money
    total: Money
    refunded: Money
    created_at: Moment
    paid_at: Moment | None


class Attendee(Resource):
    """One ticket and whose it is. Its code is not told: who has it gets in."""

    id: str
    status: TicketStatus
    event_id: str
    ticket_type_id: str
    ticket_type_name: str
    purchase_id: str
    holder_name: str
    holder_email: str
    issued_at: Moment
    admitted_at: Moment | None
    voided_at: Moment | None


class Ticket(Resource):
    """A ticket for who holds it. `url` opens it, and is null for programs: the address contains the code."""

    id: str
    status: TicketStatus
    event: EventName
    ticket_type_name: str
    holder_name: str
    url: str | None
    admitted_at: Moment | None
