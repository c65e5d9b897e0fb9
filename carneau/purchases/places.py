"""The places of a purchase, from kept to sold, free, or back in the cart. The caller holds the purchase's row lock;
then, everywhere in this order: the cart's, the holds', the ticket types'."""

import sqlalchemy as sa

from carneau.cart.models import Cart
from carneau.catalogue.models import Event
from carneau.core import codes
from carneau.core.db import db
from carneau.inventory import holds
from carneau.purchases.models import Purchase, PurchaseLine

FREE_CART = sa.text(
    """WITH freed AS (UPDATE carts SET purchase_ref = NULL WHERE id = :cart_id AND purchase_ref = :ref)
       SELECT EXISTS (SELECT FROM purchase_lines l JOIN events e ON e.id = l.event_id
                       WHERE l.purchase_id = :purchase_id AND e.status = 'cancelled')"""
)


def sell(purchase: Purchase) -> str | None:
    """The places that were kept for it; those whose hold is gone are taken anew if they are free. All, or none: then
    the word for why not."""
    if _free_cart(purchase):
        return "event_cancelled"
    sold = holds.sell(purchase.id)
    for line in _in_order(purchase):
        missing = line.quantity - sold.get(line.ticket_type_id, 0)
        if missing and not holds.sell_free(line.ticket_type_id, missing):
            _give_back(sold)
            return "too_late"
        sold[line.ticket_type_id] = line.quantity
    return None


def give_back_sold(purchase: Purchase) -> None:
    _give_back({line.ticket_type_id: line.quantity - line.refunded_quantity for line in purchase.lines})


def set_aside(purchase: Purchase) -> None:
    """A bank may think for days: the cart goes on with the purchase, and the visitor's next choice opens another."""
    db.session.execute(
        sa.update(Cart)
        .where(Cart.id == purchase.cart_id, Cart.purchase_ref == purchase.ref)
        .values(visitor_digest=codes.digest(codes.secret()))
    )


def release(purchase: Purchase) -> None:
    _free_cart(purchase)
    holds.release_purchase(purchase.id)


def hand_back(purchase: Purchase) -> None:
    """To the cart they came from, for as long as its events let a cart hold places."""
    events = [line.event_id for line in purchase.lines]
    minutes = db.session.scalar(sa.select(sa.func.min(Event.hold_minutes)).where(Event.id.in_(events)))
    _free_cart(purchase)
    holds.hand_back(purchase.id, minutes or 15)


def _in_order(purchase: Purchase) -> list[PurchaseLine]:
    return sorted(purchase.lines, key=lambda line: line.ticket_type_id)


def _give_back(quantities: dict[int, int]) -> None:
    for ticket_type_id, quantity in sorted(quantities.items()):
        holds.give_back(ticket_type_id, quantity)


def _free_cart(purchase: Purchase) -> bool:
    """Says, in the same round trip, whether an event of it was cancelled meanwhile."""
    values = {"cart_id": purchase.cart_id, "ref": purchase.ref, "purchase_id": purchase.id}
    return bool(db.session.scalar(FREE_CART, values))
