"""An organiser lowers the number of places while buyers claim them."""

import threading

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from carneau.catalogue import editing
from carneau.catalogue.duplicating import TYPE_FACTS
from carneau.catalogue.models import TicketType
from carneau.core.db import db, transaction
from carneau.inventory.capacity import BelowTaken
from tests.making import make_cart, make_ticket_type
from tests.races.conftest import live_quantity, places, take

BUYERS = 24


def lower(kind, total):
    with transaction():
        row = db.session.get_one(TicketType, kind.id, populate_existing=True)
        values = {name: getattr(row, name) for name in TYPE_FACTS}
        editing.change_ticket_type(row, "user:1", row.version, **values | {"total_quantity": total})
        return "lowered"


@pytest.mark.parametrize("total", [4, 12, 20])
def test_lowered_while_buyers_claim_nobody_loses_a_place_and_none_is_sold_twice(
    event, neighbours, in_parallel, invariants_hold, total
):
    kind = make_ticket_type(event, total_quantity=30)
    neighbours(kind)
    carts = [make_cart(kind.organisation_id) for _ in range(BUYERS)]

    outcomes = in_parallel(BUYERS + 1, lambda n: take(carts[n], kind, 1) if n < BUYERS else lower(kind, total))

    now = places(kind)
    assert outcomes[-1] == "lowered" or isinstance(outcomes[-1], BelowTaken)
    assert now.total == (total if outcomes[-1] == "lowered" else 30)
    assert now.held == live_quantity(kind) <= now.total
    invariants_hold()


def test_control_who_looks_and_then_lowers_is_stopped_by_nothing_but_the_check(event, in_parallel):
    """The naive way: look at what is taken, then write. Only the CHECK of the table stands between it and a place
    that does not exist; without the condition inside the statement the organiser gets a crash for an answer."""
    kind = make_ticket_type(event, total_quantity=2)
    cart = make_cart(kind.organisation_id)
    has_looked, has_claimed = threading.Barrier(2), threading.Barrier(2)

    def naively():
        with transaction():
            taken = db.session.scalar(sa.select(TicketType.held_quantity).where(TicketType.id == kind.id))
            has_looked.wait()
            has_claimed.wait()
            if taken <= 0:
                db.session.execute(sa.update(TicketType).where(TicketType.id == kind.id).values(total_quantity=0))

    def claim():
        has_looked.wait()
        take(cart, kind, 1)
        has_claimed.wait()

    outcomes = in_parallel(2, lambda n: claim() if n else naively())

    assert isinstance(outcomes[0], IntegrityError)
    assert places(kind).total == 2
