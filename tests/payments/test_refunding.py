"""What an organiser gives back: never more than was paid, with the tickets that it was paid for."""

import pytest
import sqlalchemy as sa

from carneau.catalogue.models import TicketType
from carneau.core import outbox
from carneau.core.db import db, transaction
from carneau.core.errors import Conflict, Invalid, NotFound
from carneau.email.models import Mail
from carneau.payments import refunding
from carneau.payments.models import Payment, Refund, RefundStatus
from carneau.payments.refunding import Decision
from carneau.purchases import queries as purchases
from carneau.purchases.models import Channel, PaymentStatus, Purchase
from carneau.tickets import issuing
from carneau.tickets.models import Ticket
from tests.buying import Buyer, only, settle
from tests.making import make_event, make_paid_purchase, make_ticket_type
from tests.scanning import let_in

ON_SALE_AGAIN = Decision("user:1", True)
WITHDRAWN = Decision("user:1", False)
SLOW_TO_GO_BACK = "4000 0000 0000 7726"


@pytest.fixture
def kind(database):
    return make_ticket_type(make_event(booking_fee_minor=100), total_quantity=10)


@pytest.fixture
def bought(app, simulator, kind):
    """Three tickets of 24.00 and 1.00 fee each, paid through Stripe and issued."""

    def pay(card="4242 4242 4242 4242"):
        session_id = Buyer(app).begin(kind, 3)
        simulator.pay(session_id, card)
        settle(app, simulator)
        return simulator.charge_of(session_id)

    return pay


def give(verb, *arguments):
    with transaction():
        shown = only(Purchase)
        event_id = db.session.scalar(sa.select(TicketType.event_id))
        return verb(purchases.locked_of(shown.organisation_id, event_id, shown.ref), *arguments)


def line_id():
    with transaction():
        return purchases.by_ref(only(Purchase).ref).lines[0].id


def states():
    db.session.rollback()
    return sorted(db.session.scalars(sa.select(Ticket.status)).all())


def stock():
    kind = only(TicketType)
    return kind.total_quantity, kind.sold_quantity


def at_stripe(simulator, charge):
    return simulator.world.load("charge", charge, "charge")["amount_refunded"]


def test_whole_purchase_goes_back_and_its_places_are_on_sale_again(app, simulator, bought, invariants_hold):
    charge = bought()

    give(refunding.in_full, ON_SALE_AGAIN)
    invariants_hold()
    settle(app, simulator)

    purchase = only(Purchase)
    assert (purchase.payment_status, purchase.refunded_minor) == (PaymentStatus.REFUNDED, 7500)
    assert (only(Refund).status, at_stripe(simulator, charge)) == (RefundStatus.SUCCEEDED, 7500)
    assert (states(), stock()) == (["void"] * 3, (10, 0))
    assert db.session.scalars(sa.select(Mail.kind).order_by(Mail.id)).all() == ["confirmation", "refunded"]
    invariants_hold()


def test_places_that_are_not_wished_back_are_not_sold_again(bought, invariants_hold):
    bought()

    give(refunding.in_full, WITHDRAWN)

    assert stock() == (7, 0)
    invariants_hold()


def test_two_tickets_of_a_line_go_back_with_their_fee(app, simulator, bought, invariants_hold):
    charge = bought()

    give(refunding.by_line, {line_id(): 2}, ON_SALE_AGAIN)
    settle(app, simulator)

    purchase = only(Purchase)
    assert (purchase.payment_status, purchase.refunded_minor) == (PaymentStatus.PARTIALLY_REFUNDED, 5000)
    assert at_stripe(simulator, charge) == 5000
    assert (states(), stock()) == (["valid", "void", "void"], (10, 1))
    invariants_hold()
    give(refunding.by_line, {line_id(): 1}, ON_SALE_AGAIN)
    settle(app, simulator)
    assert only(Purchase).payment_status is PaymentStatus.REFUNDED
    assert at_stripe(simulator, charge) == 7500
    invariants_hold()


def test_amount_goes_back_and_the_tickets_stay(app, simulator, bought, invariants_hold):
    charge = bought()

    give(refunding.by_amount, 700, ON_SALE_AGAIN)
    settle(app, simulator)

    assert (only(Purchase).payment_status, at_stripe(simulator, charge)) == (PaymentStatus.PARTIALLY_REFUNDED, 700)
    assert (states(), stock()) == (["valid"] * 3, (10, 3))
    invariants_hold()


