from uuid import uuid4

import pytest
import sqlalchemy as sa

from carneau.admissions.devices import Phone
from carneau.admissions.models import DoorDevice, DoorLink
from carneau.core import codes
from carneau.core.db import db, transaction
from carneau.organisations.models import OrganisationMember, Role
from tests.door.phones import ask, visitor
from tests.making import make_event, make_member, make_ticket_type
from tests.scanning import code_of, make_device, make_link, make_tickets, scan, state_of
from tests.visiting import Visitor, make_user


@pytest.mark.parametrize("column", ["revoked_at", "expires_at"])
@pytest.mark.parametrize("model", [DoorLink, DoorDevice])
def test_what_is_over_is_over_with_the_next_request(app, event, tickets, model, column):
    link = make_link(event, secret=(secret := codes.secret()))
    phone = visitor(app, make_device(link)[1])
    assert ask(phone, event, code=code_of(tickets[0])).json["verdict"] == "come_in"

    with transaction():
        db.session.execute(sa.update(model).values({column: sa.func.now()}))

    assert ask(phone, event, code=code_of(tickets[1])).status_code == 401
    assert press_without_page(phone, event, tickets[1]).status_code == 403
    for path in ("", "/search", "/counts"):
        assert phone.get(f"/door/{event.slug}{path}").status_code == 403, path
    assert phone.get("/door").text.count(event.title) == 0
    assert phone.get(f"/T/{code_of(tickets[1])}", follow_redirects=True).request.path.startswith("/tickets/")
    assert Visitor(app).get(f"/door/links/{secret}").status_code == (404 if model is DoorLink else 200)
    assert state_of(tickets[1]).status == "valid"


def press_without_page(phone, event, ticket):
    return phone.post(f"/door/{event.slug}/admissions", data={"nonce": str(uuid4()), "code": code_of(ticket)})


def test_device_of_another_event_is_not_let_in(app, event, tickets):
    other = make_event(organisation_id=event.organisation_id)
    phone = visitor(app, make_device(make_link(other))[1])

    assert ask(phone, event, code=code_of(tickets[0])).status_code == 401
    assert ask(phone, other, code=code_of(tickets[0])).json["reason"] == "other_event"
    assert state_of(tickets[0]).status == "valid"


@pytest.fixture
def member(app, event):
    def log_in(role):
        user = make_user(f"{role}@team.example")
        make_member_of(event, user, role)
        visitor = Visitor(app)
        visitor.enter_as(user.email)
        return visitor

    return log_in


def make_member_of(event, user, role):
    class House:
        id = event.organisation_id

    return make_member(House, user, role, event_id=event.id if role is Role.DOOR else None)


@pytest.mark.parametrize("role", [Role.OWNER, Role.MANAGER, Role.DOOR])
def test_member_scans_as_long_as_they_are_one_and_logged_in(app, event, tickets, member, role):
    staff = member(role)
    assert event.title in staff.get("/door").text
    assert "Scan tickets with this phone" in staff.get(f"/door/{event.slug}").text
    assert staff.submit(f"/door/{event.slug}", f"/door/{event.slug}/devices", name="Mine").status_code == 303
    assert ask(staff, event, code=code_of(tickets[0])).json["verdict"] == "come_in"

    token = staff.client.get_cookie("door").value
    assert ask(visitor(app, token), event, code=code_of(tickets[1])).status_code == 401
    with transaction():
        db.session.execute(sa.delete(OrganisationMember))
    assert ask(staff, event, code=code_of(tickets[1])).status_code == 401
    assert staff.get(f"/door/{event.slug}").status_code == 403
    assert state_of(tickets[1]).status == "valid"


def test_member_who_logs_out_scans_no_more(event, tickets, member):
    staff = member(Role.DOOR)
    staff.submit(f"/door/{event.slug}", f"/door/{event.slug}/devices", name="Mine")
    staff.submit("/logout")

    assert ask(staff, event, code=code_of(tickets[0])).status_code == 401


def test_member_whose_sessions_were_all_ended_scans_no_more(event, tickets, member):
    staff = member(Role.DOOR)
    staff.submit(f"/door/{event.slug}", f"/door/{event.slug}/devices", name="Mine")
    with transaction():
        db.session.execute(sa.text("UPDATE users SET session_version = session_version + 1"))

    assert ask(staff, event, code=code_of(tickets[0])).status_code == 401


def test_money_is_not_the_door(event, member):
    staff = member(Role.FINANCE)

    assert staff.get(f"/door/{event.slug}").status_code == 403
    assert event.title not in staff.get("/door").text


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}])
def test_form_of_another_site_lets_nobody_in(phone, event, tickets, headers):
    sent = {"nonce": str(uuid4()), "code": code_of(tickets[0])}
    answer = phone.post(f"/door/{event.slug}/admissions", data=sent, headers=headers)

    assert answer.status_code == 403
    assert state_of(tickets[0]).status == "valid"


def test_phone_of_two_links_scans_for_both(app, event, tickets):
    other = make_event()
    theirs = make_tickets((make_ticket_type(other), 1))
    token = codes.secret()
    for each in (event, other):
        make_device(make_link(each), token)
    phone = visitor(app, token)

    assert ask(phone, event, code=code_of(tickets[0])).json["verdict"] == "come_in"
    assert ask(phone, other, code=code_of(theirs[0])).json["verdict"] == "come_in"
    assert scan(Phone.of(token), other, theirs[0]).word == "already_in"
