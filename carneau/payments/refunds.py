from carneau.core import audit, crash, queue
from carneau.core.db import db, transaction
from carneau.core.outbox import job
from carneau.fulfilment import fulfil
from carneau.payments import flagging, gateway, queries, sessions
from carneau.payments.models import Payment, Refund, RefundStatus
from carneau.purchases import status
from carneau.purchases.models import PaymentStatus

TRIES = 60
FAILED = "refund failed"
NOT_REFUNDABLE = {"charge_already_refunded": "succeeded", "charge_disputed": "failed"}
ANSWERS = {
    "succeeded": RefundStatus.SUCCEEDED,
    "failed": RefundStatus.FAILED,
    "canceled": RefundStatus.FAILED,
}
IN_ORDER = (RefundStatus.REQUESTED, RefundStatus.PENDING, RefundStatus.SUCCEEDED, RefundStatus.FAILED)


def request(payment: Payment, amount_minor: int, reason: str, actor: str = "system") -> Refund:
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
    audit.record(refund, "requested", actor, reason=reason, amount_minor=amount_minor)
    queue.enqueue_after_commit(send, refund.id, key=f"refund:{refund.id}")
    return refund


@job("payments.send_refund", tries=TRIES)
def send(refund_id: int) -> None:
    """Asked of Stripe with the same key on every try, so that a lost answer does not refund twice."""
    with transaction():
        refund = db.session.get_one(Refund, refund_id)
        if refund.status is not RefundStatus.REQUESTED:
            return
        payment = queries.of_refund(refund)
        metadata = sessions.origin(payment, payment.purchase) | {"refund": str(refund.id)}
        key = f"refund-{payment.purchase.ref}-{refund.id}"
        intent_id, amount_minor, payment_id = str(payment.stripe_payment_intent_id), refund.amount_minor, payment.id
    stripe_refund_id, answer = _ask(intent_id, amount_minor, metadata, key)
    crash.point("after_refund")
    with transaction():
        locked = queries.get_locked(payment_id)
        note(db.session.get_one(Refund, refund_id, populate_existing=True), locked, stripe_refund_id, answer)


def _ask(intent_id: str, amount_minor: int, metadata: dict[str, str], key: str) -> tuple[str | None, str]:
    try:
        made = gateway.refund(intent_id, amount_minor, metadata, key)
    except gateway.Declined as error:
        if error.code is None:
            return None, "failed"
        if error.code not in NOT_REFUNDABLE:
            raise
        return None, NOT_REFUNDABLE[error.code]
    return made.stripe_refund_id, made.status


def note(refund: Refund, payment: Payment, stripe_refund_id: str | None, said: str) -> str:
    """A refund only ever moves forward, so that old news changes nothing. The caller holds the payment's lock."""
    answer = ANSWERS.get(said, RefundStatus.PENDING)
    refund.stripe_refund_id = stripe_refund_id or refund.stripe_refund_id
    if IN_ORDER.index(answer) <= IN_ORDER.index(refund.status):
        return "known"
    refund.status = answer
    audit.record(refund, answer)
    if answer is RefundStatus.FAILED:
        _flag(refund, payment)
    elif not payment.sent_back:
        fulfil.notify(payment.purchase, "refunded", occasion=f"refund:{refund.id}")
    elif answer is RefundStatus.SUCCEEDED:
        _close(payment)
    return f"refund {answer}"


def _flag(refund: Refund, payment: Payment) -> None:
    """The money is with us again, and a person must find another way; the tickets stay void."""
    flagging.flag(payment, FAILED)
    if refund.stripe_refund_id and payment.said_refunded_minor:
        payment.said_refunded_minor = max(0, payment.said_refunded_minor - refund.amount_minor)
    if not payment.sent_back:
        payment.purchase.refunded_minor -= refund.amount_minor


def _close(payment: Payment) -> None:
    """All of a payment that bought nothing is with its buyer again. Where another payment bought the places, that
    changes no state."""
    purchase = payment.purchase
    if purchase.payment_status not in (PaymentStatus.EXPIRED, PaymentStatus.CANCELLED, PaymentStatus.FAILED):
        return
    purchase.refunded_minor = purchase.total_minor
    status.change(purchase, PaymentStatus.REFUNDED, payment=payment.id, reason=payment.sent_back)
