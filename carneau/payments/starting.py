"""From a placed purchase to Stripe's page. One transaction notes the attempt, the network comes after it, another one
keeps the session. Whoever dies in between, or asks twice, gets the same session by the same idempotency key."""

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.dialects.postgresql import insert

from carneau.core.db import db, transaction
from carneau.core.errors import Conflict
from carneau.payments import gateway, queries
from carneau.payments.errands import Errand, NoSession, create_or_find, retrieve
from carneau.payments.facts import SessionFacts
from carneau.payments.models import Payment, SessionStatus
from carneau.payments.settling import settle_session
from carneau.purchases import queries as purchases
from carneau.purchases.models import PaymentStatus, Purchase
from carneau.purchases.placing import payable_until

MOST_ATTEMPTS = 5


class TooManyAttempts(Conflict):
    pass


def first(purchase: Purchase) -> Errand:
    """For a purchase that this transaction has placed."""
    return Errand.of(_attempt(purchase), purchase)


def prepare(purchase: Purchase) -> Errand:
    """The live attempt at paying, or a new one with a new time. The caller holds the purchase's row lock."""
    earlier = queries.of_purchase(purchase)
    payment = next((each for each in earlier if each.session_status in queries.LIVE), None)
    if payment is None:
        if len(earlier) >= MOST_ATTEMPTS:
            raise TooManyAttempts(
                _("We could not start this payment several times. Please give your places back and choose again.")
            )
        payment = _attempt(purchase)
        purchase.expires_at = payment.expires_at
    payment.on_expiry = None
    return Errand.of(payment, purchase)


def _attempt(purchase: Purchase) -> Payment:
    new = insert(Payment).values(
        organisation_id=purchase.organisation_id,
        purchase_id=purchase.id,
        amount_minor=purchase.total_minor,
        currency=purchase.currency,
        livemode=gateway.takes_real_money(),
        expires_at=payable_until(),
    )
    return db.session.scalars(new.returning(Payment)).one()


def run(errand: Errand) -> SessionFacts:
    """Asks Stripe. Raises gateway.Unreachable (nothing is known, and everything is kept) or NoSession."""
    try:
        facts = retrieve(errand.session_id) if errand.session_id else create_or_find(errand)
    except NoSession:
        with transaction():
            never_was(errand.payment_id)
        raise
    with transaction():
        _keep(errand.payment_id, facts)
    return facts


def _keep(payment_id: int, facts: SessionFacts) -> None:
    if facts.status != "open":
        settle_session(facts, "buyer")
        return
    db.session.execute(
        sa.update(Payment)
        .where(Payment.id == payment_id, Payment.session_status == SessionStatus.STARTING)
        .values(stripe_session_id=facts.session_id, session_status=SessionStatus.OPEN)
    )


def never_was(payment_id: int) -> None:
    """Stripe has no session for this attempt. The purchase stays pending, its places kept."""
    db.session.execute(
        sa.update(Payment)
        .where(Payment.id == payment_id, Payment.session_status.in_(queries.LIVE))
        .values(session_status=SessionStatus.EXPIRED)
    )


def again(purchase_id: int) -> SessionFacts | None:
    """The same open session once more; None if the purchase is not to be paid (any more). An attempt that never
    reached Stripe may have grown too old for it: then there is a new one."""
    errand = _prepare_again(purchase_id)
    if errand is None:
        return None
    try:
        return run(errand)
    except NoSession:
        renewed = _prepare_again(purchase_id)
        return run(renewed) if renewed else None


def _prepare_again(purchase_id: int) -> Errand | None:
    with transaction():
        purchase = purchases.locked(purchase_id)
        return prepare(purchase) if purchase.payment_status is PaymentStatus.PENDING else None
