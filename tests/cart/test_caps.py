"""How many places one network and one address may hold."""

import re

import pytest
import sqlalchemy as sa

from carneau.cart import caps
from carneau.cart.models import Cart
from carneau.core.db import db, transaction
from carneau.inventory import holds
from carneau.purchases import placing
from carneau.purchases.models import Purchase
from tests.buying import DETAILS, Buyer
from tests.making import make_event, make_ticket_type
from tests.visiting import Visitor

CAMPUS, HOME, SIX = "130.60.4.9", "84.72.13.200", "2001:4860:4860::8888"


@pytest.fixture
def kind(database):
    return make_ticket_type(make_event(slug="gala"), total_quantity=5000, max_per_order=100)


def ask(app, kind, quantity, network):
    """A fresh visitor from there; the status of the answer."""
    answer = Visitor(app, network).post("/cart/lines", data={f"quantity-{kind.public_id}": str(quantity)})
    return answer.status_code, answer.text


def held():
    db.session.rollback()
    return db.session.scalar(sa.text("SELECT held_quantity FROM ticket_types"))


def test_the_carts_of_one_network_hold_as_many_places_as_the_setting_says(app, kind, invariants_hold):
    assert [ask(app, kind, 50, CAMPUS)[0] for _ in range(10)] == [303] * 10

    status, text = ask(app, kind, 1, CAMPUS)

    assert (status, "carts of your network" in text) == (409, True)
    assert held() == 500
    assert ask(app, kind, 4, HOME)[0] == 303
    assert db.session.scalar(sa.select(sa.func.count(Cart.id))) == 11
    invariants_hold()


def test_places_that_come_back_make_room_again(app, kind):
    for _ in range(10):
        ask(app, kind, 50, CAMPUS)
    with transaction():
        db.session.execute(sa.text("UPDATE holds SET expires_at = now() - interval '1 min' WHERE id = 1"))
    assert ask(app, kind, 1, CAMPUS)[0] == 303


def test_one_household_of_the_new_internet_is_one_network(app, kind):
    for number in range(10):
        assert ask(app, kind, 50, f"2001:4860:4860::{number + 1}")[0] == 303
    assert ask(app, kind, 1, SIX)[0] == 409
    assert ask(app, kind, 1, "2001:4860:4861::1")[0] == 303


@pytest.mark.parametrize("network", ["127.0.0.1", "10.0.0.7", "192.168.1.4", "::1", "fd00::1", "unknown", ""])
def test_what_is_not_on_the_public_net_is_a_proxy_and_is_never_capped(app, kind, network):
    for _ in range(11):
        assert ask(app, kind, 50, network)[0] == 303
    assert db.session.scalars(sa.select(Cart.network_digest).distinct()).all() == [None]


def test_the_network_is_kept_as_a_keyed_digest_alone(app, kind):
    ask(app, kind, 1, CAMPUS)
    digest = db.session.scalars(sa.select(Cart.network_digest)).one()
    assert digest == caps.digest_of(CAMPUS)
    assert len(digest) == 32
    assert caps.digest_of(CAMPUS) != caps.digest_of(HOME)


def test_a_cart_is_opened_with_no_more_statements_than_before(app, kind, count_statements):
    ask(app, kind, 1, HOME)
    with count_statements() as statements:
        assert ask(app, kind, 2, CAMPUS)[0] == 303
    assert len(statements) <= 3, statements


def at_the_field(page):
    return re.search(r'id="email_error"[^>]*>([^<]+)', page.text)[1]


def test_one_address_begins_to_pay_for_so_many_places_and_no_more(app, simulator, kind):
    most, per_cart = placing.MOST_UNPAID_PLACES, holds.MOST_PER_CART
    for _ in range(most // per_cart):
        buyer = Buyer(app)
        buyer.take(kind, per_cart)
        assert buyer.check_out().status_code == 303
    buyer = Buyer(app)
    buyer.take(kind, 1)

    refused = buyer.check_out(email=DETAILS["email"].upper())

    assert refused.status_code == 409
    assert "begun with this e-mail address" in at_the_field(refused)
    assert 'value="ADA@BUYER.EXAMPLE"' in refused.text
    assert 'action="/checkout"' in refused.text
    assert db.session.scalar(sa.select(sa.func.count(Purchase.id))) == most // per_cart
    assert buyer.check_out(email="somebody@else.example").status_code == 303


def test_who_has_a_cart_already_meets_the_same_cap(app, kind):
    browser = Visitor(app, CAMPUS)
    two = make_ticket_type(make_event(), total_quantity=10)
    assert browser.post("/cart/lines", data={f"quantity-{kind.public_id}": "1"}).status_code == 303
    for _ in range(10):
        ask(app, kind, 50, CAMPUS)

    refused = browser.post("/cart/lines", data={f"quantity-{two.public_id}": "1"})

    assert (refused.status_code, "carts of your network" in refused.text) == (409, True)
