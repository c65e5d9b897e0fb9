"""What to ask Stripe for one attempt at paying, and how to find its session whoever asked first."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from carneau.core import clock
from carneau.payments import gateway, sessions
from carneau.payments.facts import SessionFacts
from carneau.payments.models import Payment
from carneau.purchases.models import Purchase

NO_REQUEST_LASTS_LONGER = timedelta(minutes=2)
MISSING = "resource_missing"


class NoSession(Exception):
    """Stripe has none for this attempt, and will make none: another attempt may."""


@dataclass(frozen=True)
class Errand:
    """What to ask Stripe, carried out of the transaction that wrote it down."""

    payment_id: int
    session_id: str | None
    params: dict[str, Any]
    idempotency_key: str
    begun_at: datetime

    @classmethod
    def of(cls, payment: Payment, purchase: Purchase) -> "Errand":
        return cls(
            payment_id=payment.id,
            session_id=payment.stripe_session_id,
            params=sessions.params(payment, purchase),
            idempotency_key=sessions.idempotency_key(payment, purchase),
            begun_at=payment.created_at,
        )


def retrieve(session_id: str) -> SessionFacts:
    try:
        return gateway.retrieve_session(session_id)
    except gateway.Declined as error:
        if error.code != MISSING:
            raise
        raise NoSession(error.code) from error


def create_or_find(errand: Errand) -> SessionFacts:
    """The one session of this attempt, whoever asked first. Stripe repeats to a key what it first answered, an error
    of its own included: an attempt that keeps failing is looked for among all sessions."""
    try:
        return gateway.create_session(errand.params, errand.idempotency_key)
    except gateway.Declined as error:
        raise NoSession(error.code) from error
    except gateway.Unreachable:
        if clock.now() - errand.begun_at < NO_REQUEST_LASTS_LONGER:
            raise
    found = gateway.find_session(errand.params["metadata"], errand.begun_at - NO_REQUEST_LASTS_LONGER)
    if found is None:
        raise NoSession("not found")
    return found
