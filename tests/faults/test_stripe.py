"""Stripe is slow, broken or gone: one session at most, places kept, a page that says so, and everything goes on when it
is back."""

import pytest
import sqlalchemy as sa

from carneau.catalogue.models import TicketType
from carneau.core import outbox
from carneau.core.db import db, transaction
from carneau.payments import sweeps
from carneau.payments.models import Payment, Refund, RefundStatus, SessionStatus
from carneau.purchases.models import PaymentStatus, Purchase
from carneau.standalone.processes import wait_until
from tests.buying import Buyer, only, session_of, settle
from tests.making import make_ticket_type

SESSIONS = "SELECT count(*) FROM objects WHERE kind = 'checkout.session'"
FAILURES = ["500", "429", "html"]


@pytest.fixture
def kind(database):
    return make_ticket_type(total_quantity=5)


@pytest.fixture
def ada(app, kind):
    buyer = Buyer(app)
    buyer.take(kind, 2)
    return buyer


def broken(simulator, failure, times=99):
    simulator.switches.api_failure, simulator.switches.api_failure_count = failure, times


def whole(simulator):
    simulator.switches.api_failure, simulator.switches.api_failure_count = None, 0


def sessions(simulator):
    return simulator.world.store.rows(SESSIONS)[0][0]


def held(kind):
    with transaction():
        return db.session.get_one(TicketType, kind.id, populate_existing=True).held_quantity


def says_that_stripe_does_not_answer(page):
    return (
        page.status_code == 503
        and page.headers["Retry-After"]
        and "Stripe does not answer" in page.text
        and "Nothing was charged, and your places are kept" in page.text
        and "Your places are yours until" in page.text
    )


def try_again(buyer):
    ref = only(Purchase).ref
    return buyer.client.post(f"/checkout/{ref}/payment")


@pytest.mark.parametrize("failure", FAILURES)
def test_buyer_is_told_and_tries_again_with_one_session_in_the_end(ada, simulator, kind, invariants_hold, failure):
    broken(simulator, failure)

    assert says_that_stripe_does_not_answer(ada.check_out())
    assert says_that_stripe_does_not_answer(try_again(ada))
    assert held(kind) == 2
    invariants_hold()

    whole(simulator)
    session_id = session_of(try_again(ada))
    assert sessions(simulator) == 1
    assert (only(Payment).stripe_session_id, only(Payment).session_status) == (session_id, SessionStatus.OPEN)
    invariants_hold()


@pytest.mark.parametrize("failure", ["500", "after_effect"])
def test_one_lost_answer_is_not_even_noticed(ada, simulator, failure):
    broken(simulator, failure, times=1)

    session_of(ada.check_out())

    assert sessions(simulator) == 1


@pytest.mark.parametrize("has_session", [True, False])
def test_key_that_only_repeats_an_error_does_not_lock_the_buyer_out(ada, simulator, kind, invariants_hold, has_session):
    """Stripe answers a key for a day as it did the first time, also with a 500 that came after the effect."""
    first = session_of(ada.check_out())
    errors_only(simulator)
    if not has_session:
        simulator.world.store.rows("DELETE FROM objects WHERE kind = 'checkout.session'")
    with transaction():
        db.session.execute(sa.update(Payment).values(session_status=SessionStatus.STARTING, stripe_session_id=None))
    assert says_that_stripe_does_not_answer(try_again(ada))

    with transaction():
        db.session.execute(sa.update(Payment).values(created_at=Payment.created_at - sa.text("interval '3 minutes'")))
    again = session_of(try_again(ada))

    assert (again == first) is has_session
    assert sessions(simulator) == 1
    assert held(kind) == 2
    invariants_hold()


def errors_only(simulator):
    error = '{"error": {"type": "api_error", "message": "An unknown error occurred."}}'
    simulator.world.store.rows("UPDATE answers SET status = 500, body = ?", (error,))


def test_nobody_listens_at_stripes_address(app, ada, kind, invariants_hold):
    assert says_that_stripe_does_not_answer(ada.check_out())
    assert held(kind) == 2
    invariants_hold()


def test_request_that_lasts_too_long_is_given_up_after_ten_seconds(ada, simulator, kind):
    simulator.switches.api_sleep_seconds = 11

    assert says_that_stripe_does_not_answer(ada.check_out())

    simulator.switches.api_sleep_seconds = 0
    wait_until(lambda: sessions(simulator) == 1, 10)
    session_of(try_again(ada))
    assert sessions(simulator) == 1


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("wish", ["cancellation", "cart"])
def test_places_are_kept_while_nobody_knows_whether_the_session_can_be_paid(
    app, ada, simulator, kind, invariants_hold, failure, wish
):
    session_id = session_of(ada.check_out())
    ref = only(Purchase).ref
    broken(simulator, failure)

    answer = ada.client.post(f"/checkout/{ref}/{wish}")

    assert simulator.session(session_id)["status"] == "open"
    assert says_that_stripe_does_not_answer(answer)
    assert (held(kind), only(Purchase).payment_status) == (2, PaymentStatus.PENDING)
    invariants_hold()

    whole(simulator)
    answer = ada.client.post(f"/checkout/{ref}/{wish}")
    assert answer.status_code == 303
    assert only(Purchase).payment_status is PaymentStatus.CANCELLED
    assert held(kind) == (2 if wish == "cart" else 0)
    invariants_hold()


def test_wish_noted_while_stripe_was_away_is_fulfilled_by_whoever_hears_of_the_expiry(
    app, ada, simulator, kind, invariants_hold
):
    session_of(ada.check_out())
    ref = only(Purchase).ref
    broken(simulator, "after_effect", times=2)
    ada.client.post(f"/checkout/{ref}/cart")
    whole(simulator)

    settle(app, simulator)

    assert only(Purchase).payment_status is PaymentStatus.CANCELLED
    assert ada.client.get("/checkout").status_code == 200
    assert held(kind) == 2
    invariants_hold()


