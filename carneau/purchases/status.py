from carneau.core import audit
from carneau.core.errors import Conflict
from carneau.purchases.models import PaymentStatus as S
from carneau.purchases.models import Purchase

# Money can arrive after we gave up on it: the last three lines are such a payment delivered late, or sent back.
TRANSITIONS: dict[S, frozenset[S]] = {
    S.PENDING: frozenset({S.PROCESSING, S.SUCCEEDED, S.FAILED, S.EXPIRED, S.CANCELLED}),
    S.PROCESSING: frozenset({S.SUCCEEDED, S.FAILED, S.EXPIRED}),
    S.SUCCEEDED: frozenset({S.PARTIALLY_REFUNDED, S.REFUNDED}),
    S.PARTIALLY_REFUNDED: frozenset({S.PARTIALLY_REFUNDED, S.REFUNDED}),
    S.REFUNDED: frozenset(),
    S.FAILED: frozenset({S.SUCCEEDED, S.REFUNDED}),
    S.EXPIRED: frozenset({S.SUCCEEDED, S.REFUNDED}),
    S.CANCELLED: frozenset({S.SUCCEEDED, S.REFUNDED}),
}
UNSETTLED = (S.PENDING, S.PROCESSING)
FULFILLED = (S.SUCCEEDED, S.PARTIALLY_REFUNDED)


class IllegalTransition(Conflict):
    """A bug of the caller, or a world that is not as Stripe describes it: nothing is changed."""


def change(purchase: Purchase, to: S, actor: str = "system", **facts: object) -> None:
    """The caller holds the purchase's row lock."""
    was = purchase.payment_status
    if to not in TRANSITIONS[was]:
        raise IllegalTransition(f"A purchase that is {was} cannot become {to}.")
    purchase.payment_status = to
    audit.record(purchase, to, actor, was=was, **facts)
