"""From the buyer's details to the address of Stripe's page, with the network between the transactions."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from carneau.cart import queries as carts
from carneau.checkout import paths
from carneau.core.db import transaction
from carneau.inventory.refusals import HoldExpired
from carneau.payments import ending, gateway, settling, starting
from carneau.payments.models import OnExpiry
from carneau.purchases import placing
from carneau.purchases import queries as purchases
from carneau.purchases.models import PaymentStatus, Purchase


class NotStarted(Exception):  # noqa: N818  named for what is true
    """Stripe gave us no page to pay on. The purchase and its places are kept as they were."""

    def __init__(self, ref: str, is_declined: bool) -> None:
        super().__init__(ref)
        self.ref = ref
        self.is_declined = is_declined


@dataclass(frozen=True)
class Placed:
    ref: str
    purchase_id: int
    status: PaymentStatus
    errand: starting.Errand | None
    has_other_details: bool


def begin(visitor_secret: str | None, name: str, email: str) -> str:
    """The address to go to next. Details that differ from those of a payment already begun make a new purchase, for
    the tickets go where the buyer says last; the old session is expired first."""
    placed = _place(visitor_secret, name, email)
    with told_as_not_started(placed.ref):
        if placed.has_other_details:
            ending.end(placed.purchase_id, OnExpiry.HAND_BACK)
            placed = _place(visitor_secret, name, email)
        if placed.errand is None:
            return paths.after(placed.ref, placed.status)
        return starting.run(placed.errand).url or paths.success(placed.ref)


def begin_again(purchase_id: int, ref: str) -> str:
    with told_as_not_started(ref):
        facts = starting.again(purchase_id)
    return (facts and facts.url) or paths.after(ref, _status_of(ref))


def end(purchase_id: int, ref: str, wish: OnExpiry) -> PaymentStatus:
    with told_as_not_started(ref):
        ending.end(purchase_id, wish)
    return _status_of(ref)


@contextmanager
def told_as_not_started(ref: str) -> Iterator[None]:
    try:
        yield
    except (gateway.Unreachable, gateway.Declined) as error:
        raise NotStarted(ref, isinstance(error, gateway.Declined)) from error


def _place(visitor_secret: str | None, name: str, email: str) -> Placed:
    with transaction():
        cart = carts.find_cart(visitor_secret)
        if cart is None:
            raise HoldExpired
        purchase = placing.place(cart, name, email)
        is_pending = purchase.payment_status is PaymentStatus.PENDING
        if is_pending and not purchase.total_minor:
            settling.settle_free(purchase)
        return Placed(
            ref=purchase.ref,
            purchase_id=purchase.id,
            status=purchase.payment_status,
            errand=starting.prepare(purchase) if is_pending and purchase.total_minor else None,
            has_other_details=is_pending and (purchase.buyer_name, purchase.email) != (name, email),
        )


def _status_of(ref: str) -> PaymentStatus:
    with transaction():
        purchase: Purchase = purchases.by_ref(ref)
        return purchase.payment_status
