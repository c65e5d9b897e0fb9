import pytest

from carneau.core.db import transaction
from carneau.core.errors import Invalid
from carneau.inventory import availability, capacity, holds
from carneau.inventory.models import Counters
from tests.making import make_cart, make_ticket_type


@pytest.fixture
def standing(database):
    ticket_type = make_ticket_type(total_quantity=10)
    cart = make_cart(ticket_type.organisation_id)
    with transaction():
        holds.take(cart.id, cart.organisation_id, ticket_type.id, 3, 15)
        holds.sell_free(ticket_type.id, 4)
    return ticket_type


def change(ticket_type, total):
    with transaction():
        capacity.change(ticket_type.id, total)


def total_of(ticket_type):
    with transaction():
        return availability.of([ticket_type.id])[ticket_type.id].total


def test_places_are_added_and_taken_away(standing):
    change(standing, 25)
    assert total_of(standing) == 25
    change(standing, 7)
    assert total_of(standing) == 7


def test_never_below_what_is_sold_and_in_carts(standing):
    with pytest.raises(capacity.BelowTaken, match=r"4 are sold and 3 are in carts.* less than 7"):
        change(standing, 6)
    assert total_of(standing) == 10


@pytest.mark.parametrize("total", [-1, capacity.LARGEST_TOTAL + 1])
def test_impossible_numbers_are_refused(standing, total):
    with pytest.raises(Invalid):
        change(standing, total)
    with pytest.raises(Invalid):
        capacity.open(Counters(), total)
    assert total_of(standing) == 10
