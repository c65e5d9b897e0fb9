import pytest

from tests.door.phones import visitor
from tests.making import make_event, make_ticket_type
from tests.scanning import make_device, make_link, make_tickets


@pytest.fixture
def event(database):
    return make_event()


@pytest.fixture
def kind(event):
    return make_ticket_type(event)


@pytest.fixture
def tickets(kind):
    return make_tickets((kind, 3), buyer_name="Ada Verhoeven")


@pytest.fixture
def phone(app, event):
    return visitor(app, make_device(make_link(event), name="Lea")[1])
