import threading

import pytest

from carneau.core.db import transaction
from carneau.inventory import holds
from carneau.inventory.jobs import expire_holds
from tests.making import make_cart, make_ticket_type, run_out
from tests.races import naive
from tests.races.conftest import live_quantity, places, take

BUYERS = 64


@pytest.fixture
def wanted(event, neighbours):
    """Ten places are left beside seven that others hold."""
    ticket_type = make_ticket_type(event, total_quantity=17)
    neighbours(ticket_type)
    return ticket_type


def test_ten_places_go_to_ten_of_64_buyers_and_the_rest_are_told(app, wanted, in_parallel, invariants_hold):
    def buy():
        return app.test_client().post("/cart/lines", data={f"quantity-{wanted.public_id}": "1"}).status_code

    answers = in_parallel(BUYERS, buy)

    assert (answers.count(303), answers.count(409)) == (10, BUYERS - 10)
    assert live_quantity(wanted) == 17
    invariants_hold()


def test_buyers_of_several_never_get_fewer_than_they_asked_for(wanted, in_parallel, invariants_hold):
    carts = [make_cart(wanted.organisation_id) for _ in range(BUYERS)]

    outcomes = in_parallel(BUYERS, lambda n: take(carts[n], wanted, n % 3 + 1))

    given = sum(n % 3 + 1 for n, outcome in enumerate(outcomes) if not isinstance(outcome, Exception))
    assert all(isinstance(outcome, holds.SoldOut) for outcome in outcomes if isinstance(outcome, Exception))
    assert given == 10
    assert live_quantity(wanted) == 17
    invariants_hold()


def test_a_rush_while_others_change_leave_and_run_out_ends_with_true_counters(
    event, wanted, hold, in_parallel, invariants_hold
):
    leaving = [hold(wanted, 1) for _ in range(5)]
    lost = make_ticket_type(event, total_quantity=5)
    for _ in range(5):
        hold(lost, 1)
    run_out(lost.id)
    carts = [make_cart(wanted.organisation_id) for _ in range(20)]

    def act(n):
        if n < 5:
            with transaction():
                holds.release(leaving[n].id, wanted.id)
        elif n < 8:
            expire_holds()
        else:
            take(carts[n - 8], (wanted, lost)[n % 2], 1)

    in_parallel(28, act)

    for ticket_type in (wanted, lost):
        assert live_quantity(ticket_type) == places(ticket_type).total - places(ticket_type).remaining
    assert live_quantity(lost) == 5
    invariants_hold()


def test_control_64_buyers_who_look_and_then_leap_all_get_a_place(wanted, in_parallel, is_broken):
    carts = [make_cart(wanted.organisation_id) for _ in range(BUYERS)]
    all_have_looked = threading.Barrier(BUYERS)

    outcomes = in_parallel(BUYERS, lambda n: naive.take(carts[n], wanted, 1, all_have_looked.wait))

    assert outcomes == [None] * BUYERS
    assert live_quantity(wanted) == 7 + BUYERS
    assert "I2" in is_broken()
