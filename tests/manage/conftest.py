import pytest

from tests.mailing import catching
from tests.making import make_event, make_organisation, make_ticket_type
from tests.manage.selling import entering
from tests.visiting import Visitor


@pytest.fixture
def visitor(app, database):
    return Visitor(app)


@pytest.fixture
def catcher(app, database):
    with catching(app) as caught:
        yield caught


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
