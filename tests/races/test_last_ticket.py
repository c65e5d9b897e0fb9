import threading

import pytest

from carneau.core.db import db, transaction
from carneau.inventory import holds
from tests.making import make_cart, make_ticket_type
from tests.races import naive
from tests.races.conftest import kinds, live_quantity, places, take


@pytest.fixture
def last(event, neighbours):
    """A type with one place left beside seven held ones."""
    ticket_type = make_ticket_type(event, total_quantity=8)
    neighbours(ticket_type)
    return ticket_type


def rivals(ticket_type, count=2):
    return [make_cart(ticket_type.organisation_id) for _ in range(count)]


def test_last_ticket_goes_to_one_buyer(last, in_parallel, invariants_hold):
    carts = rivals(last, 4)

    outcomes = in_parallel(4, lambda n: take(carts[n], last, 1))

    assert kinds(outcomes) == ["SoldOut", "SoldOut", "SoldOut", "datetime"]
    assert places(last).remaining == 0
    invariants_hold()


def test_control_who_looks_and_then_leaps_sells_the_last_ticket_twice(last, in_parallel, is_broken):
    carts, all_have_looked = rivals(last), threading.Barrier(2)

    outcomes = in_parallel(2, lambda n: naive.take(carts[n], last, 1, all_have_looked.wait))

    assert outcomes == [None, None]
    assert live_quantity(last) == last.total_quantity + 1
    assert "I2" in is_broken()


def test_last_ticket_at_the_box_office_and_in_a_cart_goes_to_one_of_them(event, last, in_parallel):
    (cart,) = rivals(last, 1)

    def sell():
        with transaction():
            return holds.sell_free(last.id, 1)

    outcomes = in_parallel(2, lambda n: take(cart, last, 1) if n else sell())

    assert kinds(outcomes) in (["SoldOut", "bool"], ["bool", "datetime"])
    assert places(last).remaining == 0
    assert places(last).sold == outcomes.count(True)


def test_two_first_claims_of_one_cart_that_nobody_serialised_keep_the_counters_true(
    event, in_parallel, invariants_hold
):
    standing = make_ticket_type(event, total_quantity=10)
    (cart,) = rivals(standing, 1)

    in_parallel(4, lambda: take(cart, standing, 1))

    assert live_quantity(standing) == 10 - places(standing).remaining
    invariants_hold()


def cross(carts, first, second, takes, between):
    """One buyer wants the types in one order, the other in the other, each in one transaction."""

    def claim(n):
        pair = (first, second) if n else (second, first)
        with transaction():
            one, other = takes(pair)
            holds.take(carts[n].id, carts[n].organisation_id, one.id, 1, 15)
            between()
            holds.take(carts[n].id, carts[n].organisation_id, other.id, 1, 15)

    return claim


def test_buyers_who_want_the_same_types_in_another_order_do_not_wait_for_each_other(
    event, in_parallel, invariants_hold
):
    first, second = make_ticket_type(event), make_ticket_type(event)
    carts = rivals(first)
    in_id_order = lambda pair: sorted(pair, key=lambda ticket_type: ticket_type.id)  # noqa: E731

    for _ in range(5):
        assert in_parallel(2, cross(carts, first, second, in_id_order, lambda: None)) == [None, None]
    invariants_hold()


def test_control_types_claimed_in_the_order_asked_for_end_in_a_deadlock(event, in_parallel):
    first, second = make_ticket_type(event), make_ticket_type(event)
    carts, one_each = rivals(first), threading.Barrier(2)

    outcomes = in_parallel(2, cross(carts, first, second, lambda pair: pair, one_each.wait))

    assert "DeadlockDetected" in {type(getattr(outcome, "orig", None)).__name__ for outcome in outcomes}
    db.session.rollback()
