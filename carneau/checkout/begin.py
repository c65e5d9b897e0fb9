"""From the buyer's details to the address of Stripe's page, with the network between the transactions."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from carneau.cart import queries as carts
from carneau.checkout import paths
from carneau.core.db import transaction
from carneau.payments import ending, errands, gateway, settling, starting
from carneau.payments.models import OnExpiry
from carneau.purchases import placing
from carneau.purchases import queries as purchases
from carneau.purchases.models import PaymentStatus, Purchase


class NotStarted(Exception):
    """Stripe gave us no page to pay on. The purchase and its places are kept as they were."""

    def __init__(self, ref: str, is_declined: bool) -> None:
        super().__init__(ref)
        self.ref = ref
        self.is_declined = is_declined


@dataclass(frozen=True)
class Placed:
    """`errand` only for a purchase made just now; one from an earlier click is taken up under its own row lock."""

    ref: str
    purchase_id: int
    status: PaymentStatus
    errand: errands.Errand | None
    has_other_details: bool = False


@dataclass(frozen=True)
class Begun:
    ref: str
    address: str


def begin(visitor_secret: str | None, name: str, email: str, shown: str = "") -> str:
    """The address to go to next."""
    return start(visitor_secret, name, email, shown).address


def start(visitor_secret: str | None, name: str, email: str, shown: str = "") -> Begun:
    """Details that differ from those of a payment already begun make a new purchase, for the tickets go where the buyer
    says last; the old session is expired first."""
    placed = _place(visitor_secret, name, email, shown)
    if placed.has_other_details:
        end(placed.purchase_id, placed.ref, OnExpiry.HAND_BACK)
        placed = _place(visitor_secret, name, email, shown)
    if placed.errand is None:
        return Begun(placed.ref, begin_again(placed.purchase_id, placed.ref))
    with told_as_not_started(placed.ref):
        return Begun(placed.ref, starting.run(placed.errand).url or paths.success(placed.ref))


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
    except gateway.Unreachable as error:
        raise NotStarted(ref, is_declined=False) from error
    except (gateway.Declined, errands.NoSession) as error:
        raise NotStarted(ref, is_declined=True) from error


def _place(visitor_secret: str | None, name: str, email: str, shown: str) -> Placed:
    with transaction():
        cart, waiting = placing.cart_to_buy(visitor_secret, email)
        contents = carts.contents_of(cart)
        if earlier := placing.find_placed(cart, contents):
            is_open = earlier.payment_status is PaymentStatus.PENDING
            differs = is_open and (earlier.buyer_name, earlier.email) != (name, email)
            return Placed(earlier.ref, earlier.id, earlier.payment_status, None, differs)
        placing.require_as_shown(contents, shown)
        purchase = placing.place(contents, name, email, waiting)
        if purchase.total_minor:
            errand = starting.first(purchase)
            return Placed(purchase.ref, purchase.id, purchase.payment_status, errand)
        settling.settle_free(purchase)
        return Placed(purchase.ref, purchase.id, purchase.payment_status, None)


def _status_of(ref: str) -> PaymentStatus:
    with transaction():
        purchase: Purchase = purchases.by_ref(ref)
        return purchase.payment_status
