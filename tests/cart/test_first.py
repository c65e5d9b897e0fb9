import pytest
import sqlalchemy as sa

from carneau.cart import first
from carneau.cart.models import Cart
from carneau.core import codes
from carneau.core.db import db, transaction
from carneau.inventory.rooms import MOST_PER_CART
from tests.making import make_ticket_type, run_out


def carts():
    with transaction():
        return db.session.scalar(sa.select(sa.func.count(Cart.id)))


def test_who_is_refused_without_a_cart_gets_neither_cart_nor_cookie(client, add, standing, held):
    answer = add(standing, 6)
    client.delete_cookie("cart")

    answer = add(standing, 5)

    assert answer.status_code == 409
    assert "Only 4 are left." in answer.text
    assert "Set-Cookie" not in answer.headers
    assert carts() == 1
    assert held() == {standing.id: 6}


def test_refusal_takes_three_statements(client, add, standing, count_statements):
    add(standing, 6)
    client.delete_cookie("cart")
    with count_statements() as statements:
        assert add(standing, 6).status_code == 409
    assert len(statements) == 3


def test_places_whose_hold_has_run_out_are_had_at_once(client, add, standing, held, invariants_hold):
    add(standing, 6)
    client.delete_cookie("cart")
    run_out(standing.id)

    assert add(standing, 5).status_code == 303

    assert held() == {standing.id: 5}
    invariants_hold()


@pytest.mark.parametrize("quantity", [0, -1, 7, MOST_PER_CART + 1])
def test_the_statement_itself_keeps_the_limits(standing, held, quantity):
    assert first.take(codes.secret(), standing.public_id, quantity) is None
    assert (carts(), held()) == (0, {})


def test_nothing_stays_of_a_claim_for_a_type_that_is_not_there(database):
    assert first.take(codes.secret(), "NOSUCHTYPE", 1) is None
    assert carts() == 0


def test_htmx_is_told_until_when_and_given_the_cookie(client, add, event):
    kind = make_ticket_type(event, name="Balcony")
    answer = add(kind, 2, headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert "2 × Balcony are yours until" in answer.text
    assert client.get_cookie("cart")
    assert client.get("/cart/count").text.startswith("2")
