"""From a list of tickets and a buyer to the address of Stripe's page, by the same steps as the pages. An idempotency
key stands for a cart of its own: asked again, the cart is found, and with it what became of it."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from flask_babel import gettext as _

from carneau.cart import basket
from carneau.cart import guards as visitors
from carneau.cart import queries as carts
from carneau.catalogue.models import TicketType
from carneau.catalogue.queries import type_on_sale
from carneau.checkout import begin, paths
from carneau.checkout.begin import Begun
from carneau.core import codes, settings
from carneau.core.db import db, transaction
from carneau.core.errors import Conflict, Invalid, NotFound
from carneau.inventory.refusals import BeingPaid
from carneau.purchases import queries as purchases
from carneau.purchases.models import PaymentStatus, Purchase

DOMAIN = b"carneau checkout by key\x00"
EVER = datetime(2000, 1, 1, tzinfo=UTC)


class KeyUsed(Invalid):
    def __init__(self) -> None:
        super().__init__(_("This idempotency key was used for other tickets or another buyer. Please use a new one."))


class PurchaseEnded(Conflict):
    def __init__(self) -> None:
        super().__init__(_("The purchase of this idempotency key has ended unpaid. Begin again with a new key."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """`organisation_id` narrows what may be bought to one organisation's; `shown` is the total that the buyer saw."""

    lines: Sequence[tuple[str, int]]
    name: str
    email: str
    shown: str
    organisation_id: int | None


def visitor_of(who: str, key: str | None) -> str:
    """The secret of the cart that this key stands for; without a key one that nobody asks for again."""
    if key is None:
        return codes.secret()
    mac = hmac.new(settings.current().secret_key.encode(), DOMAIN + f"{who}\n{key}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(mac.digest()).decode().rstrip("=")


def run(visitor: str, wish: Wish) -> Begun:
    """Raises what the pages would say, and begin.NotStarted."""
    earlier = _hold(visitor, wish)
    if earlier is not None:
        return _again(*earlier)
    try:
        return begin.start(visitor, wish.name, wish.email, wish.shown)
    except Conflict:
        _let_go(visitor)
        raise


def _hold(visitor: str, wish: Wish) -> tuple[int, str] | None:
    """The places, in one transaction, all or none; or the purchase that this cart became before."""
    with transaction():
        if earlier := _find_earlier(visitor, wish):
            return earlier
        wishes = [(_on_sale(public_id, wish), quantity) for public_id, quantity in wish.lines]
        try:
            cart = basket.open_cart(visitor, wishes[0][0], None if wish.organisation_id else visitors.network())
        except BeingPaid:
            return _find_earlier(visitor, wish)
        if earlier := _find_earlier(visitor, wish):
            return earlier
        for outcome in basket.add_lines(cart, wishes):
            if outcome.refusal:
                raise outcome.refusal
    return None


def _on_sale(public_id: str, wish: Wish) -> TicketType:
    kind = type_on_sale(public_id)
    if wish.organisation_id not in (None, kind.organisation_id):
        raise NotFound(_("There is no such ticket type. Please choose again on the page of the event."))
    return kind


def _find_earlier(visitor: str, wish: Wish) -> tuple[int, str] | None:
    """Its number and reference. Raises KeyUsed where it is not what is asked for now."""
    cart = carts.find_cart(visitor)
    purchase = cart and purchases.find_latest_of_cart(cart.id, tuple(PaymentStatus), EVER)
    if not purchase:
        return None
    if (purchase.buyer_name, purchase.email) != (wish.name, wish.email) or _lines_of(purchase) != sorted(wish.lines):
        raise KeyUsed
    if purchase.payment_status in paths.ENDED:
        raise PurchaseEnded
    return purchase.id, purchase.ref


def _lines_of(purchase: Purchase) -> list[tuple[str, int]]:
    ids = {line.ticket_type_id: line.quantity for line in purchase.lines}
    named = sa.select(TicketType.id, TicketType.public_id).where(TicketType.id.in_(ids))
    return sorted((row.public_id, ids[row.id]) for row in db.session.execute(named))


def _again(purchase_id: int, ref: str) -> Begun:
    return Begun(ref, begin.begin_again(purchase_id, ref))


def _let_go(visitor: str) -> None:
    """Nobody else can name this cart, so what it holds would only wait for its end."""
    with suppress(BeingPaid), transaction():
        basket.empty_any(visitor)
