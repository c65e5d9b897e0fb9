"""Why a claim did not go through."""

from dataclasses import dataclass

from carneau.core.db import db
from carneau.inventory import availability
from carneau.inventory.availability import Availability
from carneau.inventory.refusals import BeingPaid, CartFull, SoldOut
from carneau.inventory.statements import CART_SHARE

MOST_PER_CART = 50


@dataclass(frozen=True, slots=True)
class Room:
    """Of a ticket type, as one cart sees it: `own` are its live places of this type, `beside` those of its others."""

    places: Availability
    own: int
    beside: int
    is_paid: bool

    def fits(self, quantity: int) -> bool:
        return not self.is_paid and self._is_within_cart(quantity) and self.own + self.places.remaining >= quantity

    def refusal(self, quantity: int) -> BeingPaid | CartFull | SoldOut:
        if self.is_paid:
            return BeingPaid()
        if not self._is_within_cart(quantity):
            return CartFull(MOST_PER_CART)
        return SoldOut(self.places, self.own, quantity)

    def _is_within_cart(self, quantity: int) -> bool:
        return self.beside + quantity <= MOST_PER_CART


def of(ticket_type_id: int, cart_id: int | None) -> Room:
    places = availability.of([ticket_type_id], apart_from=cart_id)[ticket_type_id]
    share = db.session.execute(CART_SHARE, {"ticket_type_id": ticket_type_id, "cart_id": cart_id}).one()
    return Room(places, share.own, share.beside, share.is_paid)
