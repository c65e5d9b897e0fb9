import pytest
import sqlalchemy as sa

from carneau.catalogue.models import Event, EventStatus, TicketType
from carneau.core import outbox
from carneau.core.audit import AuditEntry
from carneau.core.db import db, transaction
from carneau.email.models import Mail
from carneau.inventory import holds
from carneau.payments import gateway
from carneau.payments.models import Payment, Refund, RefundStatus, StripeEvent
from carneau.payments.settling import settle_session
from carneau.purchases import status
from carneau.purchases.models import PaymentStatus as S
from carneau.purchases.models import Purchase
from carneau.tickets.models import Ticket, TicketStatus
from tests.buying import Buyer, only, session_of, settle
from tests.making import make_ticket_type
from tests.payments.saying import open_session, purchase_as_it_is, run, signed
from tests.scanning import let_in


@pytest.fixture
def kind(database):
    return make_ticket_type(total_quantity=10)


@pytest.fixture
def session(app, kind):
    buyer = Buyer(app)
    buyer.take(kind, 2)
    return open_session(buyer)


def places(kind):
    db.session.rollback()
    counters = sa.select(TicketType.held_quantity, TicketType.sold_quantity).where(TicketType.id == kind.id)
    return tuple(db.session.execute(counters).one())


def status_of(session):
    return purchase_as_it_is(session).payment_status


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"amount_total": 4799}, "amount"),
        ({"amount_total": 1}, "amount"),
        ({"amount_total": None}, "amount"),
        ({"currency": "usd"}, "currency"),
        ({"livemode": True}, "livemode"),
        ({"id": "cs_test_of_another_payment"}, "session"),
    ],
)
def test_payment_that_is_not_what_we_asked_for_is_flagged_and_buys_nothing(
    session, kind, invariants_hold, told, reason
):
    run(session.completed(**told))

    assert only(Payment).flagged == reason
    assert status_of(session) is S.PENDING
    assert places(kind) == (2, 0)
    assert only(StripeEvent).outcome == f"flagged: {reason}"
    assert "flagged" in db.session.scalars(sa.select(AuditEntry.action).where(AuditEntry.subject == "payments")).all()
    invariants_hold()


@pytest.mark.parametrize("other", ["purchase", "payment", "organisation"])
def test_session_of_ours_with_anothers_metadata_is_flagged(session, kind, invariants_hold, other):
    run(session.completed(metadata=session.metadata | {other: "99"}))

    assert only(Payment).flagged == "metadata"
    assert status_of(session) is S.PENDING
    invariants_hold()


@pytest.mark.parametrize("metadata", [{}, None, {"payment": "1"}, {"payment": "9" * 40, "purchase": "K7NQ-42VD"}])
def test_session_that_another_application_sold_on_the_same_account_is_none_of_ours(session, kind, metadata):
    run(session.completed(id="cs_test_elsewhere", metadata=metadata))

    assert only(StripeEvent).outcome == "foreign"
    assert only(Payment).flagged is None
    assert status_of(session) is S.PENDING


def test_webhook_before_our_own_commit_finds_the_payment_by_what_we_wrote_into_the_session(app, kind, invariants_hold):
    buyer = Buyer(app)
    buyer.take(kind, 2)
    session = open_session(buyer, keeps_id=False)

    run(session.completed())

    assert only(Payment).stripe_session_id == session.id
    assert status_of(session) is S.SUCCEEDED
    invariants_hold()


def test_delayed_payment_keeps_its_places_while_the_bank_thinks(session, kind, invariants_hold):
    run(session.completed(paid=False))

    assert status_of(session) is S.PROCESSING
    assert places(kind) == (2, 0)
    invariants_hold()
    run(session.succeeded_later())
    assert status_of(session) is S.SUCCEEDED
    assert places(kind) == (0, 2)
    invariants_hold()


def test_delayed_payment_that_the_bank_returns_frees_the_places_and_is_told(session, kind, invariants_hold):
    run(session.completed(paid=False), session.failed_later())

    assert status_of(session) is S.FAILED
    assert places(kind) == (0, 0)
    assert only(Mail).kind == "payment_failed"
    invariants_hold()


def test_expired_session_frees_the_places(session, kind, invariants_hold):
    run(session.expired())

    assert status_of(session) is S.EXPIRED
    assert places(kind) == (0, 0)
    invariants_hold()


def test_late_payment_takes_places_again_where_there_are_some(session, kind, invariants_hold):
    run(session.expired(), session.completed())

    assert status_of(session) is S.SUCCEEDED
    assert places(kind) == (0, 2)
    invariants_hold()


def test_late_payment_goes_back_in_full_where_there_are_none(app, simulator, kind, invariants_hold):
    ada, bert = Buyer(app), Buyer(app)
    session_id = ada.begin(kind, 2)
    simulator.pay(session_id)
    give_up_without_asking_stripe(kind)
    bert.take(kind, 9)

    settle(app, simulator)

    refund = only(Refund)
    assert (refund.amount_minor, refund.status, refund.reason) == (4800, RefundStatus.SUCCEEDED, "too_late")
    assert simulator.charge_of(session_id)
    assert [event["data"]["object"]["amount_refunded"] for event in simulator.events("charge.refunded")] == [4800]
    assert only(Mail).kind == "refunded_late"
    assert places(kind) == (9, 0)
    invariants_hold()
    settle(app, simulator)
    assert only(Payment).sent_back == "too_late"
    invariants_hold()


