from datetime import timedelta

import pytest
import sqlalchemy as sa

from carneau.cart.models import Cart
from carneau.catalogue.models import EventStatus
from carneau.core import clock, codes
from carneau.core.db import db, transaction
from carneau.inventory import holds
from tests.making import make_cart, make_event, make_ticket_type, run_out

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
BAD_QUANTITIES = ["-1", "0", "1.5", "1e9", "1000000000", "2147483648", "٣", "", " 2", "+2", "0x2", "two", ["1", "2"]]


def path(ticket_type, rest=""):
    return f"/cart/lines/{ticket_type.public_id}{rest}"


def carts():
    with transaction():
        return db.session.scalar(sa.select(sa.func.count(Cart.id)))


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


def test_adding_takes_one_statement_without_a_cart_and_three_with_one(client, add, standing, count_statements):
    with count_statements() as fresh:
        add(standing, 2)
    with count_statements() as known:
        add(standing, 3)
    assert (len(fresh), len(known)) == (1, 3)


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


def test_asking_for_a_number_twice_holds_it_once(add, standing, held):
    add(standing, 2)
    add(standing, 2)
    assert held() == {standing.id: 2}
    assert carts() == 1


@pytest.mark.parametrize("quantity", BAD_QUANTITIES)
def test_a_number_that_is_none_changes_nothing(client, add, standing, held, quantity, invariants_hold):
    refused = add(standing, quantity)
    assert refused.status_code == 422
    assert refused.text.count("Please choose") == 1
    assert carts() == 0
    add(standing, 4)
    if quantity != "0":
        answer = client.post(path(standing), data={"quantity": quantity})
        assert answer.status_code == 422
        assert "from 0 to 100" in answer.text
    assert held() == {standing.id: 4}
    invariants_hold()


def test_no_field_at_all_changes_nothing(client, add, standing, held):
    assert client.post("/cart/lines", data={}).status_code == 422
    add(standing, 4)
    assert client.post(path(standing), data={}).status_code == 422
    assert held() == {standing.id: 4}


def test_types_left_at_zero_or_blank_beside_a_chosen_one_are_not_asked_for(add, event, standing, held):
    assert add(standing, 2, make_ticket_type(event), 0, make_ticket_type(event), "").status_code == 303
    assert held() == {standing.id: 2}


def test_an_unknown_type_is_not_found_and_nothing_is_added(client, add, standing, held):
    data = {f"quantity-{standing.public_id}": "1", "quantity-NOSUCHTYPE": "1"}
    assert client.post("/cart/lines", data=data).status_code == 404
    assert client.post("/cart/lines", data={"quantity-": "1"}).status_code == 404
    assert held() == {}


@pytest.mark.parametrize(
    ("of_event", "of_type", "status"),
    [
        ({"status": EventStatus.DRAFT}, {}, 404),
        ({"status": EventStatus.CANCELLED}, {}, 409),
        ({"starts_at": clock.now() - timedelta(days=2), "ends_at": clock.now() - timedelta(days=1)}, {}, 409),
        ({}, {"on_sale_from": clock.now() + timedelta(days=1)}, 409),
        ({}, {"on_sale_until": clock.now() - timedelta(days=1)}, 409),
    ],
    ids=["draft", "cancelled", "over", "not yet", "no longer"],
)
def test_what_is_not_on_sale_is_refused(add, held, of_event, of_type, status):
    assert add(make_ticket_type(make_event(**of_event), **of_type), 1).status_code == status
    assert held() == {}


@pytest.mark.parametrize(("quantity", "words"), [(1, "at least 2 × Standing"), (5, "at most 4 × Standing")])
def test_an_order_keeps_to_the_limits_of_the_type(client, add, event, held, quantity, words):
    pairs = make_ticket_type(event, min_per_order=2, max_per_order=4)
    answer = add(pairs, quantity)
    assert answer.status_code == 422
    assert words in answer.text
    add(pairs, 3)
    assert client.post(path(pairs), data={"quantity": quantity}).status_code == 422
    assert held() == {pairs.id: 3}


def test_what_cannot_be_had_is_said_and_what_can_is_kept(add, event, standing, held, invariants_hold):
    rare = make_ticket_type(event, name="Balcony", total_quantity=3)
    answer = add(standing, 2, rare, 5)

    assert answer.status_code == 409
    assert "2 × Standing are yours until" in answer.text
    assert "5 × Balcony:" in answer.text
    assert "Only 3 are left." in answer.text
    assert f'name="quantity-{rare.public_id}" value="3"' in answer.text
    assert held() == {standing.id: 2}
    invariants_hold()


def test_a_change_beyond_what_is_left_offers_what_there_is(client, add, standing, held):
    other = make_cart(standing.organisation_id)
    with transaction():
        holds.take(other.id, other.organisation_id, standing.id, 7, 15)
    add(standing, 2)

    answer = client.post(path(standing), data={"quantity": "5"})

    assert answer.status_code == 409
    assert "Only 1 more is left." in answer.text
    assert "Take 3" in answer.text
    assert held()[standing.id] in (2, 7)
    assert client.post(path(standing), data={"quantity": "3"}).status_code == 303


