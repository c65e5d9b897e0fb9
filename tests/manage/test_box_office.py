"""Tickets sold at the counter and given away are sold like any other, and counted apart."""

import re

import pytest
import sqlalchemy as sa

from carneau.catalogue.models import Event, EventStatus
from carneau.core.db import db, transaction
from carneau.email.models import Mail
from carneau.organisations.models import Role
from carneau.purchases.models import Channel, Purchase
from carneau.tickets.models import Ticket
from tests.buying import Buyer, only
from tests.making import make_ticket_type
from tests.visiting import token

PATH = "/manage/events/gala/box-office"


def hidden(page):
    return {"csrf_token": token(page), "ref": re.search(r'name="ref"[^>]*value="([^"]+)"', page.text)[1]}


def test_cash_sale_is_one_however_often_it_is_sent(enter, kind, invariants_hold):
    visitor = enter(Role.MANAGER)
    data = hidden(visitor.get(PATH)) | {"type_0": "2", "channel": "cash", "name": "Ada", "email": ""}

    first, again = visitor.post(PATH, data=data), visitor.post(PATH, data=data)

    assert first.status_code == again.status_code == 303
    assert first.location == again.location
    purchase = only(Purchase)
    assert (purchase.channel, purchase.total_minor, only(Mail).sent_at is None) == (Channel.CASH, 4800, False)
    assert len(db.session.scalars(sa.select(Ticket)).all()) == 2
    shown = visitor.get(first.location)
    assert "Cash" in shown.text
    pdf = re.search(r'href="(/purchases/[^"]+\.pdf[^"]*)"', shown.text)[1]
    assert visitor.get(pdf).data.startswith(b"%PDF")
    invariants_hold()


def test_complimentary_tickets_cost_nothing_and_are_counted_apart(enter, kind, invariants_hold):
    visitor = enter(Role.OWNER)
    data = hidden(visitor.get(PATH)) | {"type_0": "1", "channel": "complimentary", "name": "Ada"}

    visitor.post(PATH, data=data | {"email": "ada@post.example"})

    assert (only(Purchase).total_minor, only(Mail).recipient) == (0, "ada@post.example")
    assert "Complimentary" in visitor.get("/manage/events/gala").text
    invariants_hold()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"type_0": ""}, "at least one ticket"),
        ({"type_0": "-1"}, "from 0 to 100"),
        ({"type_0": "1.5"}, "from 0 to 100"),
        ({"type_0": "101"}, "from 0 to 100"),
        ({"type_0": "٢"}, "from 0 to 100"),
        ({"name": ""}, "enter a name"),
        ({"channel": "online"}, "Not a valid choice"),
        ({"ref": "x"}, ""),
        ({"email": "a@b\nBcc: c@d.example"}, "on one line"),
    ],
)
def test_sale_that_cannot_be_is_explained(enter, kind, fields, sentence):
    visitor = enter(Role.MANAGER)
    data = hidden(visitor.get(PATH)) | {"type_0": "1", "channel": "cash", "name": "Ada", "email": ""}

    answer = visitor.post(PATH, data=data | fields)

    assert answer.status_code == 422
    assert sentence in answer.text


def test_places_in_carts_are_not_taken_away(app, enter, event, invariants_hold):
    kind = make_ticket_type(event, total_quantity=3)
    Buyer(app).take(kind, 2)
    visitor = enter(Role.MANAGER)
    data = hidden(visitor.get(PATH)) | {"type_0": "2", "channel": "cash", "name": "Ada", "email": ""}

    answer = visitor.post(PATH, data=data)

    assert answer.status_code == 409
    assert "Only 1 place of Standing is free." in answer.text
    invariants_hold()


def test_nothing_is_sold_of_a_draft(enter, kind):
    visitor = enter(Role.MANAGER)
    with transaction():
        db.session.execute(sa.update(Event).values(status=EventStatus.DRAFT))
    data = hidden(visitor.get(PATH)) | {"type_0": "2", "channel": "cash", "name": "Ada", "email": ""}

    assert "publish the event first" in visitor.post(PATH, data=data).text
