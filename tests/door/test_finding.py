import html
import re
from uuid import uuid4

import pytest

from carneau.core import codes
from tests.door.phones import NONCE, ask, press, visitor
from tests.scanning import code_of, make_device, make_gate, make_link, make_tickets, state_of
from tests.visiting import Visitor


def test_reference_typed_into_the_field_leads_to_the_name(phone, event, tickets):
    answer = press(phone, event, code=tickets[0].ref.lower())

    assert answer.status_code == 303
    found = phone.get(answer.location)
    assert "Ada Verhoeven" in found.text
    assert tickets[0].ref in found.text
    assert state_of(tickets[0]).status == "valid"


@pytest.mark.parametrize("name", ["verhoeven", " Ada Verh ", "Ångström", "O'Neil-Smith Jr.", "Žižek"])
def test_name_typed_into_the_field_is_looked_for(phone, event, tickets, name):
    answer = press(phone, event, code=name)

    assert answer.status_code == 303
    assert f'value="{name.strip()}"' in html.unescape(phone.get(answer.location).text)


@pytest.mark.parametrize("text", ["4006381333931", "https://example.org/x", "A" * 122, "a" * 101, "x1", "🎟️"])
def test_other_code_is_a_verdict_and_no_search(phone, event, tickets, text):
    assert 'data-verdict="not_valid"' in press(phone, event, code=text).text


def test_somebody_without_a_code_is_found_by_name_alone_and_let_in(phone, event, kind, tickets):
    make_tickets((kind, 1), buyer_name="Bo Lindqvist", email="secret@buyer.example")
    page = phone.get(f"/door/{event.slug}/search?q=lindq").text
    assert "Bo Lindqvist" in page
    assert "secret@" not in page
    assert "Ada" not in page
    assert "Bo Lindqvist" not in phone.get(f"/door/{event.slug}/search?q=secret").text
    assert "No ticket of this event" in phone.get(f"/door/{event.slug}/search?q=nobody").text
    ref = re.search(r'name="ticket" value="([^"]+)"', page)[1]

    answer = press(phone, event, ticket=ref)

    assert 'class="verdict come_in"' in answer.text
    assert "in since" in phone.get(f"/door/{event.slug}/search?q=Lindqvist").text


def test_phone_that_sees_no_names_goes_by_references(app, event, tickets):
    phone = visitor(app, make_device(make_link(event), sees_names=False)[1])
    assert ask(phone, event, code=code_of(tickets[0])).json["name"] is None
    assert "No ticket of this event" in phone.get(f"/door/{event.slug}/search?q=Ada").text
    found = phone.get(f"/door/{event.slug}/search?q={tickets[1].ref}").text
    assert tickets[1].ref in found
    group = {"ticket": tickets[1].ref, "quantity": "2", "nonce": str(uuid4())}
    let_in = phone.post(f"/door/{event.slug}/groups", data=group).text

    assert "Ada" not in found + let_in
    assert "2 let in" in let_in


def test_code_in_the_camera_app_of_a_phone_at_the_door_is_one_tap(phone, event, tickets):
    gate = make_gate(event, name="North")
    ask(phone, event, code=code_of(tickets[1]), gate=gate.public_id)
    answer = phone.get(f"/T/{code_of(tickets[0])}")
    assert answer.location == f"/door/codes/{code_of(tickets[0])}"

    page = phone.get(answer.location)

    assert f'value="{gate.public_id}" selected' in page.text
    assert state_of(tickets[0]).status == "valid"
    fields = {"code": code_of(tickets[0]), "nonce": NONCE.search(page.text)[1], "gate": gate.public_id}
    assert "Come in" in phone.post(f"/door/{event.slug}/admissions", data=fields).text


def test_code_in_the_camera_app_of_its_owner_is_the_ticket(app, tickets):
    assert Visitor(app).get(f"/T/{code_of(tickets[0])}").status_code == 200
    unknown = visitor(app, codes.secret()).get(f"/T/{code_of(tickets[0])}", follow_redirects=True)
    assert (unknown.status_code, unknown.request.path) == (200, f"/tickets/{code_of(tickets[0])}")
