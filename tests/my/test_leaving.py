from datetime import timedelta

import pytest
import sqlalchemy as sa

from carneau.accounts.models import OneTimeLink, User, VerifiedAddress
from carneau.core import clock, outbox
from carneau.core.audit import AuditEntry
from carneau.core.db import db, transaction
from carneau.email.models import Mail
from carneau.fulfilment import fulfil
from carneau.payments.models import Payment, StripeEvent
from carneau.purchases import links
from carneau.purchases.models import PaymentStatus, Purchase
from carneau.tickets import erasing, qr, queries
from carneau.tickets.models import Ticket
from tests.buying import only
from tests.making import make_member, make_organisation
from tests.visiting import PASSWORD, Visitor

MINE = "ada@buyer.example"


def leave(visitor, **fields):
    return visitor.submit("/account/deletion", **({"current": PASSWORD} | fields))


def everything():
    """All rows of all tables but the mail that is still owed, as text."""
    db.session.rollback()
    tables = [table for table in db.metadata.sorted_tables if table.name != "mails"]
    return "\n".join(str(tuple(row)) for table in tables for row in db.session.execute(sa.select(table)))


def test_what_goes_and_what_stays_is_said_before(ada):
    page = ada.get("/account/deletion").text

    for said in ("This cannot be undone.", "What goes", "What stays", "stay valid"):
        assert said in page


def test_account_name_and_address_are_gone_and_the_money_stays(ada, app, buy, catcher, invariants_hold):
    phone = Visitor(app)
    phone.log_in(MINE)
    yesterday = clock.now() - timedelta(days=1)
    buy(2, email="ADA@buyer.example", doors_open_at=None, starts_at=yesterday, ends_at=yesterday + timedelta(hours=1))
    with transaction():
        db.session.execute(sa.update(Purchase).values(buyer_name="Ada Verhoeven"))
        db.session.execute(sa.update(Ticket).values(holder_name="Ada Verhoeven"))
    before = only(Purchase).total_minor

    assert leave(ada).location == "/account/deleted"

    assert ada.get("/account/deleted").status_code == 200
    assert not ada.is_logged_in
    assert not phone.is_logged_in
    assert Visitor(app).log_in(MINE).status_code == 422
    for model in (User, VerifiedAddress, OneTimeLink):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(model)) == 0
    erasing.erase_names()
    kept = everything()
    assert MINE not in kept.lower()
    assert "Verhoeven" not in kept
    assert only(Purchase).total_minor == before
    assert {"erased", "deleted"} <= set(db.session.scalars(sa.select(AuditEntry.action)))
    outbox.drain()
    assert [letter["Subject"] for letter in catcher.letters] == ["Your account was deleted"]
    assert catcher.recipients == [MINE]
    invariants_hold()


def test_a_ticket_for_a_coming_event_stays_good_with_its_name_until_it_is_over(ada, client, buy):
    purchase = buy()
    with transaction():
        code = qr.code(queries.for_purchase(purchase)[0])

    leave(ada)
    assert erasing.erase_names() == 0

    assert "Ada Buyer" in client.get(f"/tickets/{code}").text
    assert client.get(f"/purchases/{purchase.ref}?key={links.key(purchase.ref)}").status_code == 200
    with transaction():
        db.session.execute(sa.text("UPDATE events SET starts_at = now() - interval '3 h', ends_at = now()"))
    assert erasing.erase_names() == 1
    assert erasing.erase_names() == 0
    assert only(Ticket).holder_name == "—"


def test_who_bought_is_written_to_no_more(ada, buy):
    purchase = buy()
    leave(ada)
    mails = db.session.scalar(sa.select(sa.func.count()).select_from(Mail))

    with transaction():
        fulfil.notify(db.session.get_one(Purchase, purchase.id), "refunded", "refund:1")
    key = {"key": links.key(purchase.ref)}

    assert db.session.scalar(sa.select(sa.func.count()).select_from(Mail)) == mails
    assert Visitor(ada.app).post(f"/purchases/{purchase.ref}/mail", data=key).status_code == 409


def test_what_stripe_told_of_the_person_goes_too(ada, buy):
    buy()
    with transaction():
        db.session.execute(sa.update(Payment).values(stripe_session_id="cs_1"))
        details = {"email": MINE, "name": "Ada Verhoeven"}
        told = {"id": "cs_1", "amount_total": 2400, "customer_details": details, "customer_email": MINE}
        facts = {"stripe_event_id": "evt_1", "kind": "x", "livemode": False, "happened_at": clock.now()}
        db.session.add(StripeEvent(payload={"data": {"object": told}}, **facts))

    leave(ada)

    assert only(StripeEvent).payload == {"data": {"object": {"id": "cs_1", "amount_total": 2400}}}


@pytest.mark.parametrize("fields", [{"current": "wrong password"}, {"current": ""}, {"current": "x" * 300}])
def test_nothing_goes_without_the_password(ada, fields):
    page = leave(ada, **fields)

    assert page.status_code == 422
    assert "field-error" in page.text
    assert only(User).email == MINE


def test_nothing_goes_without_the_session_s_token(ada):
    assert ada.post("/account/deletion", data={"current": PASSWORD}).status_code == 422
    only(User)


def test_a_member_leaves_the_organisation_first(ada):
    make_member(make_organisation(name="Les Rives"), only(User))

    page = leave(ada)

    assert page.status_code == 409
    assert "You are a member of Les Rives." in page.text
    assert ada.is_logged_in


def test_a_payment_under_way_is_finished_first(ada, buy):
    buy()
    with transaction():
        db.session.execute(sa.update(Purchase).values(payment_status=PaymentStatus.PROCESSING))

    page = leave(ada)

    assert page.status_code == 409
    assert "still under way" in page.text
    assert only(Purchase).email == MINE
