from collections.abc import Callable
from datetime import timedelta
from typing import Any

from carneau.core import clock
from carneau.core.db import db, transaction
from carneau.core.outbox import job
from carneau.payments.facts import ChargeFacts, DisputeFacts, RefundFacts, SessionFacts
from carneau.payments.models import StripeEvent
from carneau.payments.reversing import NotYet, settle_dispute, settle_refund, settle_refund_news
from carneau.payments.settling import settle_session

Payload = dict[str, Any]
PATIENCE = timedelta(hours=1)
SETTLERS: dict[str, Callable[[Payload], str]] = {
    "checkout.session.completed": lambda payload: settle_session(SessionFacts.of(payload)),
    "checkout.session.async_payment_succeeded": lambda payload: settle_session(SessionFacts.of(payload)),
    "checkout.session.async_payment_failed": lambda payload: settle_session(SessionFacts.of(payload, has_failed=True)),
    "checkout.session.expired": lambda payload: settle_session(SessionFacts.of(payload)),
    "charge.refunded": lambda payload: settle_refund(ChargeFacts.of(payload)),
    "refund.updated": lambda payload: settle_refund_news(RefundFacts.of(payload)),
    "refund.failed": lambda payload: settle_refund_news(RefundFacts.of(payload)),
    "charge.dispute.created": lambda payload: settle_dispute(DisputeFacts.of(payload)),
}
KINDS = tuple(SETTLERS)


@job("payments.settle_event", tries=20)
def settle_event(event_id: int) -> None:
    with transaction():
        event = db.session.get_one(StripeEvent, event_id)
        if event.settled_at is not None:
            return
        event.outcome = _settle(event)
        event.settled_at = clock.now()


def _settle(event: StripeEvent) -> str:
    """An event that came before the one it builds on waits for an hour; then it is none of ours."""
    try:
        return SETTLERS[event.kind](event.payload)
    except NotYet:
        if clock.now() - event.happened_at < PATIENCE:
            raise
        return "foreign"
