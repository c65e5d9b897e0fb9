"""A refund that failed is sent again once, and never more of it than Stripe still has."""

import pytest
import sqlalchemy as sa

from carneau.catalogue.models import TicketType
from carneau.core.db import db, transaction
from carneau.payments import flagging, refunding, trying_again
from carneau.payments.models import Payment, PaymentFlag, Refund
from carneau.payments.refunding import Decision
from carneau.purchases import queries as purchases
from carneau.purchases.models import PaymentStatus, Purchase
from tests.buying import Buyer, only, settle
from tests.making import make_event, make_ticket_type
from tests.visiting import make_user

SLOW_TO_GO_BACK = "4000 0000 0000 7726"


@pytest.fixture
def failed(app, simulator, database):
    """A refund of everything (72.00) that came back; `elsewhere` was given back in the dashboard before."""

    def fail(elsewhere=0, amount_minor=None):
        session_id = Buyer(app).begin(make_ticket_type(make_event()), 3)
        simulator.pay(session_id, SLOW_TO_GO_BACK)
        settle(app, simulator)
        charge = simulator.charge_of(session_id)
        if elsewhere:
            simulator.refund(charge, elsewhere)
        _give_back(amount_minor)
        settle(app, simulator)
        if only(Refund).stripe_refund_id:
            simulator.settle_refund(only(Refund).stripe_refund_id, succeeded=False)
            settle(app, simulator)
        return charge

    return fail


def _give_back(amount_minor):
    with transaction():
        shown, event_id = only(Purchase), db.session.scalar(sa.select(TicketType.event_id))
        purchase = purchases.locked_of(shown.organisation_id, event_id, shown.ref)
        decision = Decision("user:1", True)
        if amount_minor:
            refunding.by_amount(purchase, amount_minor, decision)
        else:
            refunding.in_full(purchase, decision)


@pytest.fixture
def user(database):
    return make_user()


def flag():
    db.session.rollback()
    return db.session.scalars(sa.select(PaymentFlag).order_by(PaymentFlag.id.desc()).limit(1)).one()


def again(user, row=None):
    row = row or flag()
    with transaction():
        errand = trying_again.prepare(row.organisation_id, row.ref)
    said = trying_again.ask(errand)
    with transaction():
        return trying_again.send(errand, said, user)


def at_stripe(simulator, charge):
    return simulator.world.load("charge", charge, "charge")["amount_refunded"]


def test_all_of_it_is_sent_again(app, simulator, failed, user, invariants_hold):
    charge = failed()

    sent = again(user)
    settle(app, simulator)

    assert (sent, at_stripe(simulator, charge)) == (7200, 7200)
    assert (only(Purchase).refunded_minor, only(Purchase).payment_status) == (7200, PaymentStatus.REFUNDED)
    assert flag().closed_at is not None
    invariants_hold()


def test_beside_a_refund_of_the_dashboard_only_the_rest_is_sent(app, simulator, failed, user, invariants_hold):
    charge = failed(elsewhere=1000)

    sent = again(user)
    settle(app, simulator)

    assert (sent, at_stripe(simulator, charge)) == (6200, 7200)
    assert only(Purchase).refunded_minor == 7200
    invariants_hold()


def test_what_went_back_by_hand_is_not_sent_again(simulator, failed, user, invariants_hold):
    charge = failed()
    simulator.refund(charge)

    assert again(user) == 0
    assert (at_stripe(simulator, charge), only(Purchase).refunded_minor) == (7200, 7200)
    assert flag().note
    invariants_hold()


def test_an_amount_that_failed_is_sent_again_and_no_more(app, simulator, failed, user, invariants_hold):
    charge = failed(amount_minor=1500)

    assert again(user) == 1500
    settle(app, simulator)

    assert (at_stripe(simulator, charge), only(Purchase).refunded_minor) == (1500, 1500)
    assert only(Purchase).payment_status is PaymentStatus.PARTIALLY_REFUNDED
    invariants_hold()


def test_refund_that_fails_again_stands_on_the_list_again(app, simulator, failed, user):
    failed()
    again(user)
    settle(app, simulator)
    newest = db.session.scalars(sa.select(Refund.stripe_refund_id).order_by(Refund.id.desc()).limit(1)).one()

    simulator.settle_refund(newest, succeeded=False)
    settle(app, simulator)

    assert db.session.scalar(sa.select(sa.func.count()).where(PaymentFlag.closed_at.is_(None))) == 1
    assert again(user) == 7200


def test_second_of_two_presses_sends_nothing(simulator, failed, user):
    failed()
    row = flag()
    with transaction():
        errand = trying_again.prepare(row.organisation_id, row.ref)
    said = trying_again.ask(errand)
    again(user)

    with pytest.raises(flagging.LookedAtMeanwhile), transaction():
        trying_again.send(errand, said, user)

    assert db.session.scalar(sa.select(sa.func.count()).select_from(Refund)) == 2


def test_stripe_that_does_not_answer_changes_nothing(simulator, failed, user):
    failed()
    simulator.switches.api_failure, simulator.switches.api_failure_probability = "500", 1.0

    with pytest.raises(trying_again.NoAnswer):
        again(user)

    assert flag().closed_at is None
    assert only(Payment).flagged == "refund failed"
