from uuid import uuid4

import pytest
import sqlalchemy as sa

from carneau.core.db import db, transaction
from tests.making import make_event, make_ticket_type
from tests.scanning import code_of, make_device, make_gate, make_link, make_tickets, state_of


@pytest.fixture
def event(database):
    return make_event()


@pytest.fixture
def tickets(event):
    return make_tickets((make_ticket_type(event), 3), buyer_name="Ada Verhoeven")


@pytest.fixture
def verify(client, event):
    token = make_device(make_link(event))[1]

    def ask(scanned, headers=None, **sent):
        sent = {"code": scanned, "nonce": str(uuid4())} | sent
        headers = {"Authorization": f"Bearer {token}"} if headers is None else headers
        return client.post("/api/tickets/verify", json=sent, headers=headers)

    return ask


def test_scanner_lets_in_with_the_token_of_a_device(verify, event, tickets):
    gate = make_gate(event, name="North")
    answer = verify(code_of(tickets[0]), gate=gate.public_id)

    assert answer.status_code == 200
    told = answer.json
    assert (told["verdict"], told["name"], told["type"]) == ("come_in", "Ada Verhoeven", "Standing")
    again = verify(code_of(tickets[0])).json
    assert (again["verdict"], again["gate"]) == ("already_in", "North")
    assert again["when"]
    assert state_of(tickets[0]).status == "redeemed"


def test_same_nonce_gets_the_same_verdict(verify, tickets):
    nonce = str(uuid4())

    assert [verify(code_of(tickets[0]), nonce=nonce).json["verdict"] for _ in range(3)] == ["come_in"] * 3


def test_scanner_leaves_with_the_direction(verify, tickets):
    verify(code_of(tickets[0]))

    assert verify(code_of(tickets[0]), direction="exit").json["verdict"] == "exit"


@pytest.mark.parametrize(
    "header", [None, "Bearer ", "Bearer nobody", "Basic YTpi", "Bearer \xff", "bearer x" + "y" * 9000]
)
def test_without_the_token_of_a_device_nobody_is_let_in(verify, tickets, header):
    answer = verify(code_of(tickets[0]), headers={"Authorization": header} if header else {})

    assert (answer.status_code, answer.content_type) == (401, "application/problem+json")
    assert state_of(tickets[0]).status == "valid"


def test_cookie_of_a_phone_opens_nothing_here(client, event, tickets):
    client.set_cookie("door", make_device(make_link(event))[1])

    answer = client.post("/api/tickets/verify", json={"code": code_of(tickets[0]), "nonce": str(uuid4())})

    assert answer.status_code == 401


def test_origin_of_a_web_view_does_no_harm(client, event, tickets):
    headers = {"Authorization": f"Bearer {make_device(make_link(event))[1]}", "Origin": "capacitor://localhost"}
    sent = {"code": code_of(tickets[0]), "nonce": str(uuid4())}

    assert client.post("/api/tickets/verify", json=sent, headers=headers).json["verdict"] == "come_in"


def test_device_of_several_dates_scans_for_the_one_that_the_gate_or_the_code_names(client, event, tickets):
    other = make_event(organisation_id=event.organisation_id)
    theirs = make_tickets((make_ticket_type(other), 1))[0]
    headers = {"Authorization": f"Bearer {make_device(make_link(event, other))[1]}"}

    def ask(code, **sent):
        sent = {"code": code, "nonce": str(uuid4())} | sent
        return client.post("/api/tickets/verify", json=sent, headers=headers).json

    assert ask(code_of(theirs))["verdict"] == "come_in"
    assert ask(code_of(tickets[0]), gate=make_gate(other).public_id)["reason"] == "other_event"
    assert ask(code_of(tickets[0]), event=other.slug)["reason"] == "other_event"
    assert ask(code_of(tickets[0]))["verdict"] == "come_in"
    assert ask("rubbish")["reason"] == "unknown"


@pytest.mark.parametrize(
    "sent",
    [{"nonce": "x"}, {"code": ""}, {"code": 7}, {"direction": "up"}, {"gate": "none"}, {"gate": "\x00"}, {"extra": 1}],
    ids=str,
)
def test_what_is_malformed_is_a_problem_and_lets_nobody_in(verify, tickets, sent):
    answer = verify(code_of(tickets[0]), **sent)

    assert answer.status_code == 422
    assert state_of(tickets[0]).status == "valid"


def test_device_that_was_revoked_is_refused_with_its_next_call(verify, tickets):
    assert verify(code_of(tickets[0])).status_code == 200
    with transaction():
        db.session.execute(sa.text("UPDATE door_devices SET revoked_at = now()"))

    assert verify(code_of(tickets[1])).status_code == 401


def test_flooding_device_is_told_when_to_come_back(verify, tickets):
    statuses = [verify(f"rubbish {number}").status_code for number in range(45)]

    assert statuses == [200] * 40 + [429] * 5
    assert verify(code_of(tickets[0])).headers["Retry-After"] == "10"
