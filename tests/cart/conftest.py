import pytest
import sqlalchemy as sa

from carneau.core.db import db, transaction
from carneau.inventory.models import Hold
from tests.making import make_event, make_ticket_type


@pytest.fixture
def event(database):
    return make_event(booking_fee_minor=150, tax_basis_points=1900)


@pytest.fixture
def standing(event):
    return make_ticket_type(event, total_quantity=10, max_per_order=6)


@pytest.fixture
def add(client):
    """`add(standing, 2)`: the answer to asking for two places on the event's page."""

    def post(*wishes, **options):
        pairs = zip(wishes[::2], wishes[1::2], strict=True)
        return client.post("/cart/lines", data={f"quantity-{kind.public_id}": n for kind, n in pairs}, **options)

    return post


@pytest.fixture
def held(database):
    """`held()`: live quantities by ticket type id, as the database has them."""

    def read():
        with transaction():
            rows = db.session.execute(sa.select(Hold.ticket_type_id, Hold.quantity).where(Hold.released_at.is_(None)))
            return {row.ticket_type_id: row.quantity for row in rows}

    return read
