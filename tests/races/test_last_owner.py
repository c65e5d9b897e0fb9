"""The last two owners leave at the same moment. One statement locks all owners and then looks; the control looks first,
and then nobody is left who could let anyone in."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from carneau.core.db import db, transaction
from carneau.organisations import membership, queries
from carneau.organisations.membership import LastOwner
from carneau.organisations.models import OrganisationMember, Role
from tests.making import make_member, make_organisation
from tests.races.conftest import kinds
from tests.visiting import make_user

TURNS = 8


@pytest.fixture
def house(database):
    """With neighbours: others of the team, and a house beside it whose owner stays out of this."""
    house = make_organisation()
    for number, role in enumerate((Role.OWNER, Role.MANAGER, Role.OWNER, Role.DOOR)):
        make_member(house, make_user(f"{number}@team.example"), role)
    make_member(make_organisation(), make_user("rival@team.example"))
    return house


def owners(house):
    db.session.rollback()
    with transaction():
        return [each for each in queries.members_of(house.id) if each.role is Role.OWNER]


def leave(member_id):
    with transaction():
        member = db.session.get_one(OrganisationMember, member_id)
        membership.leave(member, "user:0")


def look_then_leave(member_id):
    """The control: counts the other owners, and deletes when there is one."""
    with transaction():
        member = db.session.get_one(OrganisationMember, member_id)
        others = sa.select(sa.func.count()).where(
            OrganisationMember.organisation_id == member.organisation_id,
            OrganisationMember.role == Role.OWNER,
            OrganisationMember.id != member_id,
        )
        if not db.session.scalar(others):
            raise LastOwner
        time.sleep(0.05)
        db.session.execute(sa.delete(OrganisationMember).where(OrganisationMember.id == member_id))


def become_manager(member_id):
    with transaction():
        member = db.session.get_one(OrganisationMember, member_id)
        membership.change_role(member, Role.MANAGER, None, "user:0")


@pytest.mark.parametrize("turn", range(TURNS))
def test_one_of_the_last_two_owners_stays(house, in_parallel, turn):
    ids = [each.id for each in owners(house)]

    outcomes = in_parallel(2, lambda number: leave(ids[number]))

    assert kinds(outcomes) == ["LastOwner", "NoneType"]
    assert len(owners(house)) == 1


def test_looking_first_leaves_no_owner(house, in_parallel):
    ids = [each.id for each in owners(house)]

    outcomes = in_parallel(2, lambda number: look_then_leave(ids[number]))

    assert kinds(outcomes) == ["NoneType", "NoneType"]
    assert owners(house) == []


@pytest.mark.parametrize("turn", range(TURNS))
def test_an_owner_leaves_while_the_other_gives_the_role_away(house, in_parallel, turn):
    ids = [each.id for each in owners(house)]
    acts = [leave, become_manager]

    outcomes = in_parallel(2, lambda number: acts[number](ids[number]))

    assert kinds(outcomes) == ["LastOwner", "NoneType"]
    assert len(owners(house)) == 1


def test_leaving_twice_is_leaving_once(house, in_parallel):
    first = owners(house)[0].id

    outcomes = in_parallel(2, lambda: leave(first))

    assert kinds(outcomes) in (["NoneType", "NotFound"], ["NoResultFound", "NoneType"])
    assert len(owners(house)) == 1


def test_who_becomes_owner_meanwhile_counts_from_the_next_try_on(house):
    """The statement that waited knows nothing of the new owner, and rather refuses."""
    first, second = owners(house)
    with transaction():
        membership.remove(db.session.merge(second), "user:0")
    manager = next(each.id for each in queries.members_of(house.id) if each.role is Role.MANAGER)
    db.session.rollback()
    promotion = {"id": manager, "organisation_id": house.id, "role": "owner", "event_id": None, "stays_owner": True}
    departure = {"id": first.id, "organisation_id": house.id, "stays_owner": False}
    with db.engine.connect() as one, db.engine.connect() as other, ThreadPoolExecutor(1) as pool:
        one.execute(membership.CHANGE, promotion)
        waiting = pool.submit(lambda: other.execute(membership.REMOVE, departure).scalar_one_or_none())
        time.sleep(0.2)
        one.commit()
        assert waiting.result() is None
        other.rollback()
        assert other.execute(membership.REMOVE, departure).scalar_one() == first.id
        other.commit()

    assert [each.id for each in owners(house)] == [manager]
