import pytest
import sqlalchemy as sa

from carneau.core import outbox
from carneau.core.db import db, transaction
from carneau.organisations import queries
from carneau.organisations.models import Invitation, Role
from tests.making import make_event, make_member, make_organisation
from tests.visiting import Visitor, make_user, token

TEAM = "/manage/organisations/house/team"


@pytest.fixture
def house(database):
    return make_organisation(slug="house", name="Les Rives")


@pytest.fixture
def owner(app, house):
    return enter(app, house, "olga@team.example", Role.OWNER)


def enter(app, house, email, role, **values):
    make_member(house, make_user(email, name=email.partition("@")[0].title()), role, **values)
    return logged_in(app, email)


def logged_in(app, email):
    visitor = Visitor(app)
    visitor.enter_as(email)
    return visitor


def mailed_path(catcher):
    outbox.drain()
    text = catcher.letters[-1].get_body(("plain",)).get_content()
    return next(word.removeprefix("http://localhost") for word in text.split() if "/manage/invitations/" in word)


def team(house):
    db.session.rollback()
    with transaction():
        return {each.user.email: (each.role, each.event_id) for each in queries.members_of(house.id)}


def ref_of(house, email):
    with transaction():
        return next(each.ref for each in queries.members_of(house.id) if each.user.email == email)


def test_an_invitation_is_mailed_opened_and_accepted_once(app, house, owner, catcher):
    answer = owner.submit(TEAM, f"{TEAM}/invitations", email="Noa@team.example", role="manager", event="")
    assert (answer.status_code, answer.location) == (303, TEAM)
    page = owner.get(TEAM).text
    assert "We have written to Noa@team.example" in page
    assert "Open until" in page

    path = mailed_path(catcher)
    assert catcher.letters[-1]["Subject"] == "Join the team of Les Rives"
    assert catcher.recipients[-1] == "Noa@team.example"
    stranger = Visitor(app)
    assert "/register?next=/manage/invitations/" in stranger.get(path).text
    assert stranger.get(path).headers["Referrer-Policy"] == "same-origin"
    assert team(house).keys() == {"olga@team.example"}

    make_user("noa@team.example", name="Noa")
    noa = logged_in(app, "noa@team.example")
    welcome = noa.submit(path, path)
    assert welcome.location == "/manage/organisations/house"
    assert "Welcome to the team of Les Rives" in noa.get(welcome.location).text
    assert team(house)["noa@team.example"] == (Role.MANAGER, None)

    again = noa.get(path)
    assert again.status_code == 404
    assert "opens nothing any more" in again.text


def test_an_invitation_counts_only_for_its_address(app, house, owner, catcher):
    owner.submit(TEAM, f"{TEAM}/invitations", email="noa@team.example", role="finance", event="")
    path = mailed_path(catcher)
    make_user("eve@team.example")
    eve = logged_in(app, "eve@team.example")

    page = eve.get(path)
    assert "You are logged in as eve@team.example" in page.text
    answer = eve.post(path, data={"csrf_token": token(eve.get("/account"))})

    assert answer.status_code == 409
    assert team(house).keys() == {"olga@team.example"}


def test_the_newest_invitation_ends_the_one_before_and_a_withdrawn_one_ends(app, house, owner, catcher):
    owner.submit(TEAM, f"{TEAM}/invitations", email="noa@team.example", role="finance", event="")
    first = mailed_path(catcher)
    owner.submit(TEAM, f"{TEAM}/invitations", email="NOA@team.example", role="manager", event="")
    second = mailed_path(catcher)
    assert owner.get(first).status_code == 404
    assert owner.get(second).status_code == 200

    with transaction():
        ref = db.session.scalar(sa.select(Invitation.ref))
    answer = owner.submit(TEAM, f"{TEAM}/invitations/{ref}/withdrawal")

    assert answer.location == TEAM
    assert owner.get(second).status_code == 404
    assert owner.post(f"{TEAM}/invitations/{ref}/withdrawal").status_code == 404


