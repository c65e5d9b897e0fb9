"""What Stripe says of a payment beside what we know of it, and the payments that a person must look at."""

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.dialects.postgresql import insert

from carneau.accounts.models import User
from carneau.core import audit, clock, codes
from carneau.core.db import db
from carneau.core.errors import Conflict
from carneau.payments.facts import ChargeFacts
from carneau.payments.models import Payment, PaymentFlag


class LookedAtMeanwhile(Conflict):
    def __init__(self) -> None:
        super().__init__(_("Somebody has looked at this payment in the meantime. Nothing more was done."))


def note_paid(payment: Payment, amount_minor: int, currency: str) -> None:
    payment.said_paid_minor, payment.said_currency = amount_minor, currency
    payment.said_at = clock.now()


def note_refunded(payment: Payment, charge: ChargeFacts) -> None:
    """Events come in any order, and each counts all refunds before it: the largest is the newest."""
    note_paid(payment, charge.amount_minor, charge.currency)
    payment.said_refunded_minor = max(charge.refunded_minor, payment.said_refunded_minor or 0)


def flag_once(payment: Payment, reason: str) -> str:
    """Whoever has looked at it is not asked again when the same news come once more."""
    if payment.flagged != reason:
        flag(payment, reason)
    return f"flagged: {reason}"


def flag(payment: Payment, reason: str) -> None:
    """For a person to look at; nothing is fulfilled. The caller holds the payment's lock."""
    payment.flagged = reason
    row = insert(PaymentFlag).values(
        organisation_id=payment.organisation_id, ref=codes.reference(), payment_id=payment.id, reason=reason
    )
    if db.session.scalar(row.on_conflict_do_nothing().returning(PaymentFlag.id)) is not None:
        audit.record(payment, "flagged", "stripe", reason=reason)


def close(flag_id: int, user: User, note: str) -> None:
    closed = (
        sa.update(PaymentFlag)
        .where(PaymentFlag.id == flag_id, PaymentFlag.closed_at.is_(None))
        .values(closed_at=sa.func.now(), closed_by=user.id, note=note)
    )
    flag = db.session.scalar(closed.returning(PaymentFlag))
    if flag is None:
        raise LookedAtMeanwhile
    payment = db.session.get_one(Payment, flag.payment_id)
    audit.record(payment, "looked_at", user.actor, reason=flag.reason)
