"""Asking Stripe about one session, because no webhook has told us."""

import sqlalchemy as sa

from carneau.core.db import rows_changed, transaction
from carneau.payments import gateway
from carneau.payments.facts import SessionFacts
from carneau.payments.models import Payment
from carneau.payments.settling import settle_session

NOT_MORE_OFTEN_SECONDS = 5


def look(session_id: str, actor: str) -> SessionFacts:
    facts = gateway.retrieve_session(session_id)
    with transaction():
        settle_session(facts, actor)
    return facts


def may_look(payment: Payment) -> bool:
    """One of all who wait for the same payment, every few seconds."""
    claim = (
        sa.update(Payment)
        .where(
            Payment.id == payment.id,
            sa.func.coalesce(Payment.looked_up_at, sa.func.to_timestamp(0))
            < sa.func.now() - sa.func.make_interval(0, 0, 0, 0, 0, 0, NOT_MORE_OFTEN_SECONDS),
        )
        .values(looked_up_at=sa.func.now())
    )
    return rows_changed(claim) > 0
