"""Giving up a purchase that could still be paid. Never are its places let go before Stripe has said that nobody can pay
the session any more; where Stripe does not answer, everything is kept."""

from carneau.core.db import transaction
from carneau.payments import gateway, queries, settling
from carneau.payments.errands import MISSING, Errand, NoSession, create_or_find
from carneau.payments.models import OnExpiry, Payment, SessionStatus
from carneau.purchases import queries as purchases
from carneau.purchases.models import PaymentStatus
from carneau.purchases.status import UNSETTLED


def end(purchase_id: int, wish: OnExpiry) -> None:
    """What the buyer asked for. Afterwards the purchase says what became of it: it may have been paid meanwhile.
    Raises gateway.Unreachable, with the wish noted for when Stripe answers again."""
    with transaction():
        purchase = purchases.locked(purchase_id)
        if purchase.payment_status is not PaymentStatus.PENDING:
            return
        payment = queries.find_live(purchase)
        if payment is None:
            settling.close(purchase, wish, "buyer")
            return
        payment.on_expiry = wish
        errand = Errand.of(payment, purchase)
    _expire(errand, "buyer")


def end_overdue(payment_id: int) -> None:
    with transaction():
        payment = queries.get_locked(payment_id)
        if payment.session_status not in queries.LIVE:
            return
        errand = Errand.of(payment, payment.purchase)
    _expire(errand, "clock")


def close_unpayable(purchase_id: int) -> None:
    """A purchase past its time for which Stripe never had a session."""
    with transaction():
        purchase = purchases.locked(purchase_id)
        if purchase.payment_status is PaymentStatus.PENDING and queries.find_live(purchase) is None:
            settling.close(purchase, None, "clock")


def free_flagged(payment_id: int, actor: str) -> None:
    """For who has looked at a payment that was not what we asked for: Stripe took it, so its page is closed, and nobody
    can pay these places any more. The caller opens the transaction."""
    payment = queries.get_locked(payment_id)
    if is_kept_by(payment):
        payment.session_status = SessionStatus.COMPLETE
        settling.close(payment.purchase, None, actor)


def is_kept_by(payment: Payment) -> bool:
    """A flagged payment keeps the places of its purchase until a person lets them go."""
    is_taken = payment.said_paid_minor is not None and payment.paid_at is None
    return payment.flagged is not None and is_taken and payment.purchase.payment_status in UNSETTLED


def _expire(errand: Errand, actor: str) -> None:
    """An attempt whose session we do not know is asked for again with its own key: that gives us the session to
    expire, or the certainty that there is none."""
    try:
        facts = gateway.expire_session(errand.session_id or create_or_find(errand).session_id)
    except (NoSession, gateway.Declined) as error:
        if isinstance(error, gateway.Declined) and error.code != MISSING:
            raise
        with transaction():
            settling.lapse(queries.get_locked(errand.payment_id), actor)
        return
    if facts.status == "open":
        raise gateway.Unreachable("the session is still open")
    with transaction():
        settling.settle_session(facts, actor)
