import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from carneau.catalogue.models import Event, EventStatus, TicketType
from carneau.core.db import db, transaction
from carneau.purchases.models import Purchase
from tests.buying import DETAILS, Buyer, only, session_of, settle
from tests.making import make_event, make_ticket_type, run_out

SHOWN = re.compile(r'name="shown" value="(\d+)"')


@pytest.fixture
def ada(app, database):
    buyer = Buyer(app)
    buyer.take(make_ticket_type(make_event(title="Four Chairs"), name="Stalls"), 2)
    return buyer


def purchases():
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(Purchase))


@pytest.mark.parametrize(
    "email",
    [
        "",
        " ",
        "ada",
        "ada@",
        "@buyer.example",
        "ada@buyer",
        "ada@buyer.example\r\nBcc: everyone@elsewhere.example",
        "ada@buyer.example\n",
        "ada@buyer.example\r",
        "ada\x0b@buyer.example",
        "ada@buyer.example, bert@buyer.example",
        "Ada <ada@buyer.example>",
        "ådå@buyer.example",
        "a" * 65 + "@buyer.example",
        "ada@" + "b" * 300 + ".example",
        "ada@[127.0.0.1]",
    ],
)
def test_address_that_no_mail_can_go_to_is_said_at_its_field(ada, email):
    page = ada.check_out(email=email)

    assert page.status_code == 422
    assert 'id="email_error"' in page.text
    assert 'value="Ada Verhoeven"' in page.text
    assert purchases() == 0


@pytest.mark.parametrize(
    "name", ["", "   ", "Ada\r\nBcc: x@y.example", "Ada\n", "Ada\x07", "A" * 201, "Ada\u202e", "\u200d"]
)
def test_name_that_cannot_be_printed_is_said_at_its_field(ada, name):
    page = ada.check_out(name=name)

    assert page.status_code == 422
    assert 'id="name_error"' in page.text
    assert 'value="ada@buyer.example"' in page.text
    assert purchases() == 0


@pytest.mark.parametrize("name", ["A" * 200, "Đỗ Thị Ánh", "Ngô", "O'Neill & <Söhne>", "李小龙", "ا", "🎟️"])
def test_names_of_the_world_are_taken_as_they_are(ada, simulator, name):
    session_of(ada.check_out(name=name))
    assert only(Purchase).buyer_name == name


def test_address_with_an_international_domain_is_kept_as_mail_writes_it(ada, simulator):
    session_of(ada.check_out(email="ada@bücher.example"))
    assert only(Purchase).email == "ada@xn--bcher-kva.example"


@pytest.mark.parametrize("missing", ["name", "email"])
def test_missing_field_is_an_answer_not_a_crash(ada, missing):
    details = {"name": "Ada", "email": "ada@buyer.example"}
    del details[missing]
    assert ada.client.post("/checkout", data=details).status_code == 422


def test_price_total_fee_and_currency_of_the_client_are_ignored(ada, simulator):
    forged = {"price": "1", "total": "1", "total_minor": "1", "fee": "0", "currency": "XXX", "quantity": "1"}
    session = simulator.session(session_of(ada.check_out(**forged)))

    assert (session["amount_total"], session["currency"]) == (4800, "eur")


def test_price_is_that_of_the_row_when_the_order_was_placed(ada, simulator):
    session_id = session_of(ada.check_out())
    assert simulator.session(session_id)["amount_total"] == only(Purchase).total_minor == 4800


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true", "HX-Request-Type": "partial"}], ids=["page", "htmx"])
def test_price_that_changed_since_the_page_was_opened_is_shown_and_asked_for_again(ada, simulator, headers):
    shown = SHOWN.search(ada.client.get("/checkout").text)[1]
    with transaction():
        db.session.execute(sa.update(TicketType).values(price_minor=2900))

    answer = ada.client.post("/checkout", data=DETAILS | {"shown": shown}, headers=headers)

    assert answer.status_code == 409
    assert "Nothing was charged" in answer.text
    assert answer.text.count("€58.00") == 3
    assert "€48.00" not in answer.text
    assert 'value="ada@buyer.example"' in answer.text
    assert purchases() == 0
    shown = SHOWN.search(answer.text)[1]
    assert simulator.session(session_of(ada.check_out(shown=shown)))["amount_total"] == 5800


@pytest.mark.parametrize("words", ["The event is cancelled.", "The event is over."])
def test_cart_says_what_became_of_its_event_and_checkout_what_to_do(ada, words):
    hours = timedelta(days=60)
    over = {"starts_at": Event.starts_at - hours, "doors_open_at": None, "ends_at": Event.ends_at - hours}
    with transaction():
        db.session.execute(sa.update(Event).values({"status": EventStatus.CANCELLED} if "cancelled" in words else over))

    assert words in ada.client.get("/cart").text
    answer = ada.check_out()
    assert answer.status_code == 409
    assert "Take it out of your cart" in answer.text
    assert purchases() == 0


def test_expired_cart_is_told_so_and_nothing_is_placed(ada, app):
    run_out(db.session.scalars(sa.select(TicketType.id)).one())

    answer = ada.check_out()

    assert answer.status_code == 409
    assert "Nothing was charged" in answer.text
    assert purchases() == 0


def test_wrong_details_with_an_expired_cart_lead_to_the_cart(ada):
    run_out(db.session.scalars(sa.select(TicketType.id)).one())
    assert ada.check_out(email="nonsense").location == "/cart"


def test_checkout_without_a_cart_leads_to_the_cart(app, database):
    stranger = Buyer(app)
    assert stranger.client.get("/checkout").location == "/cart"
    assert stranger.check_out().status_code == 409
    nobody = app.test_client()
    assert nobody.get("/checkout").location == "/cart"
    assert nobody.post("/checkout", data={"name": "A", "email": "a@b.example"}).status_code == 409


def test_form_sent_again_long_after_paying_is_not_told_that_places_were_given_back(ada, app, simulator):
    simulator.pay(session_of(ada.check_out()))
    settle(app, simulator)
    with transaction():
        db.session.execute(sa.update(Purchase).values(created_at=sa.func.now() - timedelta(minutes=10)))

    answer = ada.check_out()

    assert answer.status_code == 409
    assert "your tickets come by mail" in answer.text


def test_form_shows_what_is_bought_for_how_much_until_when(ada):
    page = ada.client.get("/checkout")

    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "private, no-store"
    for said in ("Four Chairs", "Stalls", "€48.00", "Your places are yours until", "data-countdown"):
        assert said in page.text
    assert page.text.count("<h1") == 1


def test_htmx_is_led_to_stripe_by_header_and_gets_errors_as_a_fragment(ada, simulator):
    htmx = {"HX-Request": "true", "HX-Request-Type": "partial"}

    wrong = ada.client.post("/checkout", data={"name": "", "email": "x"}, headers=htmx)
    assert wrong.status_code == 422
    assert "<html" not in wrong.text
    assert 'id="buyer"' in wrong.text

    right = ada.client.post("/checkout", data={"name": "Ada", "email": "a@b.example"}, headers=htmx)
    assert right.status_code == 204
    assert right.headers["HX-Redirect"].startswith(simulator.url)


def test_form_of_another_site_is_refused(ada):
    answer = ada.client.post(
        "/checkout",
        data={"name": "Ada", "email": "a@b.example"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 403
    assert purchases() == 0