@pytest.mark.parametrize("failure", FAILURES)
def test_success_page_waits_where_stripe_does_not_answer(app, ada, simulator, invariants_hold, failure):
    session_id = session_of(ada.check_out())
    simulator.pay(session_id)
    broken(simulator, failure)

    page = ada.come_back(session_id)

    assert page.status_code == 200
    assert "We are waiting for Stripe" in page.text
    assert 'hx-trigger="every 2s"' in page.text
    assert 'http-equiv="refresh"' in page.text
    whole(simulator)
    settle(app, simulator)
    assert "Your tickets are here" in ada.come_back(session_id).text
    invariants_hold()


def test_clock_keeps_the_places_until_stripe_answers(app, ada, simulator, kind, invariants_hold):
    session_id = session_of(ada.check_out())
    time_is_up()
    broken(simulator, "500")

    sweeps.end_purchases()
    outbox.drain()
    assert (held(kind), only(Purchase).payment_status) == (2, PaymentStatus.PENDING)

    whole(simulator)
    run_what_waits()
    assert (held(kind), only(Purchase).payment_status) == (0, PaymentStatus.EXPIRED)
    assert simulator.session(session_id)["status"] == "expired"
    invariants_hold()


@pytest.mark.parametrize("reached_stripe", [True, False])
def test_attempt_that_died_before_its_session_was_kept_is_found_by_its_key(
    ada, simulator, kind, invariants_hold, reached_stripe
):
    """Stripe may have a session that we have never seen; it must be expired all the same."""
    if not reached_stripe:
        broken(simulator, "500")
    ada.check_out()
    with transaction():
        unkept = {"session_status": SessionStatus.STARTING, "stripe_session_id": None}
        db.session.execute(sa.update(Payment).values(**unkept))
    whole(simulator)
    time_is_up()

    sweeps.end_purchases()
    outbox.drain()

    assert (held(kind), only(Purchase).payment_status) == (0, PaymentStatus.EXPIRED)
    assert simulator.world.store.page([("kind = ?", "checkout.session"), ("status = ?", "open")], 10) == []
    invariants_hold()


def test_attempt_that_never_reached_stripe_and_is_too_old_for_it_now_is_made_anew(
    ada, simulator, kind, invariants_hold
):
    broken(simulator, "500")
    ada.check_out()
    whole(simulator)
    with transaction():
        older = sa.text("interval '5 minutes'")
        db.session.execute(sa.update(Payment).values(expires_at=Payment.expires_at - older))
        db.session.execute(sa.update(Purchase).values(expires_at=Purchase.expires_at - older))
    until = only(Purchase).expires_at

    session_of(try_again(ada))

    states = list(db.session.scalars(sa.select(Payment.session_status).order_by(Payment.id)))
    assert states == [SessionStatus.EXPIRED, SessionStatus.OPEN]
    assert only(Purchase).expires_at > until
    assert (sessions(simulator), held(kind)) == (1, 2)
    invariants_hold()


@pytest.mark.parametrize("button", ["payment", "cart", "cancellation"])
def test_session_that_stripe_has_never_heard_of_locks_nobody_in(ada, simulator, kind, invariants_hold, button):
    """As after a change of the Stripe account."""
    lost = session_of(ada.check_out())
    simulator.world.store.rows("DELETE FROM objects WHERE kind = 'checkout.session'")

    answer = ada.client.post(f"/checkout/{only(Purchase).ref}/{button}")

    if button == "payment":
        assert session_of(answer) != lost
    else:
        assert only(Purchase).payment_status is PaymentStatus.CANCELLED
    assert held(kind) == (0 if button == "cancellation" else 2)
    invariants_hold()


def test_payment_that_stripe_will_not_take_is_said_so_and_ends_by_the_clock(app, simulator, kind, invariants_hold):
    """Stripe takes no such sum: nothing of ours can be known to be wrong with it before."""
    dear = make_ticket_type(price_minor=99_999_999, total_quantity=100)
    ada = Buyer(app)
    ada.take(dear, 10)

    answer = ada.check_out()

    assert answer.status_code == 502
    assert "Stripe did not take this payment" in answer.text
    time_is_up()
    sweeps.end_purchases()
    assert (held(dear), only(Purchase).payment_status) == (0, PaymentStatus.EXPIRED)
    invariants_hold()


@pytest.mark.parametrize("failure", FAILURES)
def test_refund_is_asked_for_until_it_is_done_once(app, simulator, kind, invariants_hold, failure):
    from tests.payments.test_settling import give_up_without_asking_stripe  # noqa: PLC0415

    session_id = Buyer(app).begin(kind, 2)
    simulator.pay(session_id)
    give_up_without_asking_stripe(kind)
    Buyer(app).take(kind, 4)
    broken(simulator, failure)
    settle(app, simulator)
    assert only(Refund).status is RefundStatus.REQUESTED
    invariants_hold()

    whole(simulator)
    run_what_waits()

    assert only(Refund).status is RefundStatus.SUCCEEDED
    assert [event["data"]["object"]["amount_refunded"] for event in simulator.events("charge.refunded")] == [4800]
    invariants_hold()


def time_is_up():
    with transaction():
        db.session.execute(sa.update(Purchase).values(expires_at=sa.func.now() - sa.text("interval '1 second'")))


def run_what_waits():
    """As if the waiting time between tries had passed."""
    with transaction():
        db.session.execute(sa.update(outbox.OutboxRow).values(run_at=sa.func.now()))
    outbox.drain()
