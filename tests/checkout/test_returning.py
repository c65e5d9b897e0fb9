"""The pages a buyer comes back to: who may see them, what they say, and what their buttons do."""

import pytest
import sqlalchemy as sa

from carneau.catalogue.models import TicketType
from carneau.core.db import db, transaction
from carneau.payments.models import Payment
from carneau.purchases.models import PaymentStatus, Purchase
from tests.buying import Buyer, asked, only, session_of, settle
from tests.making import make_ticket_type


@pytest.fixture
def kind(database):
    return make_ticket_type(total_quantity=10)


@pytest.fixture
def ada(app):
    return Buyer(app)


@pytest.fixture
def session_id(ada, kind, simulator):
    return ada.begin(kind, 2)


def back(simulator, session_id, name="success_url"):
    """The path, with its key, that Stripe would send the buyer to."""
    url = simulator.session(session_id)[name].replace("{CHECKOUT_SESSION_ID}", session_id)
    assert url.startswith("http://localhost/")
    return url.removeprefix("http://localhost")


def held(kind):
    with transaction():
        return db.session.get_one(TicketType, kind.id, populate_existing=True).held_quantity


def press(buyer, cancelled_path, button):
    query = asked(cancelled_path)
    return buyer.client.post(f"/checkout/{query['purchase']}/{button}", data={"key": query["key"]})


def test_signed_link_opens_the_purchase_in_any_browser(app, simulator, session_id):
    simulator.pay(session_id)
    elsewhere = app.test_client()

    page = elsewhere.get(back(simulator, session_id))

    assert page.status_code == 200
    assert page.text.count("/tickets/") == 2
    assert page.headers["Cache-Control"] == "private, no-store"
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"


@pytest.mark.parametrize("path", ["/checkout/success", "/checkout/cancelled", "/purchases"])
def test_without_key_or_cart_there_is_nothing_to_see(app, session_id, path):
    ref = only(Purchase).ref
    stranger = Buyer(app)
    for key in ("", "wrong", "é", "\U0001f39f", "x" * 5000):
        query = {"purchase": ref, "key": key}
        answer = stranger.client.get(f"{path}/{ref}" if path == "/purchases" else path, query_string=query)
        assert answer.status_code == 404
        assert "complete link" in answer.text
    unknown = stranger.client.get("/purchases/ZZZZ-ZZZZ?key=wrong")
    assert (unknown.status_code, "complete link" in unknown.text) == (404, True)


@pytest.mark.parametrize("button", ["payment", "cart", "cancellation"])
def test_stranger_moves_nothing(app, kind, session_id, simulator, button):
    ref = only(Purchase).ref
    for key in ("", "wrong"):
        assert Buyer(app).client.post(f"/checkout/{ref}/{button}", data={"key": key}).status_code == 404
    assert held(kind) == 2
    assert simulator.session(session_id)["status"] == "open"


@pytest.mark.parametrize("wrong", ["cs_test_nobodys", "", "x" * 3000, "cs_test_a1\x7f"])
def test_session_id_that_is_not_this_purchases_is_refused_with_a_helping_sentence(ada, session_id, wrong):
    ref = only(Purchase).ref
    answer = ada.client.get("/checkout/success", query_string={"purchase": ref, "session_id": wrong})
    assert answer.status_code == 404
    assert "does not belong to this purchase" in answer.text


def test_paid_session_of_someone_else_opens_nothing_and_gives_nothing(app, ada, kind, session_id, simulator):
    bert = Buyer(app)
    berts = bert.begin(kind, 1)
    simulator.pay(berts)
    with transaction():
        ref = db.session.scalars(
            sa.select(Purchase.ref).join(Payment).where(Payment.stripe_session_id == session_id)
        ).one()

    answer = ada.client.get("/checkout/success", query_string={"purchase": ref, "session_id": berts})

    assert answer.status_code == 404
    assert "/tickets/" not in answer.text


def test_coming_back_unpaid_leads_to_what_can_be_done(ada, simulator, kind, session_id):
    unpaid = ada.client.get(back(simulator, session_id))
    assert unpaid.status_code == 303

    page = ada.client.get(unpaid.location)

    assert page.status_code == 200
    for said in ("Nothing has been paid yet", "Nothing was charged", "Your places are yours until", "Try again"):
        assert said in page.text
    assert held(kind) == 2


def test_try_again_leads_to_the_same_session(app, simulator, session_id):
    path = back(simulator, session_id, "cancel_url")
    assert session_of(press(Buyer(app), path, "payment")) == session_id


def test_places_given_back_are_free_and_the_session_is_expired(ada, simulator, kind, session_id, invariants_hold):
    path = back(simulator, session_id, "cancel_url")

    answer = press(ada, path, "cancellation")

    assert (held(kind), simulator.session(session_id)["status"]) == (0, "expired")
    assert only(Purchase).payment_status is PaymentStatus.CANCELLED
    assert "Your places were given back" in ada.client.get(answer.location).text
    assert press(ada, path, "cancellation").location == answer.location
    assert press(ada, path, "payment").location == answer.location
    invariants_hold()


def test_cart_is_changed_with_the_places_still_kept(ada, simulator, kind, session_id, invariants_hold):
    answer = press(ada, back(simulator, session_id, "cancel_url"), "cart")

    assert (answer.status_code, answer.location) == (303, "/cart")
    assert (held(kind), simulator.session(session_id)["status"]) == (2, "expired")
    invariants_hold()
    ada.take(kind, 3)
    again = session_of(ada.check_out())
    assert simulator.session(again)["amount_total"] == 3 * 2400
    invariants_hold()


