from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from carneau.core.db import db, transaction
from carneau.core.errors import Conflict
from carneau.inventory import availability, holds
from carneau.inventory.models import Hold
from tests.making import make_cart, make_event, make_pending_purchase, make_ticket_type, run_out

pytestmark = pytest.mark.usefixtures("database")


def do(verb, *arguments):
    with transaction():
        return verb(*arguments)


def take(cart, ticket_type, quantity, minutes=15):
    return do(holds.take, cart.id, cart.organisation_id, ticket_type.id, quantity, minutes)


def counters(ticket_type):
    with transaction():
        places = availability.of([ticket_type.id])[ticket_type.id]
        return places.total, places.held, places.sold


def in_minutes(minutes):
    return pytest.approx((datetime.now(UTC) + timedelta(minutes=minutes)).timestamp(), abs=5)


@pytest.fixture
def event():
    return make_event()


@pytest.fixture
def standing(event):
    return make_ticket_type(event, total_quantity=10)


@pytest.fixture
def cart(standing):
    return make_cart(standing.organisation_id)


@pytest.fixture
def other(standing):
    return make_cart(standing.organisation_id)


def test_taken_places_are_held_for_as_long_as_asked(cart, standing, invariants_hold):
    assert take(cart, standing, 3).timestamp() == in_minutes(15)
    assert counters(standing) == (10, 3, 0)
    invariants_hold()


def test_taking_again_sets_the_number_and_keeps_the_end(cart, standing, invariants_hold):
    first = take(cart, standing, 3)
    assert take(cart, standing, 5) == first
    assert take(cart, standing, 1) == first
    assert counters(standing) == (10, 1, 0)
    invariants_hold()


def test_all_types_of_a_cart_end_together(event, cart, standing):
    seated = make_ticket_type(event)
    assert take(cart, standing, 1, minutes=7) == take(cart, seated, 1, minutes=30)


def test_more_than_there_are_is_refused_with_what_is_left(cart, other, standing, invariants_hold):
    take(other, standing, 6)
    with pytest.raises(holds.SoldOut, match=r"Only 4 are left\. 6 are in other carts.* within 15 min") as refusal:
        take(cart, standing, 5)
    assert (refusal.value.remaining, refusal.value.held, refusal.value.obtainable) == (4, 6, 4)
    assert refusal.value.back_by.timestamp() == in_minutes(15)
    assert counters(standing) == (10, 6, 0)
    invariants_hold()


def test_more_of_what_one_holds_is_refused_with_how_many_more_there_are(cart, other, standing):
    take(cart, standing, 3, minutes=30)
    take(other, standing, 5, minutes=10)
    with pytest.raises(holds.SoldOut, match=r"Only 2 more are left\. 5 are .* within 10 min") as refusal:
        take(cart, standing, 6)
    assert (refusal.value.remaining, refusal.value.obtainable, refusal.value.held) == (2, 5, 5)


def test_what_is_sold_to_the_last_place_is_called_sold_out(cart, standing):
    assert do(holds.sell_free, standing.id, 10)
    with pytest.raises(holds.SoldOut, match=r"^Sold out\.$"):
        take(cart, standing, 1)


def test_a_claim_frees_what_has_run_out_without_waiting_for_the_sweep(cart, other, standing, invariants_hold):
    take(other, standing, 10)
    run_out(standing.id)
    take(cart, standing, 4)
    assert counters(standing) == (10, 4, 0)
    invariants_hold()


def test_a_place_whose_payment_may_still_arrive_is_not_freed_by_time(cart, other, standing, invariants_hold):
    take(other, standing, 10)
    do(holds.hand_over, other.id, make_pending_purchase(other).id, 31)
    run_out(standing.id)
    with pytest.raises(holds.SoldOut):
        take(cart, standing, 1)
    invariants_hold()


@pytest.mark.parametrize("swept", [True, False])
def test_a_line_that_ran_out_can_be_taken_again(cart, other, standing, swept, invariants_hold):
    take(cart, standing, 4)
    run_out(standing.id)
    if swept:
        take(other, standing, 10)
        do(holds.release, other.id, standing.id)
    assert take(cart, standing, 3).timestamp() == in_minutes(15)
    assert counters(standing) == (10, 3, 0)
    invariants_hold()


def test_a_cart_takes_only_so_many_places_in_all(event, cart, standing, invariants_hold):
    hall = make_ticket_type(event, total_quantity=1000)
    take(cart, hall, holds.MOST_PER_CART - 1)
    with pytest.raises(holds.CartFull, match="at most 50"):
        take(cart, standing, 2)
    with pytest.raises(holds.CartFull):
        do(holds.change, cart.id, hall.id, holds.MOST_PER_CART + 1)
    take(cart, standing, 1)
    invariants_hold()


def test_a_type_of_another_organisation_cannot_be_taken(standing):
    foreign = make_ticket_type(total_quantity=10)
    with pytest.raises(Conflict):
        take(make_cart(standing.organisation_id), foreign, 1)
    assert counters(foreign) == (10, 0, 0)