def test_last_of_the_money_takes_the_tickets_with_it(bought, invariants_hold):
    bought()
    give(refunding.by_amount, 700, ON_SALE_AGAIN)

    give(refunding.by_amount, 6800, ON_SALE_AGAIN)

    assert (only(Purchase).payment_status, states()) == (PaymentStatus.REFUNDED, ["void"] * 3)
    invariants_hold()


@pytest.mark.parametrize(
    ("verb", "wish", "refusal"),
    [
        (refunding.by_amount, 7501, refunding.TooMuch),
        (refunding.by_amount, 0, Invalid),
        (refunding.by_amount, -5, Invalid),
        (refunding.by_line, 4, Conflict),
        (refunding.by_line, 0, Invalid),
    ],
)
def test_refund_that_cannot_be_changes_nothing(bought, invariants_hold, verb, wish, refusal):
    bought()

    with pytest.raises(refusal):
        give(verb, {line_id(): wish} if verb is refunding.by_line else wish, ON_SALE_AGAIN)

    assert (only(Purchase).payment_status, states()) == (PaymentStatus.SUCCEEDED, ["valid"] * 3)
    assert db.session.scalar(sa.select(sa.func.count(Refund.id))) == 0
    invariants_hold()


def test_second_click_on_the_same_page_gives_nothing_more(bought, invariants_hold):
    bought()
    seen = Decision("user:1", True, seen="succeeded.0.0")
    give(refunding.by_line, {line_id(): 1}, seen)

    with pytest.raises(refunding.ChangedMeanwhile):
        give(refunding.by_line, {line_id(): 1}, seen)

    assert only(Purchase).refunded_minor == 2500
    invariants_hold()


def test_guest_who_was_let_in_stays_in_and_their_place_is_not_sold_again(bought, invariants_hold):
    bought()
    let_in(db.session.scalars(sa.select(Ticket).order_by(Ticket.id).limit(1)).one())

    with pytest.raises(Conflict):
        give(refunding.by_line, {line_id(): 3}, ON_SALE_AGAIN)
    give(refunding.in_full, ON_SALE_AGAIN)

    assert (states(), stock()) == (["redeemed", "void", "void"], (9, 0))
    invariants_hold()


def test_refund_that_fails_later_is_owed_again(app, simulator, bought, invariants_hold):
    charge = bought(SLOW_TO_GO_BACK)
    give(refunding.in_full, ON_SALE_AGAIN)
    settle(app, simulator)
    simulator.settle_refund(only(Refund).stripe_refund_id, succeeded=False)
    settle(app, simulator)

    assert (only(Purchase).refunded_minor, only(Payment).flagged) == (0, "refund failed")
    assert states() == ["void"] * 3
    give(refunding.in_full, ON_SALE_AGAIN)
    settle(app, simulator)

    assert (only(Purchase).refunded_minor, at_stripe(simulator, charge)) == (7500, 7500)
    invariants_hold()


def test_refund_beside_one_made_in_the_dashboard_gives_no_more_than_was_paid(app, simulator, bought):
    charge = bought()
    simulator.refund(charge, 1000)

    give(refunding.in_full, ON_SALE_AGAIN)
    outbox.drain()

    assert only(Refund).status is RefundStatus.FAILED
    assert (only(Payment).flagged, at_stripe(simulator, charge)) == ("refund failed", 1000)


def test_disputed_payment_is_not_given_back_twice(bought):
    bought()
    with transaction():
        db.session.execute(sa.update(Payment).values(disputed_at=sa.func.now()))

    with pytest.raises(refunding.Disputed):
        give(refunding.in_full, ON_SALE_AGAIN)

    assert only(Purchase).refunded_minor == 0


def test_cash_goes_back_by_hand(database, kind, invariants_hold):
    purchase = make_paid_purchase((kind, 2), channel=Channel.CASH)
    with transaction():
        db.session.execute(sa.delete(Payment))
        issuing.issue(purchases.locked(purchase.id))

    give(refunding.in_full, ON_SALE_AGAIN)

    refund = only(Refund)
    assert (refund.payment_id, refund.status, refund.amount_minor) == (None, RefundStatus.SUCCEEDED, 4800)
    assert only(Purchase).payment_status is PaymentStatus.REFUNDED


def test_purchase_of_another_organisation_or_event_is_not_there(bought):
    bought()
    ref, other = only(Purchase).ref, make_event()

    for organisation_id, event_id in [(other.organisation_id, only(TicketType).event_id), (1, other.id)]:
        with pytest.raises(NotFound), transaction():
            purchases.locked_of(organisation_id, event_id, ref)
