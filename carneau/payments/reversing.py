"""Money that leaves again by Stripe's own hand: a refund made in its dashboard, a dispute."""

from carneau.core import audit, clock
from carneau.fulfilment import fulfil, holders
from carneau.payments import flagging, queries, refunds
from carneau.payments.facts import ChargeFacts, DisputeFacts, RefundFacts
from carneau.purchases import places, status
from carneau.purchases.models import PaymentStatus, Purchase
from carneau.tickets import issuing


class NotYet(Exception):
    """The event builds on a payment we have not heard of so far: it is tried again later."""


def settle_refund(facts: ChargeFacts) -> str:
    """`refunded_minor` only ever grows by news, so an older snapshot of the same charge changes nothing. One that still
    counts a refund which has failed since could not be told from a newer one: then a person looks."""
    payment = queries.find_locked_by(facts.origin)
    if payment is None:
        return "foreign"
    if payment.paid_at is None:
        raise NotYet
    if (facts.amount_minor, facts.currency) != (payment.amount_minor, payment.currency):
        return flagging.flag_once(payment, "refund of another amount")
    flagging.note_refunded(payment, facts)
    if payment.sent_back or payment.flagged == refunds.FAILED:
        return "known"
    return catch_up(payment.purchase, facts.refunded_minor)


def catch_up(purchase: Purchase, refunded_minor: int) -> str:
    """All that went back, by whosoever hand. The caller holds the purchase's lock."""
    if refunded_minor <= purchase.refunded_minor:
        return "known"
    purchase.refunded_minor = refunded_minor
    if refunded_minor < purchase.total_minor:
        if purchase.payment_status in status.FULFILLED:
            status.change(purchase, PaymentStatus.PARTIALLY_REFUNDED, "stripe", refunded_minor=refunded_minor)
        fulfil.notify(purchase, "refunded", occasion=f"stripe:{purchase.id}:{refunded_minor}")
        return "partially refunded"
    if purchase.payment_status is PaymentStatus.REFUNDED:
        return "refunded"
    places.give_back_sold(purchase)
    issuing.void_all(purchase, "stripe")
    status.change(purchase, PaymentStatus.REFUNDED, "stripe", refunded_minor=refunded_minor)
    fulfil.notify(purchase, "refunded")
    holders.tell_of_void(purchase)
    return "refunded"


def settle_refund_news(facts: RefundFacts) -> str:
    """A refund may take days, and may fail after it had succeeded: then a person must find another way."""
    payment = queries.find_locked_by(facts.origin) or queries.find_locked_by_intent(facts.payment_intent_id)
    if payment is None:
        return "foreign"
    refund = queries.find_refund(payment, facts)
    if refund is not None:
        return refunds.note(refund, payment, facts.stripe_refund_id, facts.status)
    return flagging.flag_once(payment, refunds.FAILED) if facts.status == "failed" else "known"


def settle_dispute(facts: DisputeFacts) -> str:
    payment = queries.find_locked_by_intent(facts.payment_intent_id)
    if payment is None:
        raise NotYet
    if payment.disputed_at is None:
        payment.disputed_at = clock.now()
        audit.record(payment, "disputed", "stripe", amount_minor=facts.amount_minor, reason=facts.reason)
    return flagging.flag_once(payment, "disputed")
