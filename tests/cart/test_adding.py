from datetime import timedelta

import pytest

from carneau.catalogue.models import EventStatus
from carneau.core import clock
from tests.cart.asking import carts, path
from tests.making import make_event, make_ticket_type, run_out

BAD_QUANTITIES = ["-1", "0", "1.5", "1e9", "1000000000", "2147483648", "٣", "", " 2", "+2", "0x2", "two", ["1", "2"]]


def test_adding_takes_one_statement_without_a_cart_and_three_with_one(client, add, standing, count_statements):
    with count_statements() as fresh:
        add(standing, 2)
    with count_statements() as known:
        add(standing, 3)
    assert (len(fresh), len(known)) == (1, 3)


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
