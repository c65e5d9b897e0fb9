from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import gettext as _

from carneau.cart import basket
from carneau.cart import queries as carts
from carneau.cart.models import Cart
from carneau.catalogue.models import EventStatus
from carneau.core import audit, clock, codes
from carneau.core.db import db
from carneau.core.errors import Conflict
from carneau.inventory import holds
from carneau.inventory.refusals import HoldExpired
from carneau.purchases import queries
from carneau.purchases.models import PaymentStatus, Purchase, PurchaseLine
from carneau.purchases.status import FULFILLED

# Stripe lets no session expire in under 30 minutes by its own clock; the rest is for a clock that is not ours.
PAYABLE_MINUTES = 31
MOST_UNPAID_PLACES = 2 * holds.MOST_PER_CART
DOUBLE_CLICK = timedelta(minutes=2)


class NotSellable(Conflict):
    pass


class CartChanged(Conflict):
    pass


class NothingToBuy(Conflict):
    def __init__(self) -> None:
        super().__init__(_("There is nothing in your cart. If you have paid already, your tickets come by mail."))


class PriceChanged(Conflict):
    """Neither to the buyer's cost nor to the organiser's is anything charged that the buyer has not seen."""

    def __init__(self) -> None:
        super().__init__(_("The price has changed since you opened this page. Nothing was charged; look once more."))


class TooManyUnpaid(Conflict):
    """One address has begun to pay for as many places as it may."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Payments for very many places were begun with this e-mail address and not finished. Finish or"
                " cancel one first, or wait half an hour. Nothing was charged."
            )
        )


def cart_to_buy(visitor_secret: str | None, email: str) -> tuple[Cart, int]:
    """The visitor's, locked; and, in the same statement, how many places wait to be paid for under this address."""
    waiting = queries.places_unpaid(email)
    row = (
        db.session.execute(basket.locking(visitor_secret).add_columns(waiting)).one_or_none()
        if visitor_secret
        else None
    )
    if row is None:
        raise NothingToBuy
    return row[0], row[1] or 0


def find_placed(cart: Cart, contents: carts.Contents) -> Purchase | None:
    """The purchase that a second click finds: the one being paid, or the one that took the places a moment ago."""
    if cart.purchase_ref:
        return queries.by_ref(cart.purchase_ref)
    if contents.lines:
        return None
    return queries.find_latest_of_cart(cart.id, FULFILLED, clock.now() - DOUBLE_CLICK)


def place(contents: carts.Contents, buyer_name: str, email: str, waiting: int = 0) -> Purchase:
    """Freezes what the rows say now, and the cart's places become the purchase's. The cart is locked and unpaid. Who
    begins payment after payment, each of which keeps its places for half an hour, would hold a house of them."""
    _require_sellable(contents)
    if waiting + contents.count > MOST_UNPAID_PLACES:
        raise TooManyUnpaid
    cart = contents.cart
    purchase = _freeze(contents, buyer_name, email)
    db.session.add(purchase)
    db.session.flush()
    audit.record(purchase, purchase.payment_status, "buyer", total_minor=purchase.total_minor)
    kept = holds.hand_over(cart.id, purchase.id, PAYABLE_MINUTES)
    if kept != sorted((line.ticket_type_id, line.quantity) for line in purchase.lines):
        raise CartChanged(_("Your cart was changed in another window. Please look at it once more."))
    cart.purchase_ref = purchase.ref
    return purchase


def require_as_shown(contents: carts.Contents, shown: str) -> None:
    """`shown` is the total, in minor units, of the page that was sent; empty for who sent none. It decides nothing but
    whether to ask again."""
    if shown and shown != str(contents.totals.total.minor):
        raise PriceChanged


def payable_until() -> sa.ColumnElement[datetime]:
    return sa.func.now() + timedelta(minutes=PAYABLE_MINUTES)


def _require_sellable(contents: carts.Contents) -> None:
    if not contents.lines:
        raise NothingToBuy
    if len(contents.live) < len(contents.lines):
        raise HoldExpired
    for line in contents.lines:
        if line.event.status is not EventStatus.PUBLISHED or line.event.has_ended(clock.now()):
            raise NotSellable(
                _(
                    "%(event)s is cancelled or over. Nothing was charged. Take it out of your cart to buy the rest.",
                    event=line.event.title,
                )
            )


def _freeze(contents: carts.Contents, buyer_name: str, email: str) -> Purchase:
    totals = contents.totals
    return Purchase(
        organisation_id=contents.cart.organisation_id,
        ref=codes.reference(),
        cart_id=contents.cart.id,
        buyer_name=buyer_name,
        email=email,
        currency=contents.cart.currency,
        lines_minor=totals.lines.minor,
        discount_minor=0,
        fee_minor=totals.fee.minor,
        tax_minor=0,
        included_tax_minor=totals.included_tax.minor,
        total_minor=totals.total.minor,
        refunded_minor=0,
        payment_status=PaymentStatus.PENDING,
        expires_at=payable_until(),
        lines=[_freeze_line(line) for line in contents.lines],
    )


def _freeze_line(line: carts.Line) -> PurchaseLine:
    return PurchaseLine(
        organisation_id=line.ticket_type.organisation_id,
        event_id=line.ticket_type.event_id,
        ticket_type_id=line.ticket_type.id,
        event_title=line.event.title,
        ticket_type_name=line.ticket_type.name,
        quantity=line.quantity,
        refunded_quantity=0,
        unit_price_minor=line.priced.unit_price.minor,
        unit_fee_minor=line.priced.unit_fee.minor,
        included_tax_minor=line.priced.included_tax.minor,
        total_minor=line.priced.total.minor,
    )