def test_a_line_is_changed_and_removed_with_plain_forms(client, add, standing, held, invariants_hold):
    add(standing, 2)
    assert client.post(path(standing), data={"quantity": "5"}).status_code == 303
    assert held() == {standing.id: 5}
    assert client.post(path(standing, "/removal")).status_code == 303
    assert held() == {}
    add(standing, 2)
    assert client.post(path(standing), data={"quantity": "0"}).status_code == 303
    assert "nothing in your cart" in client.get("/cart").text
    invariants_hold()


def test_a_line_of_someone_else_or_already_gone_is_not_found(app, client, add, standing, held):
    add(standing, 2)
    stranger = app.test_client()
    assert stranger.post(path(standing), data={"quantity": "1"}).status_code == 404
    assert stranger.post(path(standing, "/removal")).status_code == 404
    client.post(path(standing, "/removal"))
    assert client.post(path(standing, "/removal")).status_code == 404


def test_a_cart_is_emptied_once_and_again(client, add, event, standing, held):
    add(standing, 2, make_ticket_type(event), 1)
    assert client.post("/cart/emptying").status_code == 303
    assert client.post("/cart/emptying").status_code == 303
    assert held() == {}


def test_more_time_is_given_once(client, add, standing):
    add(standing, 2)
    assert client.post("/cart/extension").status_code == 303
    assert "I need more time" not in client.get("/cart").text
    answer = client.post("/cart/extension")
    assert answer.status_code == 409
    assert "extended once already" in answer.text


def test_more_time_can_be_had_again_for_a_new_run_of_holds(client, add, standing):
    add(standing, 2)
    client.post("/cart/extension")
    run_out(standing.id)
    add(standing, 2)
    assert client.post("/cart/extension").status_code == 303


def test_lines_whose_time_ran_out_stay_visible_and_can_be_taken_again(client, add, standing, held, invariants_hold):
    add(standing, 2)
    run_out(standing.id)

    page = client.get("/cart").text
    assert "Released at" in page
    assert "nothing was charged" in page
    assert "Take them again" in page
    assert 'href="/checkout"' not in page
    for answer in (client.post(path(standing), data={"quantity": "1"}), client.post("/cart/extension")):
        assert answer.status_code == 409
        assert "time for these places has run out" in answer.text
    add(standing, 2)
    assert 'href="/checkout"' in client.get("/cart").text
    invariants_hold()


def test_a_lost_line_offers_only_what_is_left(client, add, standing):
    add(standing, 6)
    run_out(standing.id)
    other = make_cart(standing.organisation_id)
    with transaction():
        holds.take(other.id, other.organisation_id, standing.id, 8, 15)

    page = client.get("/cart").text
    assert "Only 2 are left." in page
    assert "Take 2" in page


def test_tickets_of_another_organisation_do_not_mix_but_may_replace(client, add, standing, held, invariants_hold):
    foreign = make_ticket_type(name="Elsewhere")
    add(standing, 2)

    answer = add(foreign, 1)
    assert answer.status_code == 409
    assert "Empty my cart and take these instead" in answer.text
    assert held() == {standing.id: 2}

    data = {f"quantity-{foreign.public_id}": "1", "instead": "yes"}
    assert client.post("/cart/lines", data=data).status_code == 303
    assert client.post("/cart/lines", data=data).status_code == 303
    assert held() == {foreign.id: 1}
    invariants_hold()


def test_a_lost_cart_does_not_keep_one_from_another_organisation(add, standing, held):
    foreign = make_ticket_type()
    add(standing, 2)
    run_out(standing.id)
    assert add(foreign, 1).status_code == 303
    assert foreign.id in held()


def test_tickets_of_two_organisations_in_one_request_are_refused(add, standing, held):
    assert add(standing, 1, make_ticket_type(), 1).status_code == 422
    assert held() == {}


def test_a_cart_that_is_being_paid_says_so_and_stays_as_it_is(client, add, standing, held):
    add(standing, 2)
    with transaction():
        db.session.execute(sa.update(Cart).values(purchase_ref="K7NQ-42VD"))

    page = client.get("/cart")
    assert page.status_code == 200
    assert "/checkout/cancelled?purchase=K7NQ-42VD" in page.text
    assert path(standing) not in page.text
    for answer in (
        add(standing, 3),
        client.post(path(standing), data={"quantity": "1"}),
        client.post(path(standing, "/removal")),
        client.post("/cart/emptying"),
        client.post("/cart/extension"),
    ):
        assert answer.status_code == 409
        assert "being paid" in answer.text
        assert "/checkout/cancelled?purchase=K7NQ-42VD" in answer.text
    assert held() == {standing.id: 2}


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