def test_an_invitation_ends_after_a_week(house, owner, catcher):
    owner.submit(TEAM, f"{TEAM}/invitations", email="noa@team.example", role="finance", event="")
    path = mailed_path(catcher)
    with transaction():
        db.session.execute(sa.update(Invitation).values(expires_at=sa.func.now()))

    assert owner.get(path).status_code == 404
    assert "Open until" not in owner.get(TEAM).text
    assert owner.submit(TEAM, f"{TEAM}/invitations", email="noa@team.example", role="door", event="").status_code == 303


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"email": ""}, "Please enter an e-mail address."),
        ({"email": "no\naddress@x.example"}, "Please write this on one line."),
        ({"email": "nobody"}, "We cannot write to this address."),
        ({"role": ""}, "Please choose a role."),
        ({"role": "god"}, "Please choose a role."),
        ({"event": "gala"}, "Only the door can be for one event."),
        ({"role": "door", "event": "of-strangers"}, "There is no such event in this organisation."),
        ({"role": "door", "event": "no-such-event"}, "There is no such event in this organisation."),
        ({"email": "olga@team.example"}, "This person is in the team already."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(house, owner, fields, sentence):
    make_event(house, slug="gala")
    make_event(slug="of-strangers")
    typed = {"email": "noa@team.example", "role": "manager", "event": ""} | fields

    answer = owner.submit(TEAM, f"{TEAM}/invitations", **typed)

    assert answer.status_code in (409, 422)
    assert sentence in answer.text
    assert 'value="noa@team.example"' in answer.text or "email" in fields
    with transaction():
        assert db.session.scalar(sa.select(sa.func.count(Invitation.id))) == 0


def test_a_role_counts_from_the_next_request_on(app, house, owner):
    gala = make_event(house, slug="gala", title="Gala")
    bob = enter(app, house, "bob@team.example", Role.MANAGER)
    page = f"{TEAM}/{ref_of(house, 'bob@team.example')}"
    assert bob.get(TEAM).status_code == 403

    assert owner.submit(page, role="door", event="gala").location == TEAM
    assert team(house)["bob@team.example"] == (Role.DOOR, gala.id)
    assert "only Gala" in owner.get(TEAM).text
    assert 'value="gala"' in owner.get(page).text

    owner.submit(page, role="owner", event="")
    assert bob.get(TEAM).status_code == 200


def test_who_is_removed_has_no_access_with_the_next_request(app, house, owner):
    bob = enter(app, house, "bob@team.example", Role.MANAGER)
    assert bob.get("/manage/organisations/house").status_code == 200
    page = f"{TEAM}/{ref_of(house, 'bob@team.example')}"

    answer = owner.submit(page, f"{page}/removal")

    assert "Bob is not in the team any more" in owner.get(answer.location).text
    assert bob.get("/manage/organisations/house").status_code == 404
    assert owner.get(page).status_code == 404


def test_the_last_owner_can_neither_leave_nor_be_made_less(house, owner):
    page = f"{TEAM}/{ref_of(house, 'olga@team.example')}"

    less = owner.submit(page, role="manager", event="")
    gone = owner.submit(page, f"{page}/removal")
    left = owner.submit("/manage/organisations/house/departure")

    assert (less.status_code, gone.status_code, left.status_code) == (409, 409, 409)
    for answer in (less, gone, left):
        assert "Somebody has to own this organisation." in answer.text
    assert team(house) == {"olga@team.example": (Role.OWNER, None)}


def test_a_member_leaves(app, house, owner):
    bob = enter(app, house, "bob@team.example", Role.FINANCE)

    answer = bob.submit("/manage/organisations/house/departure")

    assert "You have left Les Rives" in bob.get(answer.location).text
    assert team(house).keys() == {"olga@team.example"}


def test_nobody_can_have_others_written_to_without_end(house, owner):
    answers = [
        owner.submit(TEAM, f"{TEAM}/invitations", email="noa@team.example", role="door", event="").status_code
        for _ in range(6)
    ]

    assert answers == [303] * 5 + [429]
