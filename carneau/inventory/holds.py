"""Places kept, sold and given back, by ids alone. Each verb is one statement (see `statements`)."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from carneau.core.db import db
from carneau.inventory import expiry, rooms
from carneau.inventory.refusals import BeingPaid, CartFull, HoldExpired, SoldOut
from carneau.inventory.rooms import MOST_PER_CART
from carneau.inventory.statements import (
    CHANGE,
    EXTEND,
    GIVE_BACK,
    HAND_BACK,
    HAND_OVER,
    RELEASE,
    RELEASE_PURCHASE,
    SELL,
    SELL_FREE,
    TAKE,
    WITHDRAW,
)

__all__ = ["MOST_PER_CART", "BeingPaid", "CartFull", "HoldExpired", "SoldOut"]


def take(cart_id: int, organisation_id: int, ticket_type_id: int, quantity: int, minutes: int) -> datetime:
    """Holds exactly `quantity` of the type for the cart, whatever it held of it before, until the returned moment:
    the end of the cart's other holds, else `minutes` from now. The commit is lazy: a crash may lose a hold, no sale.
    """
    values = {
        "cart_id": cart_id,
        "organisation_id": organisation_id,
        "ticket_type_id": ticket_type_id,
        "quantity": quantity,
        "minutes": minutes,
        "most": MOST_PER_CART,
    }
    ends_at: datetime = _claim(TAKE, values)
    return ends_at


def change(cart_id: int, ticket_type_id: int, quantity: int) -> datetime:
    """Another number of a type that the cart holds, with the same end."""
    values = {
        "cart_id": cart_id,
        "ticket_type_id": ticket_type_id,
        "quantity": quantity,
        "most": MOST_PER_CART,
    }
    try:
        ends_at: datetime = _claim(CHANGE, values)
    except SoldOut as refusal:
        if refusal.own:
            raise
        raise HoldExpired from refusal
    return ends_at


def release(cart_id: int, ticket_type_id: int) -> None:
    """The visitor's own wish, so no trace of the line stays. Not for places that are being paid."""
    db.session.execute(RELEASE, {"cart_id": cart_id, "ticket_type_id": ticket_type_id})


def release_cart(cart_id: int) -> None:
    db.session.execute(RELEASE, {"cart_id": cart_id, "ticket_type_id": None})


def extend(cart_id: int, minutes: int) -> datetime:
    """All live holds of the cart end together, `minutes` from now."""
    ends_at: list[datetime] = list(db.session.scalars(EXTEND, {"cart_id": cart_id, "minutes": minutes}))
    if not ends_at:
        raise HoldExpired
    return ends_at[0]


def hand_over(cart_id: int, purchase_id: int, minutes: int) -> list[tuple[int, int]]:
    """The cart's places become the purchase's, all of them or none; the clock does not end these."""
    values = {"cart_id": cart_id, "purchase_id": purchase_id, "minutes": minutes}
    places = [(row.ticket_type_id, row.quantity) for row in db.session.execute(HAND_OVER, values)]
    if not places:
        raise HoldExpired
    return sorted(places)


def hand_back(purchase_id: int, minutes: int) -> None:
    """The purchase was given up: its places belong to the cart again, for `minutes` from now."""
    db.session.execute(HAND_BACK, {"purchase_id": purchase_id, "minutes": minutes})


def release_purchase(purchase_id: int) -> None:
    """The purchase's places are free again; the cart's lines stay readable as lost."""
    db.session.execute(RELEASE_PURCHASE, {"purchase_id": purchase_id})


def sell(purchase_id: int) -> dict[int, int]:
    """The quantities sold by ticket type; empty if the purchase holds nothing (any more)."""
    rows = db.session.execute(SELL, {"purchase_id": purchase_id})
    return {row.id: row.quantity for row in rows}


def sell_free(ticket_type_id: int, quantity: int) -> bool:
    """Sells places that nobody holds; False, and nothing changed, if there are not that many."""
    try:
        _claim(SELL_FREE, {"ticket_type_id": ticket_type_id, "quantity": quantity})
    except SoldOut:
        return False
    return True


def give_back(ticket_type_id: int, quantity: int) -> None:
    """Sold places are free again. More than were sold is a bug of the caller: the CHECK refuses it."""
    db.session.execute(GIVE_BACK, {"ticket_type_id": ticket_type_id, "quantity": quantity})


def withdraw(ticket_type_id: int, quantity: int) -> None:
    """Sold places that are returned and not sold again: there are so many fewer of them now."""
    db.session.execute(WITHDRAW, {"ticket_type_id": ticket_type_id, "quantity": quantity})


def _claim(statement: sa.TextClause, values: dict[str, Any]) -> Any:
    """Where the counters leave no room but holds that have run out would, whoever needs the places ends those and tries
    once more, with the counters locked: nobody is refused a place that is free."""
    done = db.session.execute(statement, values).scalar()
    if done is not None:
        return done
    room = rooms.of(values["ticket_type_id"], values.get("cart_id"))
    if room.fits(values["quantity"]):
        expiry.free(values["ticket_type_id"])
        done = db.session.execute(statement, values).scalar()
    if done is None:
        raise room.refusal(values["quantity"])
    return done
