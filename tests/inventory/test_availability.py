import pytest

from carneau.core.db import transaction
from carneau.inventory import availability, holds
from tests.making import make_cart, make_event, make_pending_purchase, make_ticket_type, run_out


@pytest.fixture
def event(database):
    return make_event()


def hold(ticket_type, quantity):
    cart = make_cart(ticket_type.organisation_id)
    with transaction():
        holds.take(cart.id, cart.organisation_id, ticket_type.id, quantity, 15)
    return cart


def of(*ticket_types):
    with transaction():
        found = availability.of([ticket_type.id for ticket_type in ticket_types])
    return [found[ticket_type.id] for ticket_type in ticket_types]


def test_all_types_of_an_event_are_answered_by_one_statement(event, count_statements):
    standing, seated = make_ticket_type(event, total_quantity=10), make_ticket_type(event, total_quantity=20)
    hold(standing, 3)
    with transaction():
        holds.sell_free(seated.id, 5)
    with count_statements() as statements:
        first, second = of(standing, seated)
    assert len(statements) == 1
    assert (first.total, first.held, first.sold, first.remaining) == (10, 3, 0, 7)
    assert (second.total, second.held, second.sold, second.remaining) == (20, 0, 5, 15)
    assert first.back_by
    assert second.back_by is None


def test_places_whose_time_has_run_out_are_to_be_had_before_the_sweep(event):
    standing = make_ticket_type(event, total_quantity=10)
    hold(standing, 4)
    run_out(standing.id)
    hold(standing, 2)
    (places,) = of(standing)
    assert (places.held, places.remaining) == (2, 8)


def test_places_being_paid_stay_held_after_their_time(event):
    standing = make_ticket_type(event, total_quantity=10)
    cart = hold(standing, 4)
    purchase = make_pending_purchase(cart)
    with transaction():
        holds.hand_over(cart.id, purchase.id, 31)
    run_out(standing.id)
    (places,) = of(standing)
    assert (places.held, places.remaining, places.back_by) == (4, 6, None)


def test_nothing_asked_is_nothing_answered(database):
    assert of() == []
