import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload
from sqlalchemy.sql.elements import ColumnElement

from carneau.core.db import db
from carneau.core.errors import NotFound
from carneau.payments.facts import Origin, RefundFacts, SessionFacts
from carneau.payments.models import Payment, Refund, SessionStatus
from carneau.purchases.models import Purchase

LIVE = (SessionStatus.STARTING, SessionStatus.OPEN)


def find_locked(*where: ColumnElement[bool]) -> Payment | None:
    """With its purchase and lines, as they are now; both rows are ours until our transaction ends. A lock on the
    purchase alone would show us the payment as it was before we waited."""
    return (
        db.session.scalars(
            sa.select(Payment)
            .join(Purchase, Purchase.id == Payment.purchase_id)
            .where(*where)
            .options(contains_eager(Payment.purchase), joinedload(Payment.purchase, Purchase.lines))
            .order_by(Payment.id)
            .with_for_update(of=(Purchase, Payment))
            .execution_options(populate_existing=True)
        )
        .unique()
        .first()
    )


def get_locked(payment_id: int) -> Payment:
    payment = find_locked(Payment.id == payment_id)
    if payment is None:
        raise NotFound(f"payment {payment_id}")
    return payment


def by_id(payment_id: int) -> Payment:
    return db.session.scalars(
        sa.select(Payment).where(Payment.id == payment_id).options(joinedload(Payment.purchase))
    ).one()


def of_refund(refund: Refund) -> Payment:
    """Of one that goes through Stripe, with its purchase."""
    return by_id(refund.payment_id or 0)


def kept_payment(purchase: Purchase) -> Payment:
    """The one that paid for a purchase which is fulfilled, locked. The caller holds the purchase's lock."""
    return db.session.scalars(
        sa.select(Payment)
        .where(Payment.purchase_id == purchase.id, Payment.paid_at.is_not(None), Payment.sent_back.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def refunds_of(purchase: Purchase) -> list[Refund]:
    """Oldest first."""
    return list(db.session.scalars(sa.select(Refund).where(Refund.purchase_id == purchase.id).order_by(Refund.id)))


def find_locked_for(facts: SessionFacts) -> Payment | None:
    """By what we wrote into the session ourselves, for a webhook may come before we have kept the session's id."""
    return find_locked_by(facts.origin) or find_locked(Payment.stripe_session_id == facts.session_id)


def find_locked_by(origin: Origin) -> Payment | None:
    if not (origin.payment_id and origin.purchase_ref):
        return None
    return find_locked(Payment.id == origin.payment_id, Purchase.ref == origin.purchase_ref)


def find_locked_by_intent(payment_intent_id: str | None) -> Payment | None:
    return find_locked(Payment.stripe_payment_intent_id == payment_intent_id) if payment_intent_id else None


def find_refund(payment: Payment, facts: RefundFacts) -> Refund | None:
    """By our own id that Stripe repeats, for the news may come before we have kept Stripe's."""
    ours = sa.or_(Refund.id == facts.refund_id, Refund.stripe_refund_id == facts.stripe_refund_id)
    return db.session.scalars(
        sa.select(Refund).where(Refund.payment_id == payment.id, ours).execution_options(populate_existing=True)
    ).one_or_none()


def find_live(purchase: Purchase) -> Payment | None:
    return db.session.scalars(
        sa.select(Payment).where(Payment.purchase_id == purchase.id, Payment.session_status.in_(LIVE))
    ).one_or_none()


def has_other_live(payment: Payment) -> bool:
    others = sa.exists().where(
        Payment.purchase_id == payment.purchase_id, Payment.id != payment.id, Payment.session_status.in_(LIVE)
    )
    return bool(db.session.scalar(sa.select(others)))


def of_purchase(purchase: Purchase) -> list[Payment]:
    """Oldest first."""
    return list(db.session.scalars(sa.select(Payment).where(Payment.purchase_id == purchase.id).order_by(Payment.id)))


def is_flagged(purchase: Purchase) -> bool:
    flagged = sa.exists().where(Payment.purchase_id == purchase.id, Payment.flagged.is_not(None))
    return bool(db.session.scalar(sa.select(flagged)))
