from uuid import uuid4

import sqlalchemy as sa

from tests.making import make_ticket_type
from tests.scanning import make_gate, make_tickets, state_of


def test_closed_gate_lets_no_group_in(phone, event, tickets):
    gate = make_gate(event, closed_at=sa.func.now())
    group = {"ticket": tickets[1].ref, "quantity": "2", "nonce": str(uuid4()), "gate": gate.public_id}

    assert phone.post(f"/door/{event.slug}/groups", data=group).status_code == 409
    assert state_of(tickets[1]).status == "valid"


def test_those_who_belong_together_come_in_at_once(phone, event, tickets, invariants_hold):
    nonce = str(uuid4())
    fields = {"ticket": tickets[1].ref, "quantity": "2", "nonce": nonce}
    for _twice in range(2):
        answer = phone.post(f"/door/{event.slug}/groups", data=fields)
        assert "2 let in." in answer.text
        assert "2 of 3" in answer.text
    assert [state_of(each).status for each in tickets] == ["redeemed", "redeemed", "valid"]

    fields["nonce"] = str(uuid4())
    refused = phone.post(f"/door/{event.slug}/groups", data=fields)
    assert refused.status_code == 409
    assert "Only 1 of these tickets" in refused.text
    assert state_of(tickets[2]).status == "valid"
    invariants_hold()


def test_group_keeps_to_the_types_of_its_gate(phone, event, kind, invariants_hold):
    balcony = make_ticket_type(event, name="Balcony")
    mixed = make_tickets((kind, 1), (balcony, 1))
    gate = make_gate(event, balcony)
    fields = {"ticket": mixed[0].ref, "nonce": str(uuid4()), "gate": gate.public_id}

    assert phone.post(f"/door/{event.slug}/groups", data=fields | {"quantity": "2"}).status_code == 409
    assert phone.post(f"/door/{event.slug}/groups", data=fields | {"quantity": "1"}).status_code == 200
    assert [state_of(each).status for each in mixed] == ["valid", "redeemed"]
    invariants_hold()
