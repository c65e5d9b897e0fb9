import sqlalchemy as sa

from carneau.cart.models import Cart
from carneau.core.db import db, transaction
from carneau.inventory import holds
from tests.cart.asking import path
from tests.making import make_cart, make_ticket_type, run_out


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
