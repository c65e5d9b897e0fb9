import pytest

from tests.making import make_event, make_ticket_type
from tests.scanning import make_phone


@pytest.fixture
def event(database):
    return make_event()


@pytest.fixture
def kind(event):
    return make_ticket_type(event)


@pytest.fixture
def phone(event):
    return make_phone(event)