@pytest.mark.parametrize("button", ["payment", "cart", "cancellation"])
def test_who_has_paid_meanwhile_gets_the_tickets_whatever_was_pressed(
    ada, simulator, kind, session_id, invariants_hold, button
):
    simulator.pay(session_id)

    answer = press(ada, back(simulator, session_id, "cancel_url"), button)

    assert answer.location.startswith("/checkout/success")
    assert "Your tickets are here" in ada.client.get(answer.location).text
    assert only(Purchase).payment_status is PaymentStatus.SUCCEEDED
    invariants_hold()


def test_cancelled_page_of_a_paid_purchase_leads_to_the_tickets(app, ada, simulator, session_id):
    path = back(simulator, session_id, "cancel_url")
    simulator.pay(session_id)
    settle(app, simulator)
    assert ada.client.get(path).location.startswith("/checkout/success")


def test_another_address_typed_after_coming_back_is_where_the_tickets_go(
    ada, simulator, kind, session_id, invariants_hold
):
    again = session_of(ada.check_out(email="ada@right.example"))

    assert simulator.session(session_id)["status"] == "expired"
    assert simulator.session(again)["customer_email"] == "ada@right.example"
    assert held(kind) == 2
    states = sa.select(Purchase.payment_status, Purchase.email).order_by(Purchase.id)
    assert db.session.execute(states).all() == [
        (PaymentStatus.CANCELLED, "ada@buyer.example"),
        (PaymentStatus.PENDING, "ada@right.example"),
    ]
    invariants_hold()


def test_while_the_bank_thinks_the_buyer_can_buy_more(app, ada, simulator, kind, session_id, invariants_hold):
    simulator.pay(session_id, method="delayed")
    first = back(simulator, session_id)
    settle(app, simulator)
    assert "nothing in your cart" in ada.client.get("/cart").text
    assert "if you have paid" in ada.check_out().text.lower()

    more = ada.begin(kind, 3)
    simulator.pay(more)
    settle(app, simulator)
    simulator.settle_delayed(session_id)
    settle(app, simulator)

    for path, number in ((first, 2), (back(simulator, more), 3)):
        assert ada.client.get(path).text.count('<li class="admit') == number
    invariants_hold()


def test_delayed_payment_says_that_the_bank_is_awaited_and_then_shows_tickets(
    app, ada, simulator, session_id, invariants_hold
):
    simulator.pay(session_id, method="delayed")

    page = ada.client.get(back(simulator, session_id))

    assert "your bank has still to confirm" in page.text
    assert "We write to ada@buyer.example when your bank has confirmed" in page.text
    assert "every 2s" not in page.text
    simulator.settle_delayed(session_id)
    settle(app, simulator)
    assert ada.client.get(back(simulator, session_id)).text.count("/tickets/") == 2
    invariants_hold()


def test_polling_gets_the_block_alone_and_stops_when_it_is_settled(app, ada, simulator, session_id):
    simulator.pay(session_id)
    path = back(simulator, session_id)
    simulator.switches.api_failure, simulator.switches.api_failure_count = "429", 99
    htmx = {"HX-Request": "true", "HX-Request-Type": "partial"}

    waiting = ada.client.get(path, headers=htmx)
    assert "<html" not in waiting.text
    assert f'hx-get="{path.replace("&", "&amp;")}"' in waiting.text

    settle(app, simulator)
    settled = ada.client.get(path, headers=htmx)
    assert "hx-trigger" not in settled.text
    assert settled.text.count("/tickets/") == 2
    assert '<span id="cart_count" hx-swap-oob="innerHTML"></span>' in settled.text


def test_purchase_page_is_a_receipt_with_the_tickets(app, ada, simulator, session_id):
    simulator.pay(session_id)
    settle(app, simulator)
    link = ada.come_back(session_id).text.split('href="http://localhost')[1].split('"')[0].replace("&amp;", "&")

    page = app.test_client().get(link)

    assert page.status_code == 200
    for said in (only(Purchase).ref, "Ada Verhoeven", "Receipt", "€48.00", "paid"):
        assert said in page.text
    assert page.text.count("/tickets/") == 2


def test_visitor_may_buy_again_after_paying(app, ada, simulator, kind, session_id, invariants_hold):
    simulator.pay(session_id)
    settle(app, simulator)

    assert ada.begin(kind, 1) != session_id
    invariants_hold()


def test_payment_that_differs_from_what_we_asked_is_left_to_a_person_and_said_so(ada, simulator, kind, session_id):
    with transaction():
        db.session.execute(sa.update(Payment).values(amount_minor=4799))
    simulator.pay(session_id)

    page = ada.come_back(session_id)

    assert "A person will look at your payment" in page.text
    assert "every 2s" not in page.text
    assert (held(kind), only(Payment).flagged) == (2, "amount")


def test_success_page_of_what_was_never_begun_leads_to_what_can_be_done(ada, simulator, kind):
    simulator.switches.api_failure, simulator.switches.api_failure_count = "500", 99
    ada.take(kind, 1)
    ada.check_out()
    ref = only(Purchase).ref
    assert ada.client.get(f"/checkout/success?purchase={ref}").location.startswith("/checkout/cancelled")


def test_htmx_is_led_to_a_page_that_says_stripe_does_not_answer(ada, simulator, kind):
    simulator.switches.api_failure, simulator.switches.api_failure_count = "500", 99
    ada.take(kind, 1)
    htmx = {"HX-Request": "true", "HX-Request-Type": "partial"}

    answer = ada.client.post("/checkout", data={"name": "Ada", "email": "a@b.example"}, headers=htmx)

    assert "Stripe does not answer" in ada.client.get(answer.headers["HX-Redirect"]).text
