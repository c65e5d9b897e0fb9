import pytest

from carneau.core.audit import AuditEntry
from carneau.core.db import db, transaction
from carneau.core.errors import NotFound
from carneau.organisations import founding, membership, queries
from carneau.organisations.membership import LastOwner
from carneau.organisations.models import OrganisationMember, Role
from tests.making import make_event, make_member, make_organisation
from tests.visiting import make_user


@pytest.fixture
def ada(database):
    return make_user()


@pytest.fixture
def house(ada):
    house = make_organisation()
    make_member(house, ada)
    return house


def act(verb, member, *arguments):
    with transaction():
        return verb(db.session.get_one(OrganisationMember, member.id), *arguments, "user:1")


def roles(house):
    db.session.rollback()
    with transaction():
        return {each.user.email: (each.role, each.event_id) for each in queries.members_of(house.id)}


def actions():
    with transaction():
        return [(entry.subject, entry.action) for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)][1:]


@pytest.mark.parametrize(
    ("name", "slugs"),
    [
        ("Café Łódź", ["cafe-lodz", "cafe-lodz-"]),
        ("New", ["new-", "new-"]),
        ("木", ["house-", "house-"]),
        ("x" * 200, ["x" * 60, "x" * 60 + "-"]),
    ],
)
def test_who_founds_an_organisation_owns_it(ada, name, slugs):
    with transaction():
        houses = [founding.found(ada, name, "box@house.example") for _ in range(2)]
        found = [house.slug for house in houses]

    assert all(slug.startswith(begin) for slug, begin in zip(found, slugs, strict=True))
    assert len(set(found)) == 2
    assert "new" not in found
    assert roles(houses[0]) == {"ada@buyer.example": (Role.OWNER, None)}
    assert actions()[:2] == [("organisations", "created"), ("organisation_members", "joined")]


def test_a_role_is_changed_and_narrowed_to_one_event(house):
    event = make_event(house)
    bob = make_member(house, make_user("bob@buyer.example"), Role.MANAGER)

    act(membership.change_role, bob, Role.DOOR, event.id)
    assert roles(house)["bob@buyer.example"] == (Role.DOOR, event.id)

    act(membership.change_role, bob, Role.FINANCE, None)
    assert roles(house)["bob@buyer.example"] == (Role.FINANCE, None)
    assert actions()[-2:] == [("organisation_members", "role_changed")] * 2


def test_the_last_owner_stays_owner(house, ada):
    mine = queries.find_membership(house.slug, ada)

    for verb, arguments in ((membership.leave, ()), (membership.change_role, (Role.MANAGER, None))):
        with pytest.raises(LastOwner):
            act(verb, mine, *arguments)
    act(membership.change_role, mine, Role.OWNER, None)

    assert roles(house) == {"ada@buyer.example": (Role.OWNER, None)}


def test_with_a_second_owner_the_first_may_go(house, ada):
    make_member(house, make_user("bob@buyer.example"))

    act(membership.leave, queries.find_membership(house.slug, ada))

    assert roles(house) == {"bob@buyer.example": (Role.OWNER, None)}
    assert actions()[-1] == ("organisation_members", "left")


def test_an_owner_elsewhere_does_not_count(house, ada):
    make_member(make_organisation(), make_user("bob@buyer.example"))

    with pytest.raises(LastOwner):
        act(membership.remove, queries.find_membership(house.slug, ada))


def test_who_has_left_cannot_be_changed(house):
    bob = make_member(house, make_user("bob@buyer.example"), Role.MANAGER)
    act(membership.remove, bob)

    with pytest.raises(NotFound), transaction():
        membership.change_role(bob, Role.FINANCE, None, "user:1")


def test_the_door_of_an_event_goes_with_the_event(house):
    event = make_event(house)
    make_member(house, make_user("bob@buyer.example"), Role.DOOR, event_id=event.id)

    with transaction():
        db.session.delete(db.session.merge(event))

    assert list(roles(house)) == ["ada@buyer.example"]
