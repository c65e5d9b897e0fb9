import uuid
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa

from carneau.catalogue.models import EventStatus, TicketType
from carneau.checkout import begin
from carneau.core import clock, outbox
from carneau.core.db import db, transaction
from carneau.inventory.models import Hold
from carneau.payments.models import OnExpiry
from carneau.purchases.models import PaymentStatus, Purchase
from tests.buying import settle
from tests.making import make_event, make_organisation, make_ticket_type, make_token

PATH = "/create-checkout-session"


@pytest.fixture
def event(simulator):
    return make_event(make_organisation(slug="house"), booking_fee_minor=100)


@pytest.fixture
def kind(event):
    return make_ticket_type(event, total_quantity=10)


@pytest.fixture
def buy(client, kind):
    def buying(*lines, key=None, header=None, **values):
        chosen = [{"ticketTypeId": each.public_id, "quantity": number} for each, number in lines or ((kind, 2),)]
        body = {"lines": chosen, "name": "Ada Verhoeven", "email": "ada@buyer.example"} | values
        headers = dict(header or {}) | ({"Idempotency-Key": key} if key else {})
        return client.post(PATH, json=body, headers=headers)

    return buying


def key():
    return str(uuid.uuid4())


def purchases():
    db.session.rollback()
    return db.session.scalars(sa.select(Purchase).order_by(Purchase.id)).all()


def held():
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.sum(Hold.quantity)).where(Hold.released_at.is_(None))) or 0


def session_of(answer):
    assert answer.status_code == 201, answer.text
    return urlsplit(answer.json["url"]).path.rsplit("/", 1)[-1]


def test_it_leads_to_stripe_and_the_payment_to_tickets(app, simulator, buy, invariants_hold):
    answer = buy()

    assert answer.json["total"] == {"minor": 5000, "currency": "EUR"}
    assert (answer.json["status"], held()) == ("pending", 2)
    simulator.pay(session_of(answer))
    settle(app, simulator)
    (purchase,) = purchases()
    assert (purchase.payment_status, purchase.ref) == (PaymentStatus.SUCCEEDED, answer.json["purchaseId"])
    invariants_hold()


def test_free_tickets_skip_stripe(event, buy, client, invariants_hold):
    answer = buy((make_ticket_type(event, price_minor=0), 1))

    assert (answer.status_code, answer.json["status"]) == (201, "succeeded")
    outbox.drain()
    assert client.get(answer.json["url"].removeprefix("http://localhost")).status_code == 200
    invariants_hold()


def test_the_same_key_is_the_same_purchase_before_and_after_it_is_paid(app, simulator, buy, invariants_hold):
    mine = key()
    first, second = buy(key=mine), buy(key=mine)
    assert second.json == first.json
    simulator.pay(session_of(first))
    settle(app, simulator)

    third = buy(key=mine)

    assert (third.json["status"], third.json["purchaseId"]) == ("succeeded", first.json["purchaseId"])
    assert "/checkout/success" in third.json["url"]
    assert len(purchases()) == 1
    assert len({buy(key=key()).json["purchaseId"] for _ in range(2)}) == 2
    invariants_hold()


def test_the_same_key_for_free_tickets_gives_them_once(event, buy, invariants_hold):
    free, mine = make_ticket_type(event, price_minor=0), key()

    assert len({buy((free, 2), key=mine).json["purchaseId"] for _ in range(3)}) == 1
    assert len(purchases()) == 1
    invariants_hold()


def test_the_same_key_for_something_else_is_refused(buy, kind):
    mine = key()
    buy(key=mine)

    for other in (buy((kind, 1), key=mine), buy(key=mine, email="eve@buyer.example"), buy(key=mine, name="Eve")):
        assert (other.status_code, other.json["code"]) == (422, "key_used")
    assert len(purchases()) == 1


def test_the_same_key_at_the_same_time_makes_one_purchase(app, in_parallel, kind, simulator, invariants_hold):
    body = {"lines": [{"ticketTypeId": kind.public_id, "quantity": 2}], "name": "Ada", "email": "ada@buyer.example"}
    mine = key()

    def ask():
        return app.test_client().post(PATH, json=body, headers={"Idempotency-Key": mine})

    answers = in_parallel(6, ask)

    assert {answer.status_code for answer in answers} == {201}, [answer.text for answer in answers]
    assert len({answer.json["purchaseId"] for answer in answers}) == 1
    assert held() == 2
    invariants_hold()


def test_two_tokens_with_the_same_key_are_two_purchases(event, buy):
    one, other = make_token(event), make_token(event)
    mine = key()

    assert buy(key=mine, header=one.header).json["purchaseId"] != buy(key=mine, header=other.header).json["purchaseId"]


def test_what_is_sold_out_is_told_with_what_could_be_had(buy, kind, invariants_hold):
    buy((kind, 8))
    answer = buy((kind, 5))

    assert (answer.status_code, answer.json["code"], answer.json["obtainable"]) == (409, "sold_out", 2)
    assert answer.json["detail"].startswith("Only 2 are left.")
    invariants_hold()


def test_all_lines_or_none(event, buy, kind):
    gone = make_ticket_type(event, total_quantity=0)

    assert buy((kind, 2), (gone, 1)).status_code == 409
    assert held() == 0


