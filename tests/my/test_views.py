from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from carneau.core import clock, outbox
from carneau.core.db import db, transaction
from carneau.email.models import Mail
from carneau.purchases import links
from carneau.purchases.models import PaymentStatus
from carneau.tickets import issuing, qr, queries
from carneau.tickets.models import Ticket
from tests.making import make_paid_purchase
from tests.visiting import Visitor, make_user


def code_of(purchase, number=0):
    with transaction():
        return qr.code(queries.for_purchase(purchase)[number])


def test_who_is_not_logged_in_is_sent_to_log_in_and_back(visitor):
    assert visitor.get("/my/tickets").location == "/login?next=/my/tickets"
    make_user()
    assert visitor.log_in("ada@buyer.example", next="/my/tickets").location == "/my/tickets"


def test_an_account_without_tickets_is_told_how_they_come(ada):
    page = ada.get("/my/tickets")

    assert page.status_code == 200
    assert "with ada@buyer.example appear here by themselves" in page.text
    assert "There is nothing here yet." in ada.get("/my/tickets/past").text


def test_what_a_guest_bought_is_there_with_code_pdf_calendar_and_receipt(ada, buy):
    purchase = buy(2, title="Four Chairs", name="Stalls")
    other = buy(title="Not mine", email="bert@buyer.example")

    page = ada.get("/my/tickets")

    code = code_of(purchase)
    for said in ("Four Chairs", "Stalls", f"/tickets/{code}.svg", f"{code}.pdf", f"{code}.ics", purchase.ref):
        assert said in page.text
    assert "Not mine" not in page.text
    assert code_of(other) not in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    assert page.headers["Referrer-Policy"] == "same-origin"


def test_a_page_of_tickets_asks_the_database_as_often_for_many_as_for_one(ada, buy, count_statements):
    def asked():
        with count_statements() as statements:
            assert ada.get("/my/tickets").status_code == 200
        return len(statements)

    buy()
    one = asked()
    for _ in range(5):
        buy(4)
    assert asked() == one <= 4


@pytest.mark.parametrize(
    "query", ["after=x", "before=1", "after=9999999999999999.A", "before=0.A", "after=%00", "after="]
)
@pytest.mark.parametrize("path", ["/my/tickets", "/my/tickets/past"])
def test_a_page_that_is_none_is_answered_in_words(ada, path, query):
    assert ada.get(f"{path}?{query}").status_code in (200, 400, 422)


def test_a_void_ticket_is_named_so_and_opens_nothing(ada, buy):
    purchase = buy()
    with transaction():
        issuing.void_all(purchase)

    page = ada.get("/my/tickets").text

    assert "not valid any more" in page
    assert code_of(purchase) not in page


def test_a_payment_that_takes_days_is_said(ada, buy):
    buy()
    with transaction():
        db.session.execute(sa.text("UPDATE purchases SET payment_status = 'processing'"))

    assert "Your bank has still to confirm" in ada.get("/my/tickets").text


def test_the_purchase_and_its_tickets_open_for_their_owner_without_the_link(ada, app, buy):
    purchase = buy(2)
    stranger = Visitor(app)
    for path in (f"/purchases/{purchase.ref}", f"/purchases/{purchase.ref}/tickets.pdf"):
        assert ada.get(path).status_code == 200
        assert stranger.get(path).status_code == 404

    assert code_of(purchase, 1) in ada.get(f"/tickets/{code_of(purchase)}").text
    assert code_of(purchase, 1) not in stranger.get(f"/tickets/{code_of(purchase)}").text


def test_another_account_opens_nothing_of_it(app, buy):
    purchase = buy(2)
    make_user("bert@buyer.example")
    bert = Visitor(app)
    bert.log_in("bert@buyer.example")

    assert bert.get(f"/purchases/{purchase.ref}").status_code == 404
    assert bert.get(f"/purchases/{purchase.ref}/tickets.pdf").status_code == 404
    assert bert.post(f"/purchases/{purchase.ref}/mail").status_code == 404
    assert bert.get(f"/tickets/{code_of(purchase)}/holder").status_code == 404


def test_the_tickets_are_mailed_again_three_times_an_hour(client, buy, catcher, invariants_hold):
    purchase = buy(2)
    key = links.key(purchase.ref)
    for minute in range(3):
        with time_machine.travel(clock.now() + timedelta(minutes=minute)):
            answer = client.post(f"/purchases/{purchase.ref}/mail", data={"key": key})
        assert answer.location.startswith(f"/purchases/{purchase.ref}?key={key}&sent=yes")
    assert "once more" in client.get(answer.location).text
    assert client.post(f"/purchases/{purchase.ref}/mail", data={"key": key}).status_code == 429
    assert client.post(f"/purchases/{purchase.ref}/mail", data={"key": "x"}).status_code == 404

    outbox.drain()

    assert catcher.recipients == ["ada@buyer.example"] * 3
    assert len({letter["Message-ID"] for letter in catcher.letters}) == 3
    attached = [part.get_filename() for part in catcher.letters[0].iter_attachments()]
    assert f"tickets-{purchase.ref}.pdf" in attached
    assert set(db.session.scalars(sa.select(Mail.kind))) == {"confirmation", "tickets_again"}
    invariants_hold()


@time_machine.travel("2026-12-01T20:00:10Z", tick=False)
def test_a_second_click_asks_for_no_second_mail(client, buy, catcher):
    purchase = buy()
    for _ in range(2):
        assert client.post(f"/purchases/{purchase.ref}/mail", data={"key": links.key(purchase.ref)}).status_code == 303

    outbox.drain()

    assert catcher.recipients == ["ada@buyer.example"]


def test_who_passed_everything_on_is_mailed_nothing(client, buy):
    purchase = buy()
    with transaction():
        db.session.execute(sa.update(Ticket).values(holder_email="bert@friend.example", passed_on=1, revision=2))

    answer = client.post(f"/purchases/{purchase.ref}/mail", data={"key": links.key(purchase.ref)})

    assert answer.status_code == 409
    assert "passed on" in answer.text


def test_there_is_nothing_to_mail_of_a_purchase_that_has_no_tickets(client, database):
    purchase = make_paid_purchase(payment_status=PaymentStatus.REFUNDED)

    answer = client.post(f"/purchases/{purchase.ref}/mail", data={"key": links.key(purchase.ref)})

    assert answer.status_code == 409
    assert "no tickets" in answer.text


def test_after_buying_a_guest_is_offered_an_account_and_an_account_is_not(ada, app, buy):
    purchase = buy()
    page = f"/checkout/success?purchase={purchase.ref}&key={links.key(purchase.ref)}"

    assert 'href="/register"' in Visitor(app).get(page).text
    assert 'href="/register"' not in ada.get(page).text


def test_yesterday_is_under_past_events(ada, buy):
    yesterday = clock.now() - timedelta(days=1)
    buy(title="Gone", doors_open_at=None, starts_at=yesterday, ends_at=yesterday + timedelta(hours=2))

    assert "Gone" not in ada.get("/my/tickets").text
    page = ada.get("/my/tickets/past").text
    assert "Gone" in page
    assert "/holder" not in page
    assert ".svg" not in page.split("<main")[1]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Ticket)) == 1
