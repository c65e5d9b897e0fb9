from carneau.core import audit, crash, queue
from carneau.core.db import db, transaction
from carneau.core.outbox import job
from carneau.payments import gateway, queries
from carneau.payments.models import Payment, Refund, RefundStatus
from carneau.purchases import status
from carneau.purchases.models import PaymentStatus

TRIES = 60
DONE_BEFORE = "charge_already_refunded"
CHARGED_BACK = "charge_disputed"
ANSWERS = {
    "succeeded": RefundStatus.SUCCEEDED,
    "failed": RefundStatus.FAILED,
    "canceled": RefundStatus.FAILED,
}


def request(payment: Payment, amount_minor: int, reason: str) -> Refund:
    """A debt of ours: the row and the job that asks Stripe are committed together."""
    refund = Refund(
        organisation_id=payment.organisation_id,
        payment_id=payment.id,
        purchase_id=payment.purchase_id,
        amount_minor=amount_minor,
        reason=reason,
    )
    db.session.add(refund)
    db.session.flush()
    audit.record(refund, "requested", reason=reason, amount_minor=amount_minor)
    queue.enqueue_after_commit(send, refund.id, key=f"refund:{refund.id}")
    return refund


@job("payments.send_refund", tries=TRIES)
def send(refund_id: int) -> None:
    """Asked of Stripe with the same key on every try, so that a lost answer does not refund twice."""
    with transaction():
        refund = db.session.get_one(Refund, refund_id)
        if refund.status is not RefundStatus.REQUESTED:
            return
        payment = queries.by_id(refund.payment_id)
        key = f"refund-{payment.purchase.ref}-{refund.id}"
        intent_id, amount_minor, payment_id = str(payment.stripe_payment_intent_id), refund.amount_minor, payment.id
    stripe_refund_id, answer = _ask(intent_id, amount_minor, key)
    crash.point("after_refund")
    with transaction():
        locked = queries.get_locked(payment_id)
        refund = db.session.get_one(Refund, refund_id, populate_existing=True)
        _stamp(refund, locked, stripe_refund_id, answer)


def _ask(intent_id: str, amount_minor: int, key: str) -> tuple[str | None, RefundStatus]:
    try:
        stripe_refund_id, answer = gateway.refund(intent_id, amount_minor, key)
    except gateway.Declined as error:
        if error.code not in (DONE_BEFORE, CHARGED_BACK):
            raise
        return None, RefundStatus.SUCCEEDED if error.code == DONE_BEFORE else RefundStatus.FAILED
    return stripe_refund_id, ANSWERS.get(answer, RefundStatus.PENDING)


def _stamp(refund: Refund, payment: Payment, stripe_refund_id: str | None, answer: RefundStatus) -> None:
    if refund.status is not RefundStatus.REQUESTED:
        return
    refund.stripe_refund_id, refund.status = stripe_refund_id, answer
    audit.record(refund, answer)
    if answer is RefundStatus.SUCCEEDED and payment.sent_back:
        note_sent_back(payment)


def note_sent_back(payment: Payment) -> str:
    """All of a payment that bought nothing is with its buyer again. Where another one bought the places, or no
    purchase is left to close, that changes no state."""
    purchase = payment.purchase
    if purchase.payment_status not in (PaymentStatus.EXPIRED, PaymentStatus.CANCELLED, PaymentStatus.FAILED):
        return "known"
    purchase.refunded_minor = purchase.total_minor
    status.change(purchase, PaymentStatus.REFUNDED, payment=payment.id, reason=payment.sent_back)
    return "refunded"
