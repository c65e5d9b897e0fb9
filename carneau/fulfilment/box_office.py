"""Sales without a cart and without Stripe: at the counter, on account, or as a present. The same places, the same rows,
the same tickets as any other sale; `Purchase.channel` tells them apart."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from carneau.cart import pricing
from carneau.cart.pricing import PricedLine
from carneau.catalogue.models import Event, EventStatus, TicketType
from carneau.core import audit, clock, codes
from carneau.core.db import db
from carneau.core.errors import Conflict, Invalid
from carneau.core.money import Money
from carneau.email import owing
from carneau.fulfilment import fulfil
from carneau.inventory import availability, holds
from carneau.purchases import status
from carneau.purchases.models import Channel, PaymentStatus, Purchase, PurchaseLine
from carneau.tickets import issuing

REFERENCE = re.compile(f"[{codes.ALPHABET}]{{4}}-[{codes.ALPHABET}]{{4}}")


class NotEnough(Conflict):
    """Fewer places are free; those in carts are not taken away from their buyers."""


class NotOpen(Conflict):
    """Nothing can be sold for a draft, and for what is cancelled or over."""


@dataclass(frozen=True, slots=True)
class Sale:
    """`ref` is chosen before, so that the same sale sent twice is one purchase. Without `email` the tickets are handed
    over."""

    channel: Channel
    name: str
    email: str
    actor: str
    ref: str


def sell(event: Event, wanted: Mapping[TicketType, int], sale: Sale) -> Purchase:
    """Sold, paid and issued. Types are claimed in id order, as everywhere."""
    _require_open(event)
    chosen = {each: quantity for each, quantity in sorted(wanted.items(), key=lambda item: item[0].id) if quantity > 0}
    if not chosen or not REFERENCE.fullmatch(sale.ref) or sale.channel is Channel.ONLINE:
        raise Invalid(_("Please choose at least one ticket."))
    for ticket_type, quantity in chosen.items():
        _claim(ticket_type, quantity)
    purchase = _place(event, chosen, sale)
    audit.record(purchase, PaymentStatus.PENDING, sale.actor, total_minor=purchase.total_minor, by=sale.channel)
    status.change(purchase, PaymentStatus.SUCCEEDED, sale.actor)
    issuing.issue(purchase)
    return purchase


def hand_over(purchase: Purchase) -> None:
    """The tickets are given at the counter, so their confirmation counts as delivered."""
    mail_id = owing.owe(purchase, "confirmation", purchase.email)
    if mail_id is not None:
        owing.note_sent(mail_id)


def send(purchase: Purchase) -> None:
    fulfil.notify(purchase, "confirmation")


def _require_open(event: Event) -> None:
    if event.status is EventStatus.DRAFT:
        raise NotOpen(_("Please publish the event first; until then nothing can be sold."))
    if event.status is EventStatus.CANCELLED:
        raise NotOpen(_("The event is cancelled."))
    if event.has_ended(clock.now()):
        raise NotOpen(_("The event is over."))


def _claim(ticket_type: TicketType, quantity: int) -> None:
    if not holds.sell_free(ticket_type.id, quantity):
        free = max(availability.of([ticket_type.id])[ticket_type.id].remaining, 0)
        one, more = "Only %(num)s place of %(name)s is free.", "Only %(num)s places of %(name)s are free."
        raise NotEnough(ngettext(one, more, free, name=ticket_type.name))


def _place(event: Event, chosen: Mapping[TicketType, int], sale: Sale) -> Purchase:
    priced = {each: _price(event, each, quantity, sale.channel) for each, quantity in chosen.items()}
    totals = pricing.add_up(priced.values(), event.currency)
    now = clock.now()
    purchase = Purchase(
        organisation_id=event.organisation_id,
        ref=sale.ref,
        channel=sale.channel,
        buyer_name=sale.name,
        email=sale.email,
        currency=event.currency,
        lines_minor=totals.lines.minor,
        fee_minor=totals.fee.minor,
        included_tax_minor=totals.included_tax.minor,
        total_minor=totals.total.minor,
        payment_status=PaymentStatus.PENDING,
        expires_at=now,
        paid_at=now,
        lines=[_line(event, each, line) for each, line in priced.items()],
    )
    db.session.add(purchase)
    db.session.flush()
    return purchase


def _price(event: Event, ticket_type: TicketType, quantity: int, channel: Channel) -> PricedLine:
    given_away = channel is Channel.COMPLIMENTARY
    price = Money(0, event.currency) if given_away else ticket_type.price
    fee = Money(event.booking_fee_minor, event.currency)
    return pricing.price_line(price, fee, event.tax_basis_points, quantity)


def _line(event: Event, ticket_type: TicketType, priced: PricedLine) -> PurchaseLine:
    return PurchaseLine(
        organisation_id=event.organisation_id,
        event_id=event.id,
        ticket_type_id=ticket_type.id,
        event_title=event.title,
        ticket_type_name=ticket_type.name,
        quantity=priced.quantity,
        unit_price_minor=priced.unit_price.minor,
        unit_fee_minor=priced.unit_fee.minor,
        included_tax_minor=priced.included_tax.minor,
        total_minor=priced.total.minor,
    )
