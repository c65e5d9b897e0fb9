"""The demo's audience: invented people who bought at the counter."""

from collections.abc import Iterator
from itertools import cycle

from carneau.catalogue.models import Event, TicketType
from carneau.core import codes
from carneau.fulfilment import box_office
from carneau.fulfilment.box_office import Sale
from carneau.purchases.models import Channel, Purchase

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
    sale = Sale(Channel.CASH, name, email, ACTOR, codes.reference())
    purchase = box_office.sell(event, {ticket_type: quantity}, sale)
    box_office.hand_over(purchase)
    return purchase


def _parties(places: int, largest: int) -> Iterator[int]:
    for party in cycle(PARTIES):
        if places <= 0:
            return
        party = min(party, largest, places)
        yield party
        places -= party
