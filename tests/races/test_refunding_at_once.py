"""Two members refund one purchase at the same moment: it goes back once. The control does without the row lock."""

import threading

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from carneau.core import outbox
from carneau.core.db import db, transaction
from carneau.ops import invariants
from carneau.payments import refunding
from carneau.payments.models import Refund
from carneau.payments.refunding import Decision
from carneau.purchases import queries as purchases
from carneau.purchases.models import Purchase
from tests.buying import Buyer, settle
from tests.making import make_ticket_type

TURNS = 3


@pytest.fixture
def purchase(app, simulator):
    """Four tickets, among others who bought and who hold."""
    kind = make_ticket_type(total_quantity=30)
    simulator.pay(Buyer(app).begin(kind, 2))
    session_id = Buyer(app).begin(kind, 4)
    simulator.pay(session_id)
    settle(app, simulator)
    Buyer(app).take(kind, 3)
    with transaction():
        purchase = db.session.scalars(sa.select(Purchase).order_by(Purchase.id.desc()).limit(1)).one()
        db.session.expunge(purchase)
    return purchase, simulator.charge_of(session_id)


def refund(verb, purchase, *wish):
    with transaction():
        verb(purchases.locked(purchase.id), *wish, Decision("user:1", True))


def at_stripe(simulator, charge):
    return simulator.world.load("charge", charge, "charge")["amount_refunded"]


@pytest.mark.parametrize("turn", range(TURNS))
def test_two_refunds_of_one_purchase_at_once(app, simulator, purchase, in_parallel, invariants_hold, turn):
    bought, charge = purchase

    outcomes = in_parallel(4, lambda: refund(refunding.in_full, bought))
    settle(app, simulator)

    assert sorted(type(each).__name__ for each in outcomes) == ["NoneType"] + ["NothingLeft"] * 3
    assert at_stripe(simulator, charge) == 9600
    invariants_hold()


@pytest.mark.parametrize("turn", range(TURNS))
def test_refunds_by_amount_at_once_stay_within_what_was_paid(
    app, simulator, purchase, in_parallel, invariants_hold, turn
):
    bought, charge = purchase

    outcomes = in_parallel(4, lambda: refund(refunding.by_amount, bought, 4000))
    settle(app, simulator)

    assert sorted(type(each).__name__ for each in outcomes) == ["NoneType"] * 2 + ["TooMuch"] * 2
    assert at_stripe(simulator, charge) == 8000
    invariants_hold()


@pytest.mark.parametrize("turn", range(TURNS))
def test_refund_asked_of_stripe_by_several_workers_is_made_once(app, simulator, purchase, in_parallel, turn):
    bought, charge = purchase
    refund(refunding.by_amount, bought, 4000)

    in_parallel(3, outbox.drain)

    assert at_stripe(simulator, charge) == 4000


def test_control_without_the_lock_more_goes_back_than_was_paid(purchase, in_parallel):
    bought, _charge = purchase
    gate = threading.Barrier(2)

    def refund_what_was_read_before() -> None:
        with transaction():
            statement = sa.select(Purchase).where(Purchase.id == bought.id).options(joinedload(Purchase.lines))
            read = db.session.scalars(statement).unique().one()
            gate.wait(timeout=10)
            refunding.by_amount(read, 6000, Decision("user:1", True))

    in_parallel(2, refund_what_was_read_before)

    assert db.session.scalar(sa.select(sa.func.sum(Refund.amount_minor))) == 12000
    assert "I6 no more goes back than was taken" in invariants.violations()
