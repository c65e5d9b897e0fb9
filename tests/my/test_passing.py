import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from carneau.core import clock, outbox
from carneau.core.audit import AuditEntry
from carneau.core.db import db, transaction
from carneau.purchases import links
from carneau.tickets import issuing, passing, qr, queries
from carneau.tickets.models import Ticket
from tests.buying import only
from tests.visiting import Visitor, make_user

BERT = {"name": "Bert Ostrander", "email": "bert@friend.example"}


@pytest.fixture
def guest(visitor):
    return visitor


def code_of(purchase, number=0):
    with transaction():
        return qr.code(queries.for_purchase(purchase)[number])


def with_key(purchase, code):
    return f"/tickets/{code}/holder?key={links.key(purchase.ref)}"


def pass_on(visitor, page, **fields):
    return visitor.submit(page, page, **(BERT | fields))


def change(**values):
    with transaction():
        db.session.execute(sa.update(Ticket).values(**values))


def test_a_guest_passes_a_ticket_on_and_the_old_code_is_dead(guest, buy, catcher, invariants_hold):
    purchase = buy(2)
    old = code_of(purchase)
    page = with_key(purchase, old)
    assert page.removesuffix("?") in guest.get(f"/tickets/{old}?key={links.key(purchase.ref)}").text
    assert "This cannot be undone." in guest.get(page).text

    assert pass_on(guest, page).location == "/my/tickets/passed"

    assert "bert@friend.example" in guest.get("/my/tickets/passed").text
    for ending in ("", ".svg", ".pdf", ".ics"):
        assert guest.get(f"/tickets/{old}{ending}").status_code == 404
    outbox.drain()
    assert catcher.recipients == ["bert@friend.example", "ada@buyer.example"]
    new = re.search(r"/tickets/([A-Z2-7]{122})", catcher.letters[0].get_body(("plain",)).get_content())[1]
    assert new == code_of(purchase)
    assert "Bert Ostrander" in guest.get(f"/tickets/{new}").text
    assert new not in str(catcher.letters[1])
    invariants_hold()


def test_the_buyer_sees_the_new_code_nowhere(guest, ada, buy, catcher):
    purchase = buy(2)
    kept = code_of(purchase, 1)
    pass_on(guest, with_key(purchase, code_of(purchase)))
    new, key = code_of(purchase), links.key(purchase.ref)

    guest.post(f"/purchases/{purchase.ref}/mail", data={"key": key})
    outbox.drain()

    for path in (f"/purchases/{purchase.ref}?key={key}", f"/tickets/{kept}?key={key}", "/my/tickets"):
        page = ada.get(path).text
        assert kept in page
        assert new not in page
        assert "bert@friend.example" not in page
    assert "passed on to someone else" in ada.get(f"/purchases/{purchase.ref}").text
    again = catcher.letters[-1].get_body(("plain",)).get_content()
    assert kept in again
    assert new not in again
    assert guest.get(with_key(purchase, new)).status_code == 404


def test_the_new_holder_finds_it_in_their_account_and_passes_it_on(guest, app, buy, catcher):
    purchase = buy()
    pass_on(guest, with_key(purchase, code_of(purchase)))
    make_user("bert@friend.example", name="Bert Ostrander")
    bert = Visitor(app)
    bert.enter_as("bert@friend.example")

    code = code_of(purchase)
    page = bert.get("/my/tickets").text
    assert code in page
    assert "passed on to you" in page
    assert purchase.ref not in page
    assert "ada@buyer.example" not in page

    assert pass_on(bert, f"/tickets/{code}/holder", email="cleo@friend.example", name="Cleo").status_code == 303
    assert code not in bert.get("/my/tickets").text
    outbox.drain()
    assert catcher.recipients[-2:] == ["cleo@friend.example", "bert@friend.example"]
    entries = db.session.scalars(
        sa.select(AuditEntry).where(AuditEntry.action == "passed_on").order_by(AuditEntry.id)
    ).all()
    assert [(entry.actor, entry.facts["times"]) for entry in entries] == [("buyer", 1), ("user:1", 2)]


def test_a_code_that_was_only_seen_passes_nothing_on(guest, app, buy):
    code = code_of(buy())
    stranger = Visitor(app)

    for path in (f"/tickets/{code}/holder", f"/tickets/{code}/holder?key=x"):
        assert stranger.get(path).status_code == 404
        assert stranger.post(path, data=BERT).status_code == 404
    assert f"{code}/holder" not in stranger.get(f"/tickets/{code}").text
    assert only(Ticket).passed_on == 0


