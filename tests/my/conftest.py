import pytest

from carneau.core.db import transaction
from carneau.email import owing
from carneau.tickets import issuing
from tests.making import make_event, make_paid_purchase, make_ticket_type
from tests.visiting import make_user


@pytest.fixture
def buy(database):
    """`buy(2, email=..., title=..., name=...)`: a paid purchase with its tickets."""

    def bought(quantity=1, email="ada@buyer.example", name="Standing", event=None, **facts):
        kind = make_ticket_type(event or make_event(**facts), name=name)
        purchase = make_paid_purchase((kind, quantity), email=email)
        with transaction():
            issuing.issue(purchase)
            owing.note_sent(owing.owe(purchase, "confirmation", purchase.email))
        return purchase

    return bought


@pytest.fixture
def ada(visitor):
    make_user()
    visitor.enter_as("ada@buyer.example")
    return visitor
