import pytest

from carneau.organisations.models import Role
from tests.making import make_event, make_member, make_organisation, make_ticket_type
from tests.manage.editing import at
from tests.manage.selling import entering
from tests.visiting import Visitor, make_user


@pytest.fixture
def event(database):
    return make_event(make_organisation(name="Les Rives"), slug="gala")


@pytest.fixture
def kind(event):
    return make_ticket_type(event)


@pytest.fixture
def enter(app, event):
    """`enter(Role.OWNER)`: a browser in which a member of this role is logged in."""
    return entering(app, event.organisation_id)


@pytest.fixture
def owner(enter):
    return enter(Role.OWNER)


@pytest.fixture
def house(database):
    return make_organisation(slug="house")


@pytest.fixture
def ada(visitor, house):
    """A manager of the house, logged in."""
    make_member(house, make_user(), Role.MANAGER)
    visitor.enter_as("ada@buyer.example")
    return visitor


@pytest.fixture
def olga(app, house):
    """An owner of the house, logged in."""
    make_member(house, make_user("olga@team.example"), Role.OWNER)
    visitor = Visitor(app)
    visitor.enter_as("olga@team.example")
    return visitor


@pytest.fixture
def gala(house):
    return make_event(
        house,
        slug="gala",
        summary="A long night.",
        currency="EUR",
        starts_at=at(9, 18),
        ends_at=at(9, 20),
        doors_open_at=None,
    )