def test_the_limits_of_an_order_hold(event, buy):
    few = make_ticket_type(event, max_per_order=2)

    assert (buy((few, 3)).status_code, held()) == (422, 0)


@pytest.mark.parametrize(
    "state",
    [
        {"status": EventStatus.CANCELLED},
        {
            "ends_at": clock.now() - timedelta(hours=1),
            "starts_at": clock.now() - timedelta(hours=3),
            "doors_open_at": None,
        },
    ],
)
def test_what_is_not_on_sale_is_refused_with_the_reason(buy, simulator, state):
    answer = buy((make_ticket_type(make_event(**state)), 1))

    assert (answer.status_code, answer.json["code"]) == (409, "not_on_sale")


def test_a_draft_looks_like_what_does_not_exist(buy, simulator, kind):
    hidden = buy((make_ticket_type(make_event(status=EventStatus.DRAFT)), 1))

    assert hidden.status_code == 404
    assert hidden.json == buy((TicketType(public_id="NOSUCHTYPE00"), 1)).json


def test_a_token_sells_only_its_own_organisations_tickets(buy, event):
    rival = make_token(make_organisation())

    assert buy(header=rival.header).status_code == 404
    assert buy(header=make_token(event).header).status_code == 201


def test_tickets_of_two_organisations_are_not_bought_together(buy, kind):
    assert buy((kind, 1), (make_ticket_type(), 1)).status_code == 422
    assert held() == 0


def test_a_total_that_has_changed_is_refused_and_holds_nothing(buy):
    refused = buy(totalMinor=4800)

    assert (refused.status_code, refused.json["code"], held()) == (409, "price_changed", 0)
    assert buy(totalMinor=5000).status_code == 201


def test_a_page_of_another_site_may_not_buy(client, buy, event):
    body = {"lines": [], "name": "a", "email": "a"}
    for foreign in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert buy(header=foreign).status_code == 403
        assert buy(header=foreign | make_token(event).header).status_code == 201
    assert buy(header={"Sec-Fetch-Site": "same-origin"}).status_code == 201
    assert client.post(PATH, json=body).status_code == 422


def test_without_a_token_one_network_may_not_ask_for_ever(client, kind):
    body = {"lines": [{"ticketTypeId": "NOSUCHTYPE", "quantity": 1}], "name": "Ada", "email": "ada@buyer.example"}
    answers = [client.post(PATH, json=body).status_code for _ in range(61)]

    assert answers == [404] * 60 + [429]


@pytest.mark.parametrize(
    "wrong",
    [
        {"lines": []},
        {"lines": [{"ticketTypeId": "X", "quantity": 0}]},
        {"lines": [{"ticketTypeId": "X", "quantity": -1}]},
        {"lines": [{"ticketTypeId": "X", "quantity": 1.5}]},
        {"lines": [{"ticketTypeId": "X", "quantity": 10**9}]},
        {"lines": [{"ticketTypeId": "X", "quantity": "1"}]},
        {"lines": [{"ticketTypeId": "X", "quantity": [1]}]},
        {"lines": [{"ticketTypeId": "X", "quantity": 1, "price": 1}]},
        {"lines": [{"ticketTypeId": "X", "quantity": 1}] * 2},
        {"lines": [{"ticketTypeId": "X", "quantity": 1}] * 31},
        {"name": ""},
        {"name": "\u200d"},
        {"name": "a\r\nBcc: x"},
        {"name": "a\u202e"},
        {"email": "nobody"},
        {"email": "a@b.example\r\nBcc: x@y.example"},
        {"totalMinor": -1},
        {"total": 1},
    ],
)
def test_what_does_not_fit_is_refused_and_holds_nothing(buy, wrong):
    assert buy(**wrong).status_code == 422
    assert held() == 0


@pytest.mark.parametrize("wrong", ["short", "x" * 256, "with a blank in it é"])
def test_a_key_that_could_be_guessed_or_not_kept_is_refused(client, buy, wrong):
    assert buy(header={"Idempotency-Key": wrong.encode().decode("latin-1")}).status_code == 422


def test_when_stripe_is_away_the_places_are_kept_and_the_same_key_goes_on(simulator, buy, kind):
    mine = key()
    simulator.switches.api_failure, simulator.switches.api_failure_count = "500", 99
    answer = buy(key=mine)

    assert (answer.status_code, answer.json["code"]) == (503, "not_started")
    assert answer.headers["Retry-After"]
    assert held() == 2
    simulator.switches.api_failure, simulator.switches.api_failure_count = None, 0
    assert buy(key=mine).json["purchaseId"] == answer.json["purchaseId"]


def test_a_purchase_that_ended_unpaid_asks_for_a_new_key(simulator, app, buy):
    mine = key()
    answer = buy(key=mine)
    with transaction():
        purchase = db.session.scalars(sa.select(Purchase)).one()
        ref, purchase_id = purchase.ref, purchase.id
    begin.end(purchase_id, ref, OnExpiry.RELEASE)

    again = buy(key=mine)
    assert (again.status_code, again.json["code"]) == (409, "purchase_ended")
    assert answer.status_code == 201
