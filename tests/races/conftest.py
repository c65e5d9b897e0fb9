import pytest
import sqlalchemy as sa

from carneau.core.db import db, transaction
from carneau.inventory import availability, holds
from carneau.inventory.models import Hold
from carneau.ops import invariants
from tests.making import make_cart, make_event, make_ticket_type


@pytest.fixture
def event(database):
    return make_event()


@pytest.fixture
def hold():
    """`hold(standing, 2)`: a cart of its own that holds two places."""

    def make(ticket_type, quantity, minutes=15):
        cart = make_cart(ticket_type.organisation_id)
        take(cart, ticket_type, quantity, minutes)
        return cart

    return make


@pytest.fixture
def neighbours(event, hold):
    """Others who hold places of the type that is fought for, and of another: seven and nine."""

    def make(ticket_type):
        beside = make_ticket_type(event, total_quantity=20)
        return [hold(kind, quantity) for kind, quantity in ((ticket_type, 3), (ticket_type, 4), (beside, 9))]

    return make


@pytest.fixture
def is_broken(database):
    """What of I1 and I2 does not hold any more: the controls must find something here."""

    def names():
        db.session.rollback()
        with transaction():
            return {name[:2] for name in invariants.violations()}

    return names


def take(cart, ticket_type, quantity, minutes=15):
    with transaction():
        return holds.take(cart.id, cart.organisation_id, ticket_type.id, quantity, minutes)


def places(ticket_type):
    with transaction():
        return availability.of([ticket_type.id])[ticket_type.id]


def live_quantity(ticket_type):
    with transaction():
        mine = sa.select(sa.func.coalesce(sa.func.sum(Hold.quantity), 0)).where(
            Hold.ticket_type_id == ticket_type.id, Hold.released_at.is_(None)
        )
        return db.session.scalar(mine)


def kinds(outcomes):
    return sorted(type(outcome).__name__ for outcome in outcomes)
