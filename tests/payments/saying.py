"""Stripe's events as its webhooks bring them, about a purchase that is being paid; and running them through."""

import json
import time
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from stripe import WebhookSignature

from carneau.cart import queries as carts
from carneau.core.db import db, transaction
from carneau.payments import jobs, sessions, starting, webhook
from carneau.payments.models import Payment, StripeEvent
from carneau.payments.reversing import NotYet
from carneau.purchases import placing
from carneau.purchases import queries as purchases
from tests.buying import DETAILS, Buyer

SECRET = "whsec_simulator"
number = count(1)


@dataclass
class Session:
    """A session that Stripe holds for a payment of ours."""

    purchase_id: int
    payment_id: int
    amount: int
    currency: str
    metadata: dict[str, str]
    id: str = field(default_factory=lambda: f"cs_test_{next(number):06}")

    @property
    def intent(self) -> str:
        return self.id.replace("cs_test", "pi")

    def completed(self, paid: bool = True, **changes: Any) -> dict[str, Any]:
        return event("checkout.session.completed", self.object("complete", paid) | changes)

    def succeeded_later(self) -> dict[str, Any]:
        return event("checkout.session.async_payment_succeeded", self.object("complete", True))

    def failed_later(self) -> dict[str, Any]:
        return event("checkout.session.async_payment_failed", self.object("complete", False))

    def expired(self) -> dict[str, Any]:
        return event("checkout.session.expired", self.object("expired", False) | {"payment_intent": None})

    def refunded(self, amount: int) -> dict[str, Any]:
        charge = {
            "id": f"ch_{self.id}",
            "object": "charge",
            "amount": self.amount,
            "amount_refunded": amount,
            "refunded": amount == self.amount,
            "paid": True,
            "currency": self.currency,
            "livemode": False,
            "payment_intent": self.intent,
            "metadata": self.metadata,
        }
        return event("charge.refunded", charge)

    def disputed(self) -> dict[str, Any]:
        dispute = {
            "id": f"du_{self.id}",
            "object": "dispute",
            "amount": self.amount,
            "currency": self.currency,
            "charge": f"ch_{self.id}",
            "payment_intent": self.intent,
            "reason": "fraudulent",
            "livemode": False,
            "metadata": {},
        }
        return event("charge.dispute.created", dispute)

    def object(self, status: str, paid: bool) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": "checkout.session",
            "status": status,
            "payment_status": "paid" if paid else "unpaid",
            "amount_total": self.amount,
            "currency": self.currency,
            "livemode": False,
            "payment_intent": self.intent,
            "metadata": self.metadata,
            "url": "https://checkout.stripe.example/a-secret",
            "customer_details": {"email": DETAILS["email"]},
        }


def event(kind: str, thing: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": f"evt_{next(number):06}",
        "object": "event",
        "type": kind,
        "created": int(time.time()),
        "livemode": False,
        "data": {"object": thing},
    }


def signed(event: Any, secret: str = SECRET, at: int | None = None) -> dict[str, Any]:
    """Arguments for `client.post`."""
    body = event if isinstance(event, str) else json.dumps(event)
    header = WebhookSignature.generate_signature_header(body, secret, at)
    return {"data": body, "headers": {"Stripe-Signature": header}}


def open_session(buyer: Buyer, keeps_id: bool = True) -> Session:
    """Of what is in the buyer's cart; without `keeps_id` we have died before Stripe's answer was kept."""
    with transaction():
        contents = carts.contents_of(placing.cart_to_buy(buyer.secret, DETAILS["email"])[0])
        purchase = placing.place(contents, DETAILS["name"], DETAILS["email"])
        payment = db.session.get_one(Payment, starting.first(purchase).payment_id)
        asked = sessions.params(payment, purchase)
        session = Session(purchase.id, payment.id, payment.amount_minor, payment.currency.lower(), asked["metadata"])
        if keeps_id:
            payment.stripe_session_id = session.id
    return session


def run(*events: dict[str, Any]) -> None:
    """Each event's webhook and job; those that must wait for another one are tried again after the others."""
    waiting = [_keep(event) for event in events]
    while waiting:
        left = [event_id for event_id in waiting if not _settles(event_id)]
        assert len(left) < len(waiting), "events that wait for ever"
        waiting = left


def _keep(event: dict[str, Any]) -> int:
    with transaction():
        webhook.keep(event)
        return db.session.scalars(db.select(StripeEvent.id).where(StripeEvent.stripe_event_id == event["id"])).one()


def _settles(event_id: int) -> bool:
    try:
        jobs.settle_event(event_id)
    except NotYet:
        return False
    return True


def purchase_as_it_is(session: Session) -> Any:
    db.session.rollback()
    return purchases.locked(session.purchase_id)
