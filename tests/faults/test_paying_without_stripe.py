import pytest
import sqlalchemy as sa

from carneau.core import outbox
from carneau.core.db import db, transaction
from carneau.payments import sweeps
from carneau.payments.models import Payment, SessionStatus
from carneau.purchases.models import PaymentStatus, Purchase
from carneau.standalone.processes import wait_until
from tests.buying import only, session_of
from tests.faults.stripe_away import (
    FAILURES,
    broken,
    errors_only,
    held,
    says_that_stripe_does_not_answer,
    sessions,
    time_is_up,
    try_again,
    whole,
)


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
