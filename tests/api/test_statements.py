"""How many statements an answer costs, however long it is. Two of them are the token's."""

import pytest

from carneau.core.db import transaction
from carneau.tickets import issuing
from tests.making import make_event, make_organisation, make_paid_purchase, make_ticket_type, make_token

MOST = {"events": 4, "purchases": 6, "attendees": 3}


@pytest.mark.parametrize("what", MOST)
def test_a_list_of_an_organisation_costs_the_same_however_long_it_is(client, count_statements, what):
    house = make_organisation(slug="house")
    header, counts = make_token(house).header, []
    for _ in range(2):
        for _ in range(4):
            with transaction():
                issuing.issue(make_paid_purchase((make_ticket_type(make_event(house)), 2)))
        with count_statements() as statements:
            answer = client.get(f"/api/organisations/house/{what}", headers=header)
        counts.append(len(statements))

    assert len(answer.json["items"]) == (16 if what == "attendees" else 8)
    assert counts == [MOST[what]] * 2
