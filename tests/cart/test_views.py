import pytest
import sqlalchemy as sa

from carneau.cart.models import Cart
from carneau.core import codes
from carneau.core.db import db, transaction
from tests.cart.asking import HTMX, path
from tests.making import make_ticket_type, run_out


def test_an_empty_cart_says_what_to_do_next(client):
    answer = client.get("/cart")
    assert "nothing in your cart" in answer.text
    assert 'href="/"' in answer.text
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_added_tickets_stand_in_the_cart_with_what_they_cost(client, add, standing, held, invariants_hold):
    answer = add(standing, 2)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/cart")

    page = client.get("/cart").text
    for words in ("2 × Standing", "€48.00", "€3.00", "€51.00", "€8.14", "Your places are yours until"):
        assert words in page
    assert held() == {standing.id: 2}
    invariants_hold()


def test_the_cart_is_read_in_three_statements_however_many_lines_it_has(client, add, event, standing, count_statements):
    add(standing, 1, make_ticket_type(event), 1, make_ticket_type(event), 2)
    with count_statements() as statements:
        assert client.get("/cart").text.count("<li id=") == 3
    assert len(statements) == 3


def test_the_cookie_is_a_secret_of_which_the_database_keeps_a_digest(client, add, standing):
    cookie = add(standing, 1).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    with transaction():
        assert db.session.scalar(sa.select(Cart.visitor_digest)) == codes.digest(client.get_cookie("cart").value)


@pytest.mark.parametrize("value", ["", "short", "a" * 44, "é" * 43, "' OR 1=1 --"])
def test_a_made_up_cookie_opens_nothing_and_is_replaced(client, add, standing, value):
    client.set_cookie("cart", value)
    assert "nothing in your cart" in client.get("/cart").text
    add(standing, 1)
    assert len(client.get_cookie("cart").value) == 43


def test_the_number_in_the_header_has_its_own_private_address(client, add, standing, count_statements):
    with count_statements() as statements:
        assert client.get("/cart/count").text.strip() == ""
    assert statements == []
    add(standing, 2)
    answer = client.get("/cart/count")
    assert answer.text.startswith("2")
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_looking_changes_nothing(client, add, standing, held, count_statements):
    add(standing, 2)
    run_out(standing.id)
    with count_statements() as statements:
        for address in ("/cart", "/cart/count"):
            client.get(address)
            client.head(address)
    assert all(statement.lstrip().startswith("SELECT") for statement in statements)
    assert client.get("/cart/lines").status_code == 405


def test_htmx_gets_the_line_and_what_changes_with_it(client, add, standing):
    add(standing, 2)
    answer = client.post(path(standing), data={"quantity": "3"}, headers=HTMX)
    assert answer.status_code == 200
    assert "<html" not in answer.text
    for part in (f'id="line_{standing.public_id}"', 'id="cart_totals"', 'id="cart_deadline"', 'id="cart_count"'):
        assert part in answer.text
    assert "€76.50" in answer.text


def test_htmx_gets_a_refusal_at_the_line_it_is_about(client, add, event):
    rare = make_ticket_type(event, total_quantity=3)
    add(rare, 2)
    answer = client.post(path(rare), data={"quantity": "5"}, headers=HTMX)
    assert answer.status_code == 409
    assert answer.text.lstrip().startswith(f'<li id="line_{rare.public_id}"')
    assert "Only 1 more is left." in answer.text


def test_htmx_gets_the_whole_cart_where_a_line_would_not_do(client, add, standing):
    add(standing, 2)
    run_out(standing.id)
    lost = client.post(path(standing), data={"quantity": "3"}, headers=HTMX)
    assert (lost.status_code, lost.headers["HX-Retarget"]) == (409, "#cart")
    assert "Take them again" in lost.text
    emptied = client.post(path(standing, "/removal"), headers=HTMX)
    assert (emptied.status_code, emptied.headers["HX-Retarget"]) == (200, "#cart")
    assert "nothing in your cart" in emptied.text


def test_htmx_is_told_on_the_page_of_the_event_what_became_of_the_wish(add, event, standing):
    good = add(standing, 2, headers=HTMX)
    assert (good.status_code, good.headers["HX-Retarget"]) == (200, "#notice")
    assert "2 × Standing are yours until" in good.text
    assert 'id="cart_count" hx-swap-oob="innerHTML">2' in good.text
    bad = add(standing, 2, make_ticket_type(event, total_quantity=1), 2, headers=HTMX)
    assert bad.status_code == 409
    assert "Only 1 is left." in bad.text
