import pytest
import sqlalchemy as sa

from carneau.admissions.models import DoorDevice
from carneau.core import codes
from carneau.core.db import db, transaction
from tests.door.phones import press, visitor
from tests.making import make_event
from tests.scanning import code_of, make_device, make_link
from tests.visiting import Visitor


def test_a_link_makes_a_phone_a_device_that_lets_people_in(app, event, tickets):
    link = make_link(event, secret=(secret := codes.secret()))
    phone = Visitor(app)
    asked = phone.get(f"/door/links/{secret}")
    assert asked.status_code == 200
    assert event.title in asked.text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(DoorDevice)) == 0

    welcome = phone.post(f"/door/links/{secret}", data={"name": "Lea, north"})

    assert welcome.location == f"/door/{event.slug}"
    cookie = welcome.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    device = db.session.scalars(sa.select(DoorDevice)).one()
    assert (device.name, device.door_link_id) == ("Lea, north", link.id)
    assert cookie.split("=", 1)[1].split(";")[0].encode() not in device.token_digest
    page = phone.get(welcome.location)
    assert page.headers["Permissions-Policy"].startswith("camera=(self)")
    assert "Come in" in press(phone, event, code=code_of(tickets[0])).text


def test_two_presses_of_the_link_are_one_device(app, event):
    make_link(event, secret=(secret := codes.secret()))
    phone = Visitor(app)
    for name in ("Lea", "Lea B"):
        assert phone.post(f"/door/links/{secret}", data={"name": name}).status_code == 303

    assert db.session.scalars(sa.select(DoorDevice.name)).all() == ["Lea B"]


@pytest.mark.parametrize("name", ["", "x" * 61, "a\nb", "\u200d"])
def test_a_phone_needs_a_name_that_can_be_read(app, event, name):
    make_link(event, secret=(secret := codes.secret()))
    answer = Visitor(app).post(f"/door/links/{secret}", data={"name": name})

    assert answer.status_code == 422
    assert 'id="name_error"' in answer.text


def test_link_of_several_dates_leads_to_the_list_of_doors(app, event):
    other = make_event(organisation_id=event.organisation_id)
    make_link(event, other, secret=(secret := codes.secret()))
    phone = Visitor(app)

    assert phone.post(f"/door/links/{secret}", data={"name": "Lea"}).location == "/door"
    listed = phone.get("/door").text
    assert event.title in listed
    assert other.title in listed
    assert phone.get(f"/door/{other.slug}").status_code == 200


def test_program_registers_with_a_link_and_is_given_its_token(app, event):
    make_link(event, secret=(secret := codes.secret()))
    sent = {"data": {"name": "Turnstile 1"}, "headers": {"Accept": "application/json"}}

    answer = Visitor(app).post(f"/door/links/{secret}", **sent)

    assert answer.json["events"] == [event.slug]
    assert db.session.scalars(sa.select(DoorDevice.token_digest)).one() == codes.digest(answer.json["token"])
    refused = Visitor(app).post(f"/door/links/{secret}", headers=sent["headers"])
    assert (refused.status_code, list(refused.json["fields"])) == (422, ["name"])


def test_phone_that_was_taken_off_does_not_come_back_by_the_same_link(app, event):
    link = make_link(event, secret=(secret := codes.secret()))
    token = make_device(link)[1]
    with transaction():
        db.session.execute(sa.update(DoorDevice).values(revoked_at=sa.func.now()))

    assert visitor(app, token).post(f"/door/links/{secret}", data={"name": "Me again"}).status_code == 403
