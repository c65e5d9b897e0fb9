"""How many places those may hold together who come from one network, or buy under one address. Nobody who buys for
friends meets a cap; whoever takes a hall's places away to sell them again does."""

import hashlib
import hmac
from functools import lru_cache
from ipaddress import ip_network

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import aliased

from carneau.cart.models import Cart
from carneau.core import settings
from carneau.core.errors import Conflict
from carneau.inventory.models import Hold

DOMAIN = b"carneau network of a cart\x00"


class NetworkFull(Conflict):
    def __init__(self) -> None:
        super().__init__(
            _(
                "Very many places are in carts of your network right now, so no more can be held there. Buy from"
                " another connection, as your phone's, or come back in a few minutes."
            )
        )


def digest_of(network: str) -> bytes | None:
    """None where nothing is counted: with no cap, and for what is not on the public net, which is a proxy of our own or
    a test, and stands for all its visitors. Keyed, for there are few enough addresses to try them all."""
    ours = settings.current()
    return _digest(network, ours.secret_key) if ours.places_per_network else None


@lru_cache(maxsize=4096)
def _digest(network: str, key: str) -> bytes | None:
    try:
        is_public = ip_network(network).network_address.is_global
    except ValueError:
        return None
    return hmac.new(key.encode(), DOMAIN + network.encode(), hashlib.sha256).digest() if is_public else None


def beside() -> sa.ScalarSelect[int]:
    """How many places the other carts of this cart's network hold; part of the statement that opens it. Cart by cart,
    as in `inventory.statements.TAKE_FIRST`, and for the same reason."""
    other, live = aliased(Cart), sa.or_(Hold.purchase_id.is_not(None), Hold.expires_at > sa.func.now())
    counted = sa.func.sum(Hold.quantity).filter(Hold.released_at.is_(None), live)
    of_one = sa.select(counted.label("places")).where(Hold.cart_id == other.id).lateral()
    places = sa.select(sa.func.coalesce(sa.func.sum(of_one.c.places), 0)).select_from(other).join(of_one, sa.true())
    mine = (
        other.network_digest == sa.bindparam("network_digest"),
        other.visitor_digest != sa.bindparam("visitor_digest"),
    )
    return places.where(*mine).scalar_subquery()


def require_room(places_beside: int) -> None:
    """Counted, not locked: of many at the same moment a few more may slip in, and nothing is lost by that."""
    most = settings.current().places_per_network
    if most and places_beside >= most:
        raise NetworkFull