def test_payment_for_an_event_cancelled_meanwhile_goes_back_in_full(app, simulator, kind, invariants_hold):
    ada = Buyer(app)
    session_id = ada.begin(kind, 2)
    simulator.pay(session_id)
    with transaction():
        db.session.execute(sa.update(Event).values(status=EventStatus.CANCELLED))

    page = ada.client.get(ada.come_back(session_id).location)
    settle(app, simulator)

    assert "The event was cancelled while you were paying" in page.text
    assert "All of your money goes back" in page.text
    assert (only(Refund).amount_minor, only(Refund).reason) == (4800, "event_cancelled")
    assert only(Mail).kind == "refunded_cancelled"
    assert places(kind) == (0, 0)
    invariants_hold()


def test_payment_that_comes_after_giving_the_places_back_is_not_said_never_to_have_been(app, simulator, kind):
    ada, bert = Buyer(app), Buyer(app)
    session_id = ada.begin(kind, 2)
    ref = only(Purchase).ref
    simulator.pay(session_id)
    with transaction():
        purchase = db.session.scalars(sa.select(Purchase)).one()
        holds.release_purchase(purchase.id)
        status.change(purchase, S.CANCELLED)
    bert.take(kind, 9)

    facts = gateway.retrieve_session(session_id)
    with transaction():
        assert settle_session(facts) == "sent back: too_late"

    for path in (f"/checkout/cancelled?purchase={ref}", f"/purchases/{ref}"):
        page = ada.client.get(path).text
        assert "ll of your money goes back" in page
        assert "Nothing was charged" not in page


def give_up_without_asking_stripe(kind):
    """What must never happen, and does after a restored backup: the hold is gone and the session was paid."""
    with transaction():
        payment = db.session.scalars(sa.select(Payment)).one()
        holds.release_purchase(payment.purchase_id)


def test_part_of_the_places_is_not_sold_when_the_rest_is_gone(app, invariants_hold):
    plenty = make_ticket_type(total_quantity=50)
    scarce = make_ticket_type(db.session.get_one(Event, plenty.event_id), total_quantity=2)
    ada, bert = Buyer(app), Buyer(app)
    ada.take(plenty, 3)
    ada.take(scarce, 2)
    session = open_session(ada)
    run(session.expired())
    bert.take(scarce, 1)

    run(session.completed())

    assert places(plenty) == (0, 0)
    assert places(scarce) == (1, 0)
    assert only(Payment).sent_back == "too_late"
    invariants_hold()


def test_refund_made_in_stripes_dashboard_voids_the_tickets_and_frees_the_places(session, kind, invariants_hold):
    run(session.completed(), session.refunded(session.amount))

    purchase = purchase_as_it_is(session)
    assert (purchase.payment_status, purchase.refunded_minor) == (S.REFUNDED, 4800)
    assert places(kind) == (0, 0)
    assert set(db.session.scalars(sa.select(Ticket.status))) == {TicketStatus.VOID}
    assert set(db.session.scalars(sa.select(Mail.kind))) == {"confirmation", "refunded"}
    invariants_hold()


def test_who_was_let_in_before_the_refund_stays_let_in(session, kind, invariants_hold):
    run(session.completed())
    let_in(db.session.scalars(sa.select(Ticket).limit(1)).one())

    run(session.refunded(session.amount))

    states = sorted(db.session.scalars(sa.select(Ticket.status)))
    assert states == [TicketStatus.REDEEMED, TicketStatus.VOID]
    assert status_of(session) is S.REFUNDED
    invariants_hold()


def test_refund_of_a_part_keeps_the_tickets(session, kind, invariants_hold):
    run(session.completed(), session.refunded(1000), session.refunded(2500), session.refunded(1000))

    purchase = purchase_as_it_is(session)
    assert (purchase.payment_status, purchase.refunded_minor) == (S.PARTIALLY_REFUNDED, 2500)
    assert places(kind) == (0, 2)
    assert set(db.session.scalars(sa.select(Ticket.status))) == {TicketStatus.VALID}
    invariants_hold()


def test_dispute_is_flagged_for_a_person(session, kind, invariants_hold):
    run(session.completed(), session.disputed())

    payment = only(Payment)
    assert payment.disputed_at is not None
    assert payment.flagged == "disputed"
    assert status_of(session) is S.SUCCEEDED
    invariants_hold()


def test_event_that_came_too_early_waits_in_the_outbox(app, client, session):
    client.post("/webhook", **signed(session.refunded(100)))
    assert outbox.drain() == 0
    row = db.session.scalars(sa.select(outbox.OutboxRow)).one()
    assert (row.last_error, row.done_at, row.gave_up_at) == ("NotYet", None, None)


def test_second_payment_for_one_purchase_goes_back(app, simulator, kind, invariants_hold):
    """Two sessions cannot live at once; should Stripe ever take two payments, one buys and the other returns."""
    ada = Buyer(app)
    first = ada.begin(kind)
    with transaction():
        db.session.execute(sa.update(Payment).values(session_status="expired"))
        ref = db.session.scalars(sa.select(Purchase.ref)).one()
    second = session_of(ada.client.post(f"/checkout/{ref}/payment"))
    assert second != first
    simulator.pay(first)
    simulator.pay(second)

    settle(app, simulator)

    assert sorted(payment.sent_back or "" for payment in db.session.scalars(sa.select(Payment))) == ["", "paid_twice"]
    assert only(Refund).status is RefundStatus.SUCCEEDED
    assert places(kind) == (0, 1)
    settle(app, simulator)
    invariants_hold()
