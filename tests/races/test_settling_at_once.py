"""Several tell us of one payment at the same moment: one settles it. Beside each race stands a control that settles
without the row lock, and must break what the race proves."""

import threading

import pytest
import sqlalchemy as sa

from carneau.core.db import db, transaction
from carneau.ops import invariants
from carneau.payments import jobs, looking, settling
from carneau.payments.models import Payment, StripeEvent
from carneau.purchases.models import PaymentStatus, Purchase
from carneau.tickets.models import Ticket
from tests.buying import Buyer, deliver
from tests.making import make_ticket_type

TURNS = 3


@pytest.fixture
def kind(app, simulator):
    """Thirty places, some of them held and some being paid by others."""
    kind = make_ticket_type(total_quantity=30)
    Buyer(app).take(kind, 3)
    Buyer(app).begin(kind, 4)
    return kind


def paid_session(app, simulator, kind):
    session_id = Buyer(app).begin(kind, 2)
    simulator.pay(session_id)
    return session_id


def is_settled_once(session_id):
    db.session.rollback()
    with transaction():
        paid = sa.select(Purchase).join(Payment).where(Payment.stripe_session_id == session_id)
        purchase = db.session.scalars(paid).one()
        tickets = db.session.scalars(sa.select(Ticket.id).where(Ticket.purchase_id == purchase.id)).all()
        return purchase.payment_status is PaymentStatus.SUCCEEDED and len(tickets) == 2


def event_id_of(session_id):
    with transaction():
        kept = sa.select(StripeEvent.id).where(StripeEvent.payload["id"].astext == session_id)
        return db.session.scalars(kept).one()


@pytest.mark.parametrize("turn", range(TURNS))
def test_webhook_twice_at_once(app, simulator, kind, in_parallel, invariants_hold, turn):
    session_id = paid_session(app, simulator, kind)

    answers = in_parallel(4, lambda: deliver(app, simulator, "checkout.session.completed"))
    assert {answer.status_code for each in answers for answer in each} == {200}
    event_id = event_id_of(session_id)
    outcomes = in_parallel(6, lambda: jobs.settle_event(event_id))

    assert outcomes == [None] * 6
    assert is_settled_once(session_id)
    invariants_hold()


@pytest.mark.parametrize("turn", range(TURNS))
def test_webhook_against_success_page(app, simulator, kind, in_parallel, invariants_hold, turn):
    buyer = Buyer(app)
    session_id = buyer.begin(kind, 2)
    simulator.pay(session_id)
    deliver(app, simulator, "checkout.session.completed")
    event_id = event_id_of(session_id)
    acts = [lambda: jobs.settle_event(event_id), lambda: buyer.come_back(session_id).status_code] * 2

    outcomes = in_parallel(4, lambda number: acts[number]())

    assert outcomes == [None, 200] * 2
    assert is_settled_once(session_id)
    invariants_hold()


def test_control_without_the_lock_the_places_are_sold_twice(app, simulator, kind, in_parallel):
    session_id = paid_session(app, simulator, kind)
    gate = threading.Barrier(2)

    def settle_what_was_read_before() -> None:
        with transaction():
            payment = (
                db.session.scalars(
                    sa.select(Payment)
                    .where(Payment.stripe_session_id == session_id)
                    .options(sa.orm.joinedload(Payment.purchase).joinedload(Purchase.lines))
                )
                .unique()
                .one()
            )
            gate.wait(timeout=10)
            settling._receive(payment, "control")

    in_parallel(2, settle_what_was_read_before)

    assert "I2 sold equals the paid lines" in invariants.violations()


def test_control_a_lock_on_the_purchase_alone_shows_the_payment_as_it_was(app, simulator, kind, in_parallel):
    """Why both rows are locked: after waiting, PostgreSQL reads again only the rows that the lock names."""
    session_id = paid_session(app, simulator, kind)
    has_lock, may_wait = threading.Event(), threading.Event()
    seen = []

    def first() -> None:
        with transaction():
            seen.append(locked_purchase_only(session_id).paid_at)
            has_lock.set()
            may_wait.wait(timeout=10)
            db.session.execute(sa.text("SELECT pg_sleep(0.3)"))
            db.session.execute(sa.update(Payment).values(paid_at=sa.func.now()))

    def second() -> None:
        has_lock.wait(timeout=10)
        may_wait.set()
        with transaction():
            seen.append(locked_purchase_only(session_id).paid_at)

    acts = [first, second]
    assert in_parallel(2, lambda number: acts[number]()) == [None, None]

    assert seen == [None, None]


def locked_purchase_only(session_id):
    return db.session.scalars(
        sa.select(Payment)
        .join(Purchase, Purchase.id == Payment.purchase_id)
        .where(Payment.stripe_session_id == session_id)
        .with_for_update(of=Purchase)
    ).one()


def test_looks_at_stripe_are_shared_by_all_who_wait(app, simulator, kind, in_parallel):
    session_id = Buyer(app).begin(kind, 2)

    def claim() -> bool:
        with transaction():
            payment = db.session.scalars(sa.select(Payment).where(Payment.stripe_session_id == session_id)).one()
            return looking.may_look(payment)

    assert sorted(in_parallel(6, claim)) == [False] * 5 + [True]
