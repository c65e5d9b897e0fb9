import threading
import time

import pytest
import sqlalchemy as sa

from carneau.core.db import db, transaction
from carneau.inventory import expiry, holds
from carneau.inventory.jobs import expire_holds
from tests.making import make_cart, make_pending_purchase, make_ticket_type, run_out
from tests.races import naive
from tests.races.conftest import kinds, live_quantity, places, take

ROUNDS = 3


@pytest.fixture
def standing(event, neighbours):
    """Eight places are left beside seven that others hold."""
    ticket_type = make_ticket_type(event, total_quantity=15)
    neighbours(ticket_type)
    return ticket_type


def run_out_of(cart, seconds=0.0):
    """The cart's holds run out in so many seconds; its neighbours' do not."""
    with transaction():
        db.session.execute(
            sa.text("UPDATE holds SET expires_at = now() + make_interval(secs => :s) WHERE cart_id = :c"),
            {"s": seconds, "c": cart.id},
        )


def in_one_transaction(verb, *arguments):
    with transaction():
        return verb(*arguments)


def test_places_that_ran_out_go_to_those_who_claim_them_while_two_sweeps_run(
    standing, hold, in_parallel, invariants_hold
):
    for _ in range(ROUNDS):
        loser = hold(standing, 8)
        run_out_of(loser)
        carts = [make_cart(standing.organisation_id) for _ in range(4)]

        outcomes = in_parallel(6, lambda n: expire_holds() if n < 2 else take(carts[n - 2], standing, 2))  # noqa: B023

        assert kinds(outcomes) == ["datetime"] * 4 + ["int"] * 2
        assert live_quantity(standing) == 15
        invariants_hold()
        for cart in carts:
            in_one_transaction(holds.release_cart, cart.id)


def test_control_two_sweeps_that_look_and_then_leap_free_the_neighbours_places_too(
    standing, hold, in_parallel, is_broken
):
    run_out_of(hold(standing, 3))
    both_have_looked = threading.Barrier(2)

    in_parallel(2, lambda: naive.expire(standing, both_have_looked.wait))

    assert "I2" in is_broken()
    assert places(standing).held < live_quantity(standing)


@pytest.mark.parametrize("act", ["extend", "change", "hand_over"])
def test_a_hold_that_is_kept_at_its_very_end_is_kept_or_lost_and_never_both(
    act, standing, hold, in_parallel, invariants_hold
):
    for round_ in range(ROUNDS):
        cart = hold(standing, 2)
        purchase = make_pending_purchase(cart)
        run_out_of(cart, seconds=0.01 * round_)
        verbs = {
            "extend": lambda: in_one_transaction(holds.extend, cart.id, 15),  # noqa: B023
            "change": lambda: in_one_transaction(holds.change, cart.id, standing.id, 5),  # noqa: B023
            "hand_over": lambda: in_one_transaction(holds.hand_over, cart.id, purchase.id, 31),  # noqa: B023
        }

        def sweep():
            for _ in range(4):
                expire_holds()
                time.sleep(0.01)

        kept, _swept = in_parallel(2, lambda n: sweep() if n else verbs[act]())  # noqa: B023
        time.sleep(0.06)
        expire_holds()

        was_kept = act != "change" and not isinstance(kept, holds.HoldExpired)
        assert live_quantity(standing) == (9 if was_kept else 7)
        invariants_hold()
        in_one_transaction(holds.release_purchase, purchase.id)
        in_one_transaction(holds.release_cart, cart.id)


@pytest.mark.parametrize(
    ("act", "outcome", "held"),
    [
        (lambda cart, kind, purchase: holds.extend(cart.id, 15), "HoldExpired", 0),
        (lambda cart, kind, purchase: holds.change(cart.id, kind.id, 5), "HoldExpired", 0),
        (lambda cart, kind, purchase: holds.hand_over(cart.id, purchase.id, 31), "HoldExpired", 0),
        (lambda cart, kind, purchase: holds.release(cart.id, kind.id), "NoneType", 0),
        (lambda cart, kind, purchase: holds.take(cart.id, cart.organisation_id, kind.id, 5, 15), "datetime", 5),
    ],
    ids=["extend", "change", "hand over", "release", "take again"],
)
def test_who_began_in_time_but_had_to_wait_for_the_sweep_sees_what_it_did(
    act, outcome, held, standing, hold, in_parallel, invariants_hold
):
    cart = hold(standing, 2)
    purchase = make_pending_purchase(cart)
    run_out_of(cart, seconds=0.3)
    begun, freed = threading.Event(), threading.Event()

    def visitor():
        with transaction():
            db.session.execute(sa.text("SELECT now()"))
            begun.set()
            freed.wait(timeout=10)
            return act(cart, standing, purchase)

    def sweep():
        begun.wait(timeout=10)
        time.sleep(0.4)
        with transaction():
            assert expiry.free(standing.id) == 1
            freed.set()
            time.sleep(0.3)

    answer, _swept = in_parallel(2, lambda n: sweep() if n else visitor())

    assert type(answer).__name__ == outcome
    assert live_quantity(standing) == 7 + held
    invariants_hold()


def test_control_an_extension_that_looks_and_then_leaps_keeps_places_that_were_given_away(standing, hold, is_broken):
    cart = hold(standing, 2)

    def swept():
        run_out_of(cart)
        expire_holds()

    naive.extend(cart, swept)

    assert "I2" in is_broken()


def test_control_a_change_that_looks_and_then_leaps_counts_places_that_were_given_away(standing, hold, is_broken):
    cart = hold(standing, 2)

    def swept():
        run_out(standing.id)
        expire_holds()

    naive.change(cart, standing, 5, swept)

    assert "I2" in is_broken()


def test_two_tabs_that_change_the_same_line_come_one_after_the_other(standing, hold, in_parallel, invariants_hold):
    for _ in range(ROUNDS):
        cart = hold(standing, 3)

        in_parallel(4, lambda n: in_one_transaction(holds.change, cart.id, standing.id, (1, 8, 5, 2)[n]))  # noqa: B023

        assert live_quantity(standing) in (8, 15, 12, 9)
        invariants_hold()
        in_one_transaction(holds.release_cart, cart.id)


def test_control_two_tabs_that_look_and_then_leap_leave_a_wrong_counter(standing, hold, in_parallel, is_broken):
    cart, both_have_looked = hold(standing, 3), threading.Barrier(2)

    in_parallel(2, lambda n: naive.change(cart, standing, (5, 1)[n], both_have_looked.wait))

    assert "I2" in is_broken()