def test_a_line_changes_up_and_down_and_keeps_its_end(cart, standing, invariants_hold):
    end = take(cart, standing, 3)
    assert do(holds.change, cart.id, standing.id, 10) == end
    assert do(holds.change, cart.id, standing.id, 2) == end
    assert counters(standing) == (10, 2, 0)
    invariants_hold()


def test_a_change_beyond_what_is_left_changes_nothing(cart, other, standing, invariants_hold):
    take(cart, standing, 3)
    take(other, standing, 6)
    with pytest.raises(holds.SoldOut, match="Only 1 more is left") as refusal:
        do(holds.change, cart.id, standing.id, 5)
    assert refusal.value.obtainable == 4
    assert counters(standing) == (10, 9, 0)
    invariants_hold()


def test_what_has_run_out_is_neither_changed_nor_prolonged_nor_paid(cart, standing, invariants_hold):
    take(cart, standing, 3)
    run_out(standing.id)
    purchase = make_pending_purchase(cart)
    for verb in (
        lambda: holds.change(cart.id, standing.id, 4),
        lambda: holds.extend(cart.id, 15),
        lambda: holds.hand_over(cart.id, purchase.id, 31),
    ):
        with pytest.raises(holds.HoldExpired):
            do(verb)
    invariants_hold()


def test_a_released_line_is_gone_and_its_places_are_free(cart, standing, invariants_hold):
    take(cart, standing, 3)
    do(holds.release, cart.id, standing.id)
    do(holds.release, cart.id, standing.id)
    assert counters(standing) == (10, 0, 0)
    assert db.session.scalar(sa.select(sa.func.count(Hold.id))) == 0
    invariants_hold()


def test_emptying_frees_live_lines_and_forgets_lost_ones(event, cart, standing, invariants_hold):
    seated = make_ticket_type(event)
    take(cart, standing, 3)
    run_out(standing.id)
    do(holds.release_cart, make_cart(standing.organisation_id).id)
    take(cart, seated, 2)
    do(holds.release_cart, cart.id)
    assert counters(standing) == (10, 0, 0)
    assert counters(seated) == (100, 0, 0)
    invariants_hold()


def test_extending_gives_the_full_time_again(cart, standing):
    take(cart, standing, 3, minutes=5)
    assert do(holds.extend, cart.id, 15).timestamp() == in_minutes(15)


def test_places_go_to_the_purchase_and_are_sold(event, cart, standing, invariants_hold):
    seated = make_ticket_type(event)
    take(cart, seated, 2)
    take(cart, standing, 3)
    purchase = make_pending_purchase(cart)
    assert do(holds.hand_over, cart.id, purchase.id, 31) == [(standing.id, 3), (seated.id, 2)]
    with pytest.raises(holds.BeingPaid):
        take(cart, standing, 4)
    assert do(holds.sell, purchase.id) == {standing.id: 3, seated.id: 2}
    assert do(holds.sell, purchase.id) == {}
    assert counters(standing) == (10, 0, 3)


def test_one_lost_line_keeps_the_whole_cart_from_being_paid(event, cart, standing, invariants_hold):
    seated = make_ticket_type(event)
    take(cart, standing, 3)
    take(cart, seated, 2)
    run_out(seated.id)
    with pytest.raises(holds.HoldExpired):
        do(holds.hand_over, cart.id, make_pending_purchase(cart).id, 31)
    invariants_hold()


def test_places_of_a_purchase_given_up_are_the_carts_again(cart, standing, invariants_hold):
    take(cart, standing, 3)
    purchase = make_pending_purchase(cart)
    do(holds.hand_over, cart.id, purchase.id, 31)
    do(holds.hand_back, purchase.id, 15)
    do(holds.change, cart.id, standing.id, 4)
    assert do(holds.sell, purchase.id) == {}
    assert counters(standing) == (10, 4, 0)
    invariants_hold()


def test_places_of_a_purchase_released_are_free_and_the_line_says_so(cart, standing, invariants_hold):
    take(cart, standing, 3)
    purchase = make_pending_purchase(cart)
    do(holds.hand_over, cart.id, purchase.id, 31)
    do(holds.release_purchase, purchase.id)
    do(holds.release_purchase, purchase.id)
    assert counters(standing) == (10, 0, 0)
    assert db.session.scalar(sa.select(Hold.released_at)) is not None
    invariants_hold()


def test_free_places_are_sold_without_a_hold_and_given_back(cart, standing):
    take(cart, standing, 4)
    assert not do(holds.sell_free, standing.id, 7)
    assert do(holds.sell_free, standing.id, 6)
    do(holds.give_back, standing.id, 2)
    assert counters(standing) == (10, 4, 4)


def test_no_more_can_be_given_back_than_was_sold(standing):
    with pytest.raises(sa.exc.IntegrityError):
        do(holds.give_back, standing.id, 1)
    assert counters(standing) == (10, 0, 0)
