"""What Stripe says stands beside what we say, and Stripe is asked itself when somebody wants to know."""

import pytest
import sqlalchemy as sa

from carneau.catalogue.models import Event
from carneau.core import outbox
from carneau.core.db import db, transaction
from carneau.core.outbox import OutboxRow
from carneau.email.models import Mail
from carneau.payments import comparing, inquiring
from carneau.payments.models import Inquiry, Payment
from carneau.purchases.models import Purchase
from tests.buying import Buyer, only, settle
from tests.making import make_event, make_ticket_type
from tests.visiting import make_user


@pytest.fixture
def kind(database):
    return make_ticket_type(make_event(), total_quantity=10)


@pytest.fixture
def bought(app, simulator, kind):
    """Two tickets of 24.00; the id of the charge."""

    def pay():
        session_id = Buyer(app).begin(kind, 2)
        simulator.pay(session_id)
        settle(app, simulator)
        return simulator.charge_of(session_id)

    return pay


def compared():
    db.session.rollback()
    with transaction():
        return comparing.of_event(db.session.scalars(sa.select(Event)).one())


@pytest.fixture
def asker(database):
    user = make_user()

    def ask(drains=True):
        with transaction():
            inquiring.begin(db.session.scalars(sa.select(Event)).one(), user)
        if drains:
            outbox.drain()

    return ask


def test_what_was_paid_and_given_back_agrees(app, simulator, bought):
    charge = bought()
    bought()
    simulator.refund(charge, 1000)
    settle(app, simulator)

    found = compared()

    assert found.agrees
    sums = found.sums[0]
    assert (sums.payments, sums.paid_minor, sums.refunded_minor) == (2, 9600, 1000)
    assert (sums.said_payments, sums.said_paid_minor, sums.said_refunded_minor) == (2, 9600, 1000)


def test_part_given_back_in_the_dashboard_is_told_to_the_buyer_once(app, simulator, bought):
    charge = bought()
    simulator.refund(charge, 1000)
    settle(app, simulator)
    settle(app, simulator)

    assert db.session.scalars(sa.select(Mail.kind).order_by(Mail.id)).all() == ["confirmation", "refunded"]


def test_stripe_that_is_asked_says_what_no_event_brought(simulator, bought, asker):
    charge = bought()
    simulator.refund(charge, 1000)
    assert compared().agrees

    asker()

    found = compared()
    assert (found.inquiry.status, found.inquiry.charges) == ("answered", 1)
    assert [(each.refunded_minor, each.said_refunded_minor) for each in found.differences] == [(0, 1000)]


def test_payment_that_stripe_does_not_have_is_named(simulator, bought, asker):
    bought()
    lost = bought()
    with transaction():
        db.session.execute(sa.update(Payment).values(paid_at=sa.func.now() - sa.text("interval '1 hour'")))
        db.session.execute(sa.update(Payment).values(said_at=Payment.paid_at))
    with simulator.world.store.transaction():
        charge = simulator.world.load("charge", lost, "charge")
        simulator.world.store.put(charge | {"metadata": {}})

    asker()

    found = compared()
    assert [each.is_missing for each in found.differences] == [True]
    assert found.sums[0].said_paid_minor == 4800


def test_payment_that_only_stripe_has_is_named_with_its_charge(simulator, bought, asker):
    charge = bought()
    bought()
    with simulator.world.store.transaction():
        found = simulator.world.load("charge", charge, "charge")
        simulator.world.store.put(found | {"metadata": found["metadata"] | {"payment": "999"}})

    asker()

    assert [each["charge"] for each in only(Inquiry).unknown] == [charge]


def test_payment_of_another_amount_is_named_though_nothing_was_sold(app, simulator, kind):
    session_id = Buyer(app).begin(kind, 2)
    with transaction():
        db.session.execute(sa.update(Payment).values(amount_minor=4700))
    simulator.pay(session_id)
    settle(app, simulator)

    found = compared()

    assert [(each.paid_minor, each.said_paid_minor, each.flagged) for each in found.differences] == [
        (0, 4800, "amount")
    ]


def test_one_inquiry_at_a_time_and_a_page_that_is_read_twice_counts_once(simulator, bought, asker):
    bought()
    asker(drains=False)
    asker(drains=False)
    inquiry = only(Inquiry)

    for _again in range(2):
        inquiring.ask(inquiry.id, 0)

    assert (only(Inquiry).pages, only(Inquiry).charges) == (1, 1)


def test_stripe_that_does_not_answer_is_told_after_some_tries(simulator, bought, asker):
    bought()
    simulator.switches.api_failure, simulator.switches.api_failure_probability = "500", 1.0
    asker()
    assert only(Inquiry).status == "asking"

    with transaction():
        db.session.execute(sa.update(OutboxRow).where(OutboxRow.done_at.is_(None)).values(gave_up_at=sa.func.now()))

    assert inquiring.give_up() == 1
    assert only(Inquiry).status == "failed"


def test_event_that_nobody_paid_for_asks_nothing(kind, asker):
    with pytest.raises(inquiring.NothingPaid):
        asker()


def test_purchases_of_other_events_are_left_out(app, simulator, bought):
    bought()
    with transaction():
        db.session.execute(sa.update(Purchase).values(buyer_name="Ada"))

    other = make_event()

    with transaction():
        assert comparing.of_event(db.session.get_one(Event, other.id)).sums == []
