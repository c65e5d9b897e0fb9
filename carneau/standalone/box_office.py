"""Sales at the counter of the demo: paid, without a cart and without Stripe, through the verbs that every sale uses."""

from collections.abc import Iterator
from itertools import cycle

from carneau.cart import pricing
from carneau.cart.pricing import PricedLine
from carneau.catalogue.models import Event, TicketType
from carneau.core import audit, clock, codes
from carneau.core.db import db
from carneau.core.money import Money
from carneau.email import owing
from carneau.inventory import holds
from carneau.purchases import status
from carneau.purchases.models import PaymentStatus, Purchase, PurchaseLine
from carneau.tickets import issuing

ACTOR = "box office"
PARTIES = (2, 4, 3, 6, 2, 4, 1, 8)
FIRST_NAMES = ("Adèle", "Björn", "Chiara", "Dimitri", "Esra", "Fenna", "Goran", "Hélène", "Ivo", "Jasmin", "Kofi")
LAST_NAMES = ("Aubertin", "Brandvik", "Castelmur", "Dragan", "Eriksen", "Fontana", "Grivel", "Holub", "Jaquet")


def sell_places(event: Event, ticket_type: TicketType, places: int) -> None:
    """Exactly `places`, to parties of the sizes that people come in."""
    for number, party in enumerate(_parties(places, ticket_type.max_per_order), ticket_type.id):
        name = f"{FIRST_NAMES[number % len(FIRST_NAMES)]} {LAST_NAMES[number % len(LAST_NAMES)]}"
        sell(event, ticket_type, party, name, f"guest-{number}@visitors.example")


def sell(event: Event, ticket_type: TicketType, quantity: int, name: str, email: str) -> Purchase:
    """The ticket is handed over at the counter, so its confirmation counts as delivered."""
    if not holds.sell_free(ticket_type.id, quantity):
        raise ValueError(f"{event.slug}: {ticket_type.name} has no {quantity} places left to sell")
    purchase = _place(event, ticket_type, quantity, name, email)
    audit.record(purchase, PaymentStatus.PENDING, ACTOR, total_minor=purchase.total_minor)
    status.change(purchase, PaymentStatus.SUCCEEDED, ACTOR)
    issuing.issue(purchase)
    mail_id = owing.owe(purchase, "confirmation", purchase.email)
    if mail_id is not None:
        owing.note_sent(mail_id)
    return purchase


def _parties(places: int, largest: int) -> Iterator[int]:
    for party in cycle(PARTIES):
        if places <= 0:
            return
        party = min(party, largest, places)
        yield party
        places -= party


def _place(event: Event, ticket_type: TicketType, quantity: int, name: str, email: str) -> Purchase:
    fee = Money(event.booking_fee_minor, event.currency)
    priced = pricing.price_line(ticket_type.price, fee, event.tax_basis_points, quantity)
    now = clock.now()
    purchase = Purchase(
        organisation_id=event.organisation_id,
        ref=codes.reference(),
        buyer_name=name,
        email=email,
        currency=event.currency,
        lines_minor=priced.price.minor,
        fee_minor=priced.fee.minor,
        included_tax_minor=priced.included_tax.minor,
        total_minor=priced.total.minor,
        payment_status=PaymentStatus.PENDING,
        expires_at=now,
        paid_at=now,
        lines=[_line(event, ticket_type, priced)],
    )
    db.session.add(purchase)
    db.session.flush()
    return purchase


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
