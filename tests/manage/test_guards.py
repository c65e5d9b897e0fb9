import pytest

from carneau.catalogue import guards
from carneau.core.errors import NotFound
from carneau.organisations.models import Role
from tests.making import make_event, make_member, make_organisation
from tests.visiting import make_user


@pytest.fixture
def ada(database):
    return make_user()


def enter(app, user, slug, *roles):
    """What the view behind the guard is given, for a request of this person."""
    with app.test_request_context():
        guards.guards.login_manager._update_request_context_with_user(user)
        return guards.for_event(*roles)(lambda event, membership: (event, membership))(slug)


def test_a_member_gets_the_event_with_its_organisation(app, ada):
    house = make_organisation(name="Les Rives")
    make_member(house, ada, Role.MANAGER)

    event, membership = enter(app, ada, make_event(house, slug="gala").slug, Role.MANAGER)

    assert (event.slug, event.organisation.name) == ("gala", "Les Rives")
    assert (membership.role, membership.user.id, membership.organisation.name) == (Role.MANAGER, ada.id, "Les Rives")


def test_door_of_one_event_enters_no_other(app, ada):
    house = make_organisation()
    mine, other = make_event(house), make_event(house)
    make_member(house, ada, Role.DOOR, event_id=mine.id)

    assert enter(app, ada, mine.slug, Role.DOOR)[0].slug == mine.slug
    with pytest.raises(NotFound):
        enter(app, ada, other.slug, Role.DOOR)


def test_missing_foreign_and_left_are_one_answer(app, ada):
    house = make_organisation()
    make_member(house, ada)
    make_member(make_organisation(), make_user("bob@buyer.example"))
    foreign = make_event()

    def answer(slug):
        with pytest.raises(NotFound) as refused:
            enter(app, ada, slug, *Role)
        return str(refused.value)

    assert answer(foreign.slug) == answer("missing")
