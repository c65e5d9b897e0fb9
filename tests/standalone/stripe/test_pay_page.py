import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from carneau.standalone.stripe import Simulator
from tests.standalone.stripe.conftest import NewSession, line

CARD = {"method": "card", "number": "4242 4242 4242 4242", "expiry": "12 / 34", "cvc": "123"}


@pytest.fixture
def browser(sim: Simulator) -> FlaskClient:
    return sim.app.test_client()


def path_of(session: Any) -> str:
    return f"/c/pay/{session.id}"


def charges(sim: Simulator) -> int:
    return len(sim.world.store.page([("kind = ?", "charge")], 100))


def test_the_page_says_what_is_paid_to_whom_and_that_no_money_moves(
    browser: FlaskClient, new_session: NewSession
) -> None:
    session = new_session(line_items=[line("Standing", 4900, 2), line("<b>Fee</b>", 250)], customer_email="a@b.ch")
    page = browser.get(path_of(session))

    for said in (
        "No money moves",
        "Pay Halle Vier",
        "CHF 100.50",
        "2 at CHF 49.00 each",
        "&lt;b&gt;Fee&lt;/b&gt;",
        "a@b.ch",
        "4000 0000 0000 9995",
        'href="https://shop.example/checkout/cancelled"',
        "Bank debit",
    ):
        assert said in page.text
    assert "<script" not in page.text
    assert "style=" not in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def test_a_good_card_leads_back_to_the_shop_and_twice_charges_once(
    browser: FlaskClient, new_session: NewSession, sim: Simulator
) -> None:
    session = new_session(customer_email="a@b.ch")
    back = f"https://shop.example/checkout/success?session={session.id}"
    for _ in range(2):
        answer = browser.post(path_of(session), data=CARD)
        assert (answer.status_code, answer.location) == (303, back)
    assert browser.get(path_of(session)).location == back
    assert charges(sim) == 1


@pytest.mark.parametrize(
    ("number", "message"),
    [("4000000000000002", "Your card was declined."), ("4000 0000 0000 9995", "Your card has insufficient funds.")],
)
def test_a_refusal_stands_at_the_card_and_one_may_try_again(
    browser: FlaskClient, new_session: NewSession, sim: Simulator, number: str, message: str
) -> None:
    session = new_session(customer_email="a@b.ch")
    page = browser.post(path_of(session), data=CARD | {"number": number})
    assert page.status_code == 402
    assert re.search(rf'id="number-error">{re.escape(message)}<', page.text)
    assert 'aria-describedby="number-error" autofocus' in page.text
    assert sim.session(session.id)["status"] == "open"
    assert browser.post(path_of(session), data=CARD).status_code == 303
    assert sim.session(session.id)["payment_status"] == "paid"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"number": "4242424242424241"}, "number"),
        ({"number": ""}, "number"),
        ({"number": "٤٢٤٢"}, "number"),
        ({"expiry": "13 / 34"}, "expiry"),
        ({"expiry": "01/20"}, "expiry"),
        ({"cvc": "1"}, "cvc"),
        ({"email": "nobody"}, "email"),
        ({"method": "gold"}, "method"),
    ],
)
def test_what_cannot_be_a_card_is_said_before_the_bank_is_asked(
    browser: FlaskClient, new_session: NewSession, sim: Simulator, typed: dict[str, str], field: str
) -> None:
    session = new_session()
    page = browser.post(path_of(session), data=CARD | {"email": "a@b.ch"} | typed)
    assert page.status_code == 422
    assert f'id="{field}-error"' in page.text
    assert charges(sim) == 0


def test_a_bank_debit_needs_no_card_and_settles_by_hand(
    browser: FlaskClient, new_session: NewSession, sim: Simulator
) -> None:
    session = new_session(customer_email="a@b.ch")
    assert browser.post(path_of(session), data={"method": "sepa_debit"}).status_code == 303
    assert sim.session(session.id)["payment_status"] == "unpaid"
    assert "Let it fail" in browser.get("/_simulator").text
    answer = browser.post("/_simulator/settle", data={"session": session.id, "succeeded": "true"})
    assert (answer.status_code, answer.location) == (303, "/_simulator")
    assert sim.session(session.id)["payment_status"] == "paid"


def test_an_expired_page_says_so_and_an_unknown_one_too(
    browser: FlaskClient, new_session: NewSession, sim: Simulator
) -> None:
    session = new_session()
    sim.world.clock.advance(25 * 3600)
    for page in (browser.get(path_of(session)), browser.post(path_of(session), data=CARD | {"email": "a@b.ch"})):
        assert page.status_code == 410
        assert "This payment page has expired" in page.text
    assert charges(sim) == 0
    assert browser.get("/c/pay/cs_test_1").status_code == 404


def test_the_controls_work_over_http(browser: FlaskClient, new_session: NewSession, sim: Simulator) -> None:
    def post(verb: str, **given: Any) -> Any:
        return browser.post(f"/_simulator/{verb}", json=given).json

    first, second = new_session(), new_session()
    declined = post("pay", session=first.id, card="4000000000000002")
    assert (declined["refusal"]["code"], declined["session"]["status"]) == ("card_declined", "open")
    assert post("pay", session=first.id)["session"]["payment_status"] == "paid"
    assert post("refund", session=first.id, amount=100)["amount"] == 100
    assert post("dispute", session=first.id)["status"] == "needs_response"
    assert post("expire", session=second.id)["status"] == "expired"
    assert post("pay", session=second.id)["error"]["message"] == "This Checkout Session has expired."
    assert post("settle")["error"]["code"] == "parameter_missing"
    assert post("advance", seconds=60)["now"] > 0
    assert len(browser.get("/_simulator/deliveries").json or []) == len(sim.deliveries())
    assert (browser.get("/_simulator/events?type=charge.refunded").json or [])[0]["type"] == "charge.refunded"
    assert browser.get("/_simulator/mismatches").json == []
    page = browser.get("/_simulator").text
    assert "disputed" in page
    assert "CHF 1.00 refunded" in page


def test_the_process_says_that_it_is_well(browser: FlaskClient) -> None:
    assert browser.get("/healthz").status_code == 200
    assert browser.get("/").location == "/_simulator"
