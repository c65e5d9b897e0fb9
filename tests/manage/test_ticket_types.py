"""Making and changing what is sold of an event."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from carneau.catalogue.models import TicketType
from carneau.core import clock
from carneau.core.db import db, transaction
from carneau.inventory import holds
from tests.making import make_cart, make_event, make_paid_purchase, make_ticket_type
from tests.manage.editing import count, kind_of, only

SECRET = re.compile(r"/e/[\w-]+\?unlock=\w+")


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("price", "-1", "below zero"),
        ("price", "24.505", "2 decimals at most"),
        ("price", "24 CHF", "in figures"),
        ("price", "1,000.00", "in figures"),
        ("price", "9999999999", "in figures"),
        ("total_quantity", "-1", "from 0 to"),
        ("total_quantity", "1.5", "whole number"),
        ("total_quantity", "1000001", "from 0 to"),
        ("name", "", "cannot be left empty"),
        ("on_sale_until", "2031-05-01T09:00", "must be later"),
        ("max_per_order", "0", "from 1 to 100"),
        ("min_per_order", "11", ""),
    ],
)
def test_what_does_not_fit_is_said_at_its_field(ada, gala, field, text, words):
    types = "/manage/events/gala/ticket-types"
    answer = ada.submit(f"{types}/new", types, **kind_of(on_sale_from="2031-05-01T10:00", **{field: text}))

    assert answer.status_code == 422
    if words:
        said = re.search(rf'id="{field}_error" class="field-error">([^<]*)<', answer.text)
        assert said, answer.text
        assert words in said[1]
    assert 'value="2031-05-01T10:00"' in answer.text
    assert count(TicketType) == 0


@pytest.mark.parametrize(
    ("currency", "price", "minor"), [("JPY", "2400", 2400), ("EUR", "24,5", 2450), ("EUR", "0", 0)]
)
def test_a_price_is_read_with_the_decimals_of_its_currency(ada, house, currency, price, minor):
    make_event(house, slug="gala", currency=currency)
    types = "/manage/events/gala/ticket-types"
    assert ada.submit(f"{types}/new", types, **kind_of(price=price)).status_code == 303
    assert only(TicketType).price_minor == minor


def test_a_yen_has_no_decimals(ada, house):
    make_event(house, slug="gala", currency="JPY")
    types = "/manage/events/gala/ticket-types"
    answer = ada.submit(f"{types}/new", types, **kind_of(price="24.5"))
    assert "JPY has no decimals" in answer.text


def test_the_number_is_not_lowered_below_what_is_taken(ada, gala):
    kind = make_ticket_type(gala, total_quantity=10)
    cart = make_cart(kind.organisation_id)
    with transaction():
        holds.take(cart.id, cart.organisation_id, kind.id, 3, 15)
    page = f"/manage/events/gala/ticket-types/{kind.public_id}"

    answer = ada.submit(page, **kind_of(total_quantity="2", price="24"))
    assert answer.status_code == 422
    assert re.search(r'id="total_quantity_error"[^>]*>0 are sold and 3 are in carts', answer.text)
    assert 'value="2"' in answer.text
    assert only(TicketType).total_quantity == 10

    assert ada.submit(page, **kind_of(total_quantity="3", price="24")).status_code == 303
    assert only(TicketType).total_quantity == 3


def test_a_hidden_type_is_shown_and_sold_only_by_its_link(ada, gala):
    make_ticket_type(gala, name="Standing")
    hidden = make_ticket_type(gala, name="Friends", is_hidden=True, position=1)

    assert "Friends" not in ada.get("/e/gala").text
    assert hidden.public_id not in ada.get("/e/gala/availability").text
    link = SECRET.search(ada.get("/manage/events/gala/ticket-types").text)
    assert link
    page = ada.get(link[0]).text
    assert "Friends" in page
    assert f"/e/gala/availability?unlock={hidden.public_id}" in page
    assert '"name": "Standing"' in page
    assert '"name": "Friends"' not in page
    assert "Friends" not in ada.get("/e/gala?unlock=NOSUCHTYPE").text


def test_the_order_changes_with_plain_buttons(ada, gala):
    first, second = make_ticket_type(gala, name="A"), make_ticket_type(gala, name="B", position=1)
    types = "/manage/events/gala/ticket-types"
    for to, order in (("up", [second.id, first.id]), ("sideways", [second.id, first.id])):
        assert ada.submit(types, f"{types}/{second.public_id}/position", to=to).status_code == 303
        db.session.rollback()
        rows = db.session.scalars(sa.select(TicketType.id).order_by(TicketType.position)).all()
        assert rows == order


def test_a_type_is_deleted_only_while_nobody_bought_it(ada, gala):
    kept, gone = make_ticket_type(gala, name="A"), make_ticket_type(gala, name="B")
    make_paid_purchase((kept, 1))
    types = "/manage/events/gala/ticket-types"
    assert ada.submit(f"{types}/{gone.public_id}/deletion").status_code == 303
    answer = ada.submit(f"{types}/{kept.public_id}/deletion")
    assert answer.status_code == 409
    assert "Tickets were sold" in answer.text
    assert only(TicketType).id == kept.id


def test_a_name_is_used_once(ada, gala):
    make_ticket_type(gala, name="Standing", created_at=clock.now() - timedelta(hours=1))
    types = "/manage/events/gala/ticket-types"
    answer = ada.submit(f"{types}/new", types, **kind_of(price="30"))
    assert answer.status_code == 422
    assert "has this name" in answer.text
