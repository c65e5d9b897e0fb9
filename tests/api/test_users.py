import pytest

from carneau.core.db import transaction
from carneau.purchases.models import Purchase
from carneau.tickets import issuing
from tests.making import make_event, make_organisation, make_paid_purchase, make_ticket_type, make_token
from tests.visiting import Visitor, make_user


@pytest.fixture
def house(database):
    return make_organisation(slug="house")


@pytest.fixture
def ada(database):
    return make_user("ada@buyer.example")


@pytest.fixture
def visitor(app, ada):
    visitor = Visitor(app)
    visitor.log_in("ada@buyer.example")
    return visitor


def bought(house, quantity=1, email="ada@buyer.example") -> Purchase:
    purchase = make_paid_purchase((make_ticket_type(make_event(house)), quantity), email=email)
    with transaction():
        issuing.issue(purchase)
    return purchase


def test_who_is_logged_in_sees_their_own_tickets_with_a_link_to_each(visitor, ada, house):
    bought(house, 2)
    bought(house, email="eve@buyer.example")

    mine = visitor.get("/api/users/me/tickets")

    assert mine.json["userId"] == ada.public_id
    assert len(mine.json["items"]) == 2
    assert mine.headers["Cache-Control"] == "private, no-store"
    link = mine.json["items"][0]["url"].removeprefix("http://localhost")
    assert visitor.get(link).status_code == 200
    assert visitor.get(f"/api/users/{ada.public_id}/tickets").json == mine.json


def test_somebody_else_looks_like_nobody(visitor, house):
    eve = make_user("eve@buyer.example")
    bought(house, email="eve@buyer.example")

    foreign, missing = (visitor.get(f"/api/users/{each}/tickets") for each in (eve.public_id, "nobody"))

    assert (foreign.status_code, foreign.json) == (404, missing.json)
    assert visitor.get(f"/api/users/{eve.id}/tickets").status_code == 404


def test_a_stranger_is_asked_who_they_are(client, ada):
    assert client.get("/api/users/me/tickets").status_code == 401
    assert client.get(f"/api/users/{ada.public_id}/tickets").status_code == 401


def test_a_program_sees_the_tickets_of_its_own_organisation_without_their_codes(client, ada, house):
    bought(house)
    bought(make_organisation())
    answer = client.get(f"/api/users/{ada.public_id}/tickets", headers=make_token(house).header)

    (item,) = answer.json["items"]
    assert item["url"] is None
    assert item["event"]["organisation"]["id"] == "house"


def test_a_person_without_tickets_of_the_organisation_looks_like_nobody(client, ada, house):
    bought(make_organisation())
    header = make_token(house).header
    foreign, missing = (client.get(f"/api/users/{each}/tickets", headers=header) for each in (ada.public_id, "nobody"))

    assert (foreign.status_code, foreign.json) == (404, missing.json)


def test_tickets_come_page_by_page(visitor, house):
    bought(house, 5)
    found, path = [], "/api/users/me/tickets?limit=2"
    while path:
        answer = visitor.get(path)
        found += [item["id"] for item in answer.json["items"]]
        path = (answer.json["next"] or "").removeprefix("http://localhost")

    assert len(found) == len(set(found)) == 5
