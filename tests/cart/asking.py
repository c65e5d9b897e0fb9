"""Where a line of a cart is asked for, and how htmx asks."""

import sqlalchemy as sa

from carneau.cart.models import Cart
from carneau.core.db import db, transaction

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


def path(ticket_type, rest=""):
    return f"/cart/lines/{ticket_type.public_id}{rest}"


def carts():
    with transaction():
        return db.session.scalar(sa.select(sa.func.count(Cart.id)))
