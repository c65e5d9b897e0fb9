import pytest
import sqlalchemy as sa

from carneau.catalogue.models import TicketType
from carneau.core.audit import AuditEntry
from carneau.core.db import db
from tests.making import make_event, make_organisation, make_ticket_type, make_token


@pytest.fixture
def event(database):
    return make_event(make_organisation(slug="house"), slug="gala")


@pytest.fixture
def create(client, event):
    made = make_token(event)

    def creating(**values):
        body = {"eventId": "gala", "name": "Balcony", "price": {"minor": 4200, "currency": "EUR"}, "totalQuantity": 30}
        return client.post("/api/ticketTypes", headers=made.header, json=body | values)

    return creating


def count():
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(TicketType))


def test_a_ticket_type_is_made_and_told(create, event, client):
    answer = create(maxPerOrder=4, onSaleFrom="2026-01-01T09:00:00+02:00")

    assert answer.status_code == 201
    assert answer.json["price"] == {"minor": 4200, "currency": "EUR"}
    assert (answer.json["totalQuantity"], answer.json["maxPerOrder"]) == (30, 4)
    assert answer.json["onSaleFrom"] == "2026-01-01T07:00:00Z"
    assert client.get("/api/events/gala").json["ticketTypes"][0]["id"] == answer.json["id"]
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.subject == "ticket_types")).one()
    assert entry.actor.startswith("token:")


def test_sent_twice_it_is_made_once(create):
    assert create().json == create().json
    assert count() == 1


def test_a_name_of_another_type_is_refused_at_its_field(create):
    create()
    answer = create(totalQuantity=31)

    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == "#/name"
    assert count() == 1


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"price": {"minor": 100, "currency": "CHF"}}, "#/price/currency"),
        ({"price": {"minor": -1, "currency": "EUR"}}, "#/price/minor"),
        ({"price": {"minor": 1.5, "currency": "EUR"}}, "#/price/minor"),
        ({"totalQuantity": 2**31}, "#/totalQuantity"),
        ({"totalQuantity": "30"}, "#/totalQuantity"),
        ({"totalQuantity": None}, "#/totalQuantity"),
        ({"name": ""}, "#/name"),
        ({"name": "  "}, "#/name"),
        ({"name": "a\u0000"}, "#/name"),
        ({"name": "a\n"}, "#/name"),
        ({"name": "x" * 201}, "#/name"),
        ({"onSaleFrom": "2026-01-01T09:00:00"}, "#/onSaleFrom"),
        ({"onSaleFrom": "2026-02-01T09:00:00Z", "onSaleUntil": "2026-01-01T09:00:00Z"}, "#/onSaleUntil"),
        ({"minPerOrder": 5, "maxPerOrder": 2}, "#/maxPerOrder"),
        ({"isHidden": "yes"}, "#/isHidden"),
        ({"description": "\ud800"}, ""),
        ({"colour": "red"}, ""),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field_and_makes_nothing(create, wrong, pointer):
    answer = create(**wrong)

    assert answer.status_code in ((400, 422) if not pointer else (422,)), answer.text
    if pointer:
        assert answer.json["errors"][0]["pointer"] == pointer
    assert count() == 0


def test_an_event_of_another_organisation_looks_like_one_that_does_not_exist(create):
    make_event(slug="theirs")

    foreign, missing = create(eventId="theirs"), create(eventId="nothing")

    assert (foreign.status_code, foreign.json) == (404, missing.json)
    assert count() == 0


def test_the_last_page_of_the_organisations_events_shows_hidden_types(create, client, event):
    make_ticket_type(event, is_hidden=True, name="Friends")
    made = make_token(event)
    answer = client.get("/api/organisations/house/events", headers=made.header)

    assert answer.json["items"][0]["ticketTypes"][0]["isHidden"] is True
