"""Places that are given up while they are being paid. Stripe decides, by expiring the session or not; the controls let
the places go first, and then a paid buyer stands without."""

import pytest
import sqlalchemy as sa

from carneau.catalogue.models import TicketType
from carneau.core import outbox
from carneau.core.db import db, transaction
from carneau.payments import ending, gateway, settling, sweeps
from carneau.payments.models import Payment
from carneau.purchases import queries as purchases
from carneau.purchases.models import PaymentStatus, Purchase
from carneau.standalone.stripe.errors import ApiProblem
from tests.buying import Buyer, deliver, purchase_of, settle
from tests.making import make_ticket_type

TURNS = 4


def pay(app, simulator, session_id):
    try:
        simulator.pay(session_id)
    except ApiProblem:
        return False
    deliver(app, simulator)
    outbox.drain()
    return True


def hungry(app, kind, quantity):
    """A neighbour who takes the places the moment they are free."""
    try:
        Buyer(app).take(kind, quantity)
    except Exception as refusal:
        return type(refusal).__name__
    return "taken"


def state(session_id):
    db.session.rollback()
    with transaction():
        purchase = purchase_of(session_id)
        sent_back = db.session.scalars(sa.select(Payment.sent_back).where(Payment.purchase_id == purchase.id)).one()
        return purchase.payment_status, sent_back


def agrees_with_stripe(simulator, session_id):
    status, sent_back = state(session_id)
    paid = simulator.session(session_id)["payment_status"] == "paid"
    ended = (PaymentStatus.CANCELLED, PaymentStatus.EXPIRED)
    return sent_back is None and (status is PaymentStatus.SUCCEEDED if paid else status in ended)


def a_full_house(app):
    """Neighbours hold all but two places."""
    kind = make_ticket_type(total_quantity=9)
    Buyer(app).take(kind, 3)
    Buyer(app).take(kind, 4)
    return kind


@pytest.mark.parametrize("turn", range(TURNS))
def test_giving_back_against_paying(app, simulator, in_parallel, invariants_hold, turn):
    kind = a_full_house(app)
    buyer = Buyer(app)
    session_id = buyer.begin(kind, 2)
    ref = ref_of(session_id)
    acts = [
        lambda: buyer.client.post(f"/checkout/{ref}/cancellation").status_code,
        lambda: pay(app, simulator, session_id),
        lambda: hungry(app, kind, 2),
    ]

    outcomes = in_parallel(3, lambda number: acts[number]())
    settle(app, simulator)

    assert outcomes[0] == 303
    assert agrees_with_stripe(simulator, session_id)
    invariants_hold()


@pytest.mark.parametrize("turn", range(TURNS))
def test_time_running_out_against_paying(app, simulator, in_parallel, invariants_hold, turn):
    kind = a_full_house(app)
    session_id = Buyer(app).begin(kind, 2)
    run_out_of_time(session_id)
    acts = [
        lambda: (sweeps.end_purchases(), outbox.drain()),
        lambda: pay(app, simulator, session_id),
        lambda: hungry(app, kind, 2),
    ]

    in_parallel(3, lambda number: acts[number]())
    settle(app, simulator)
    sweeps.end_purchases()
    outbox.drain()

    assert agrees_with_stripe(simulator, session_id)
    invariants_hold()


@pytest.mark.parametrize("turn", range(TURNS))
def test_change_of_the_cart_against_paying(app, simulator, in_parallel, invariants_hold, turn):
    kind = a_full_house(app)
    buyer = Buyer(app)
    session_id = buyer.begin(kind, 2)
    ref = ref_of(session_id)
    acts = [
        lambda: buyer.client.post(f"/checkout/{ref}/cart").status_code,
        lambda: pay(app, simulator, session_id),
    ]

    in_parallel(2, lambda number: acts[number]())
    settle(app, simulator)

    assert agrees_with_stripe(simulator, session_id)
    assert held_or_sold(kind) == 9
    invariants_hold()


def test_control_places_let_go_before_stripe_has_expired_the_session(app, simulator):
    kind = a_full_house(app)
    session_id = Buyer(app).begin(kind, 2)

    with transaction():
        settling.close(purchases.locked(purchase_of(session_id).id), None, "control")
    assert hungry(app, kind, 2) == "taken"
    assert pay(app, simulator, session_id)
    try:
        gateway.expire_session(session_id)
    finally:
        settle(app, simulator)

    assert not agrees_with_stripe(simulator, session_id)
    assert state(session_id)[1] == "too_late"


def test_the_same_moment_with_the_protection_on(app, simulator, invariants_hold):
    kind = a_full_house(app)
    session_id = Buyer(app).begin(kind, 2)

    assert hungry(app, kind, 2) == "SoldOut"
    assert pay(app, simulator, session_id)
    with transaction():
        payment_id = db.session.scalars(sa.select(Payment.id)).one()
    ending.end_overdue(payment_id)

    assert agrees_with_stripe(simulator, session_id)
    invariants_hold()


def ref_of(session_id):
    with transaction():
        return purchase_of(session_id).ref


def run_out_of_time(session_id):
    with transaction():
        purchase_id = purchase_of(session_id).id
        past = sa.func.now() - sa.text("interval '1 second'")
        db.session.execute(sa.update(Purchase).where(Purchase.id == purchase_id).values(expires_at=past))


def held_or_sold(kind):
    with transaction():
        row = db.session.get_one(TicketType, kind.id, populate_existing=True)
        return row.held_quantity + row.sold_quantity
