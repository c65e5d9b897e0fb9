import pytest

from carneau.core import outbox
from carneau.payments import sweeps
from carneau.payments.models import Refund, RefundStatus
from carneau.purchases.models import PaymentStatus, Purchase
from tests.buying import Buyer, only, session_of, settle
from tests.faults.stripe_away import (
    FAILURES,
    broken,
    held,
    run_what_waits,
    says_that_stripe_does_not_answer,
    time_is_up,
    whole,
)
from tests.making import make_ticket_type


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
