"""Money that bought nothing goes back once, in full, and we know when it has arrived."""

import pytest
import sqlalchemy as sa

from carneau.core import outbox
from carneau.core.db import db, transaction
from carneau.inventory import holds
from carneau.payments import refunds
from carneau.payments.models import Payment, Refund, RefundStatus
from carneau.purchases.models import PaymentStatus, Purchase
from tests.buying import Buyer, deliver, only, settle
from tests.making import make_ticket_type

SLOW_TO_GO_BACK = "4000 0000 0000 7726"


@pytest.fixture
def late(app, simulator):
    """A session paid when its places had been lost, and others hold them; its webhook has come."""

    def pay(card="4242 4242 4242 4242"):
        kind = make_ticket_type(total_quantity=4)
        session_id = Buyer(app).begin(kind, 2)
        simulator.pay(session_id, card)
        with transaction():
            holds.release_purchase(only_id())
        Buyer(app).take(kind, 3)
        settle(app, simulator)
        return session_id

    return pay


def at_stripe(simulator):
    return simulator.world.store.page([("kind = ?", "refund")], 10)


def test_refund_asked_for_twice_is_made_once(late, simulator, invariants_hold):
    late()
    with transaction():
        db.session.execute(sa.update(Refund).values(status=RefundStatus.REQUESTED, stripe_refund_id=None))

    refunds.send(only(Refund).id)

    assert only(Refund).stripe_refund_id == at_stripe(simulator)[0]["id"]
    assert len(at_stripe(simulator)) == 1
    invariants_hold()


def test_refund_is_closed_when_it_has_arrived(app, late, simulator, invariants_hold):
    late(SLOW_TO_GO_BACK)
    assert (only(Refund).status, only(Purchase).payment_status) == (RefundStatus.PENDING, PaymentStatus.EXPIRED)
    invariants_hold()

    simulator.settle_refund(only(Refund).stripe_refund_id)
    settle(app, simulator)

    assert (only(Refund).status, only(Purchase).payment_status) == (RefundStatus.SUCCEEDED, PaymentStatus.REFUNDED)
    assert only(Purchase).refunded_minor == 4800
    invariants_hold()


def test_news_of_a_refund_before_our_own_commit_is_kept(app, late, simulator, invariants_hold):
    late(SLOW_TO_GO_BACK)
    simulator.settle_refund(only(Refund).stripe_refund_id)
    with transaction():
        db.session.execute(sa.update(Refund).values(status=RefundStatus.REQUESTED, stripe_refund_id=None))

    settle(app, simulator)
    refunds.send(only(Refund).id)

    assert only(Refund).status is RefundStatus.SUCCEEDED
    assert len(at_stripe(simulator)) == 1
    invariants_hold()


def test_refund_that_failed_is_flagged_and_not_taken_for_done(app, late, simulator):
    late(SLOW_TO_GO_BACK)
    simulator.settle_refund(only(Refund).stripe_refund_id, succeeded=False)

    settle(app, simulator)

    assert only(Refund).status is RefundStatus.FAILED
    assert only(Payment).flagged == "refund failed"
    assert only(Purchase).payment_status is PaymentStatus.EXPIRED


def test_refund_made_by_hand_before_ours_counts(app, simulator, invariants_hold):
    kind = make_ticket_type(total_quantity=2)
    session_id = Buyer(app).begin(kind, 2)
    simulator.pay(session_id)
    with transaction():
        holds.release_purchase(only_id())
    Buyer(app).take(kind, 2)
    simulator.refund(simulator.charge_of(session_id))

    deliver(app, simulator)
    outbox.drain()

    assert only(Refund).status is RefundStatus.SUCCEEDED
    assert only(Purchase).payment_status is PaymentStatus.REFUNDED
    assert len(at_stripe(simulator)) == 1
    invariants_hold()


def only_id():
    return db.session.scalars(sa.select(Purchase.id)).one()
