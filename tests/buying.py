"""A buyer before the site, and Stripe's webhooks carried by hand, for tests that go through the whole journey."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import joinedload
from werkzeug.test import TestResponse

from carneau.cart import basket
from carneau.catalogue.models import TicketType
from carneau.core import codes, outbox
from carneau.core.db import db, transaction
from carneau.payments.models import Payment
from carneau.purchases.models import Purchase
from carneau.standalone.stripe import Simulator

DETAILS = {"name": "Ada Verhoeven", "email": "ada@buyer.example"}


@dataclass
class Buyer:
    app: Flask
    secret: str = field(default_factory=codes.secret)

    def __post_init__(self) -> None:
        self.client = self.app.test_client()
        self.client.set_cookie("cart", self.secret)

    def take(self, ticket_type: TicketType, quantity: int = 1) -> None:
        with transaction():
            kind = db.session.get_one(
                TicketType, ticket_type.id, options=[joinedload(TicketType.event)], populate_existing=True
            )
            cart = basket.open_cart(self.secret, kind)
            basket.add_line(cart, kind, quantity)

    def check_out(self, **details: str) -> TestResponse:
        return self.client.post("/checkout", data=DETAILS | details)

    def begin(self, ticket_type: TicketType, quantity: int = 1) -> str:
        """Up to Stripe's page; its session id."""
        self.take(ticket_type, quantity)
        return session_of(self.check_out())

    def come_back(self, session_id: str) -> TestResponse:
        """By the address that Stripe sends a buyer to who has paid."""
        with transaction():
            purchase = purchase_of(session_id)
            ref = purchase.ref
        return self.client.get(f"/checkout/success?purchase={ref}&session_id={session_id}")


def session_of(response: TestResponse) -> str:
    assert response.status_code == 303, response.text
    return urlsplit(response.location).path.rsplit("/", 1)[-1]


def asked(location: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def purchase_of(session_id: str) -> Purchase:
    return db.session.scalars(
        sa.select(Purchase)
        .join(Payment, Payment.purchase_id == Purchase.id)
        .where(Payment.stripe_session_id == session_id)
    ).one()


def only(model: Any) -> Any:
    """The one row of the table, as it is now."""
    db.session.rollback()
    return db.session.scalars(sa.select(model).execution_options(populate_existing=True)).one()


def deliver(app: Flask, simulator: Simulator, kind: str | None = None) -> list[TestResponse]:
    """What the test reads or does next is in a transaction that begins after them, as a worker's would."""
    client = app.test_client()
    answers = [
        client.post("/webhook", data=signed.payload, headers={"Stripe-Signature": signed.header})
        for signed in simulator.deliveries(kind)
    ]
    db.session.rollback()
    return answers


def settle(app: Flask, simulator: Simulator) -> None:
    """Every webhook there is so far, and then the jobs."""
    answers = deliver(app, simulator)
    assert {answer.status_code for answer in answers} <= {200}
    outbox.drain()
