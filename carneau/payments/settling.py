"""A Checkout Session, settled: called alike by the webhook's job, the success page and the sweeps, in any order and any
number of times. The row lock on purchase and payment makes them take turns, and each step looks at the rows, not at
what it believes came before."""

from carneau.core import clock, crash
from carneau.core.db import db
from carneau.fulfilment import fulfil
from carneau.inventory.refusals import HoldExpired
from carneau.payments import flagging, gateway, queries, refunds
from carneau.payments.facts import SessionFacts
from carneau.payments.models import OnExpiry, Payment, SessionStatus
from carneau.purchases import places, status
from carneau.purchases.models import PaymentStatus, Purchase


def settle_session(facts: SessionFacts, actor: str = "stripe") -> str:
    """Returns in a word what it did, for the log and for whoever looks at a kept event."""
    payment = queries.find_locked_for(facts)
    if payment is None:
        return "foreign"
    if facts.is_paid:
        flagging.note_paid(payment, facts.amount_minor, facts.currency)
    if reason := _disagreement(payment, facts):
        return flagging.flag_once(payment, reason)
    payment.stripe_session_id = facts.session_id
    payment.stripe_payment_intent_id = facts.payment_intent_id or payment.stripe_payment_intent_id
    if facts.is_paid:
        return _receive(payment, actor)
    if facts.has_failed:
        return _fail(payment, actor)
    if facts.status == "complete":
        return _wait_for_bank(payment, actor)
    if facts.status == "expired":
        return lapse(payment, actor)
    return _note_open(payment)


def settle_free(purchase: Purchase) -> None:
    """Nothing to pay: from kept to sold and issued in the transaction that placed it."""
    if places.sell(purchase):
        raise HoldExpired
    _deliver(purchase, "buyer")


def _disagreement(payment: Payment, facts: SessionFacts) -> str | None:
    origin = facts.origin
    agreements = {
        "amount": facts.amount_minor == payment.amount_minor,
        "currency": facts.currency == payment.currency,
        "livemode": facts.livemode == payment.livemode == gateway.takes_real_money(),
        "metadata": (origin.payment_id, origin.purchase_ref, origin.organisation_id)
        == (payment.id, payment.purchase.ref, payment.organisation_id),
        "session": payment.stripe_session_id in (None, facts.session_id),
    }
    return next((name for name, agrees in agreements.items() if not agrees), None)


def _receive(payment: Payment, actor: str) -> str:
    if payment.paid_at is not None:
        return "known"
    payment.paid_at = clock.now()
    payment.session_status = SessionStatus.COMPLETE
    purchase = payment.purchase
    if purchase.payment_status in (*status.FULFILLED, PaymentStatus.REFUNDED):
        return _send_back(payment, "paid_twice")
    crash.point("before_selling")
    if reason := places.sell(purchase):
        return _send_back(payment, reason)
    crash.point("after_selling")
    _deliver(purchase, actor, payment=payment.id)
    return "succeeded"


def _deliver(purchase: Purchase, actor: str, **facts: object) -> None:
    with db.session.no_autoflush:
        status.change(purchase, PaymentStatus.SUCCEEDED, actor, **facts)
        purchase.paid_at = clock.now()
        fulfil.fulfil(purchase)
    crash.point("after_issuing")


def _send_back(payment: Payment, reason: str) -> str:
    """Money came and there is nothing to give for it: all of it goes back, and we say so."""
    purchase = payment.purchase
    payment.sent_back = reason
    if purchase.payment_status in status.UNSETTLED:
        places.release(purchase)
        status.change(purchase, PaymentStatus.EXPIRED, reason=reason)
    refund = refunds.request(payment, payment.amount_minor, reason)
    kind = "refunded_cancelled" if reason == "event_cancelled" else "refunded_late"
    fulfil.notify(purchase, kind, occasion=f"refund:{refund.id}")
    return f"sent back: {reason}"


def _wait_for_bank(payment: Payment, actor: str) -> str:
    """A delayed method: the places stay kept, for days if need be."""
    if payment.session_status is SessionStatus.COMPLETE:
        return "known"
    payment.session_status = SessionStatus.COMPLETE
    if payment.purchase.payment_status is PaymentStatus.PENDING:
        status.change(payment.purchase, PaymentStatus.PROCESSING, actor, payment=payment.id)
        places.set_aside(payment.purchase)
    return "processing"


def _fail(payment: Payment, actor: str) -> str:
    if payment.paid_at is not None:
        return "known"
    payment.session_status = SessionStatus.COMPLETE
    purchase = payment.purchase
    if purchase.payment_status not in status.UNSETTLED:
        return "known"
    places.release(purchase)
    status.change(purchase, PaymentStatus.FAILED, actor, payment=payment.id)
    fulfil.notify(purchase, "payment_failed")
    return "failed"


def lapse(payment: Payment, actor: str = "stripe") -> str:
    """Nobody can pay this session any more, so its places may go: where to, the buyer may have said before."""
    if payment.session_status is SessionStatus.COMPLETE:
        return "known"
    payment.session_status = SessionStatus.EXPIRED
    if payment.purchase.payment_status is not PaymentStatus.PENDING or queries.has_other_live(payment):
        return "known"
    close(payment.purchase, payment.on_expiry, actor)
    return str(payment.purchase.payment_status)


def close(purchase: Purchase, wish: OnExpiry | None, actor: str) -> None:
    """Ends a pending purchase that nobody can pay (any more)."""
    if wish is OnExpiry.HAND_BACK:
        places.hand_back(purchase)
    else:
        places.release(purchase)
    status.change(purchase, PaymentStatus.CANCELLED if wish else PaymentStatus.EXPIRED, actor)


def _note_open(payment: Payment) -> str:
    if payment.session_status is SessionStatus.STARTING:
        payment.session_status = SessionStatus.OPEN
    return "open"
