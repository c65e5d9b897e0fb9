"""What no webhook has brought is found all the same."""

import pytest
import sqlalchemy as sa

from carneau.catalogue.models import TicketType
from carneau.core import outbox
from carneau.core.db import db, transaction
from carneau.payments import jobs, reconciling, sweeps
from carneau.payments.models import Payment, Reconciliation, StripeEvent
from carneau.purchases.models import PaymentStatus, Purchase
from tests.buying import Buyer, deliver, only, settle
from tests.making import make_ticket_type


@pytest.fixture
def kind(database):
    return make_ticket_type(total_quantity=20)


def told(simulator):
    return len([event for event in simulator.events() if event["type"] in jobs.KINDS])


def states():
    db.session.rollback()
    return list(db.session.scalars(sa.select(Purchase.payment_status).order_by(Purchase.id)))


def test_payments_whose_webhooks_were_lost_are_settled(app, simulator, kind, invariants_hold):
    sessions = [Buyer(app).begin(kind, 2) for _ in range(3)]
    for session_id in sessions:
        simulator.pay(session_id)
    simulator.refund(simulator.charge_of(sessions[1]))

    assert reconciling.reconcile() == told(simulator)
    outbox.drain()

    assert states() == [PaymentStatus.SUCCEEDED, PaymentStatus.REFUNDED, PaymentStatus.SUCCEEDED]
    invariants_hold()


def test_webhook_that_comes_after_all_changes_nothing(app, simulator, kind, invariants_hold):
    session_id = Buyer(app).begin(kind, 2)
    simulator.pay(session_id)
    reconciling.reconcile()
    outbox.drain()

    answers = {answer.text for answer in deliver(app, simulator)}

    assert answers == {"known", "ignored"}
    assert reconciling.reconcile() == 0
    invariants_hold()


def test_list_longer_than_a_page_is_read_to_its_end(app, simulator, kind):
    session_id = Buyer(app).begin(kind, 2)
    simulator.pay(session_id)
    charge = simulator.charge_of(session_id)
    for _ in range(120):
        simulator.refund(charge, 1)

    assert reconciling.reconcile() == told(simulator) > 200


def test_next_look_begins_where_the_last_one_ended(app, simulator, kind):
    reconciling.reconcile()
    first = only(Reconciliation).read_until
    reconciling.reconcile()
    assert only(Reconciliation).read_until > first


def test_command_looks_back_as_far_as_it_is_told(app, simulator, kind, invariants_hold):
    """As after a backup was restored: the rows of the last minutes are gone, Stripe has them still."""
    session_id = Buyer(app).begin(kind, 2)
    simulator.pay(session_id)
    reconciling.reconcile()
    with transaction():
        db.session.execute(sa.delete(StripeEvent))
        db.session.execute(sa.delete(outbox.OutboxRow))

    result = app.test_cli_runner().invoke(args=["reconcile", "--hours", "2"])

    assert "1 events were missing" in result.output
    outbox.drain()
    assert states() == [PaymentStatus.SUCCEEDED]
    invariants_hold()


def test_delayed_payment_without_news_is_asked_about(app, simulator, kind, invariants_hold):
    session_id = Buyer(app).begin(kind, 2)
    simulator.pay(session_id, method="delayed")
    settle(app, simulator)
    simulator.settle_delayed(session_id, succeeded=False)
    sweeps.ask_about_delayed()
    outbox.drain()
    assert states() == [PaymentStatus.PROCESSING]
    with transaction():
        db.session.execute(sa.update(Payment).values(created_at=sa.func.now() - sa.text("interval '7 hours'")))

    sweeps.ask_about_delayed()
    outbox.drain()

    assert states() == [PaymentStatus.FAILED]
    invariants_hold()


def test_flagged_payment_keeps_its_places_for_a_person_to_decide(app, simulator, kind, invariants_hold):
    Buyer(app).begin(kind, 2)
    with transaction():
        db.session.execute(sa.update(Payment).values(flagged="amount"))
        db.session.execute(sa.update(Purchase).values(expires_at=sa.func.now() - sa.text("interval '1 hour'")))

    sweeps.end_purchases()
    outbox.drain()

    assert states() == [PaymentStatus.PENDING]
    with transaction():
        assert db.session.get_one(TicketType, kind.id, populate_existing=True).held_quantity == 2
    invariants_hold()


def test_sweeps_write_down_a_debt_once(app, simulator, kind):
    Buyer(app).begin(kind, 2)
    with transaction():
        db.session.execute(sa.update(Purchase).values(expires_at=sa.func.now() - sa.text("interval '1 hour'")))

    for _ in range(3):
        sweeps.end_purchases()
        sweeps.reconcile_later()

    jobs = db.session.scalars(sa.select(outbox.OutboxRow.job).order_by(outbox.OutboxRow.job)).all()
    assert jobs.count("payments.end_overdue") == 1
    assert jobs.count("payments.reconcile") == 1