def test_three_times_is_as_often_as_it_goes(guest, buy):
    purchase = buy()
    change(passed_on=3)

    answer = guest.get(with_key(purchase, code_of(purchase)))

    assert answer.status_code == 409
    assert "three times" in answer.text


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"status": "redeemed", "redeemed_at": clock.now()}, "used already"),
        ({"status": "void", "voided_at": clock.now()}, "void"),
    ],
)
def test_a_ticket_that_counts_no_more_stays_where_it_is(guest, buy, values, reason):
    purchase = buy()
    change(**values)

    answer = guest.get(with_key(purchase, code_of(purchase)))

    assert answer.status_code == 409
    assert reason in answer.text


def test_nothing_is_passed_on_once_the_doors_are_open(guest, buy):
    just_now = clock.now() - timedelta(minutes=1)
    purchase = buy(doors_open_at=just_now)
    code = code_of(purchase)

    assert guest.get(with_key(purchase, code)).status_code == 409
    assert "/holder" not in guest.get(f"/tickets/{code}?key={links.key(purchase.ref)}").text


@pytest.mark.parametrize(
    "fields", [{"name": ""}, {"email": ""}, {"email": "x"}, {"name": "B\r\nBcc: x"}, {"name": "B" * 201}]
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_changes(guest, buy, fields):
    purchase = buy()

    page = pass_on(guest, with_key(purchase, code_of(purchase)), **fields)

    assert page.status_code == 422
    assert "field-error" in page.text
    assert only(Ticket).revision == 1


def test_without_the_token_of_the_session_nothing_changes(guest, buy):
    purchase = buy()

    assert guest.post(with_key(purchase, code_of(purchase)), data=BERT).status_code == 422
    assert only(Ticket).revision == 1


def test_a_second_click_finds_what_the_first_one_did(guest, buy, catcher):
    purchase = buy()
    page = with_key(purchase, code_of(purchase))
    opened = guest.get(page)
    data = BERT | {"csrf_token": re.search(r'csrf_token" value="([^"]+)', opened.text)[1]}

    answers = [guest.post(page, data=data) for _ in range(3)]

    assert {answer.location for answer in answers} == {"/my/tickets/passed"}
    assert only(Ticket).passed_on == 1
    outbox.drain()
    assert len(catcher.letters) == 2
    assert guest.post(page, data=data | {"email": "other@friend.example"}).status_code == 404


def test_of_two_at_once_one_has_it(buy, in_parallel):
    purchase = buy()

    def give(number):
        with transaction():
            ticket = queries.for_purchase(purchase)[0]
            return passing.pass_on(ticket, "N", f"n{number}@friend.example", "buyer").holder_email

    outcomes = in_parallel(4, give)

    taken = [outcome for outcome in outcomes if isinstance(outcome, str)]
    assert len(taken) >= 1
    ticket = only(Ticket)
    assert ticket.passed_on == len(taken) <= 3
    assert ticket.revision == 1 + len(taken)


def test_who_was_let_in_meanwhile_keeps_the_ticket(buy):
    purchase = buy()
    with transaction():
        ticket = queries.for_purchase(purchase)[0]
        db.session.expunge_all()
    change(status="redeemed", redeemed_at=sa.func.now())

    with pytest.raises(passing.NotPassedOn, match="at this very moment"), transaction():
        passing.pass_on(ticket, "Bert", "bert@friend.example", "buyer")


def test_a_mail_that_comes_late_gives_nobody_another_one_s_code(guest, app, buy, catcher):
    purchase = buy()
    pass_on(guest, with_key(purchase, code_of(purchase)))
    make_user("bert@friend.example")
    bert = Visitor(app)
    bert.enter_as("bert@friend.example")
    pass_on(bert, f"/tickets/{code_of(purchase)}/holder", email="cleo@friend.example")

    outbox.drain()

    new = code_of(purchase)
    for letter, recipient in zip(catcher.letters, catcher.recipients, strict=True):
        assert (new in letter.get_body(("plain",)).get_content()) == (recipient == "cleo@friend.example"), recipient
    assert "went on to someone else" in catcher.letters[0]["Subject"]


def test_a_refunded_ticket_is_void_for_its_new_holder_too(guest, buy):
    purchase = buy()
    pass_on(guest, with_key(purchase, code_of(purchase)))
    with transaction():
        issuing.void_all(purchase)

    assert "This ticket is void." in guest.get(f"/tickets/{code_of(purchase)}").text
