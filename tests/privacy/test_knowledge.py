"""What is handed over to a person: all that is kept about them, and nothing of anybody else."""

import json

import pytest
import sqlalchemy as sa

from carneau.accounts.models import User
from carneau.core import outbox
from carneau.core.audit import AuditEntry
from carneau.core.db import db, transaction
from carneau.email import owing
from carneau.email.models import Mail
from carneau.fulfilment import fulfil, messages
from carneau.organisations.models import Organisation, Role
from carneau.payments.models import Payment, StripeEvent
from carneau.privacy import erasing, knowledge
from carneau.purchases import links
from carneau.purchases import queries as purchases
from carneau.purchases.models import PaymentStatus, Purchase
from carneau.tickets import passing
from carneau.tickets import queries as tickets
from carneau.tickets.models import Ticket
from tests.making import make_event, make_member, make_organisation, make_ticket_type
from tests.manage.selling import bought_by
from tests.visiting import PASSWORD, Visitor, make_user

ADA, BERT = "ada@buyer.example", "bert@friend.example"


@pytest.fixture
def house(database):
    return make_organisation(slug="house", name="Les Rives")


@pytest.fixture
def kind(house):
    return make_ticket_type(make_event(house, slug="gala"))


@pytest.fixture
def purchase(kind):
    """Two tickets of Ada's, the first of which is Bert's now, and a message to both."""
    bought = bought_by(kind, "Ada Verhoeven", "Ada@buyer.example", 2)
    with transaction():
        passing.pass_on(tickets.for_purchase(bought)[0], "Bert Ostrander", BERT, "buyer")
        event = tickets.for_purchase(bought)[0].event
        messages.write(event, "ABCD-1234", "Doors at eight", "Come early.", "user:1")
    with transaction():
        message = db.session.scalars(sa.select(messages.Message.id)).one()
    messages.address(message)
    with transaction():
        db.session.execute(sa.update(Mail).values(sent_at=sa.func.now()))
    return bought


@pytest.fixture
def owner(app, house):
    make_member(house, make_user("owner@house.example"), Role.OWNER)
    at_the_desk = Visitor(app)
    at_the_desk.log_in("owner@house.example")
    return at_the_desk


def everything(*left_out):
    db.session.rollback()
    tables = [table for table in db.metadata.sorted_tables if table.name not in left_out]
    return "\n".join(str(tuple(row)) for table in tables for row in db.session.execute(sa.select(table)))


def test_an_account_downloads_all_that_is_kept_once_the_password_is_given(visitor, purchase):
    make_user()
    visitor.log_in(ADA)
    assert "Download what we know about you" in visitor.get("/account").text
    refused = visitor.submit("/account/data", current="wrong password")
    assert (refused.status_code, refused.is_json) == (422, False)

    answer = visitor.submit("/account/data", current=PASSWORD)

    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-data.json"'
    assert answer.headers["Cache-Control"] == "private, no-store"
    known = answer.json
    assert (known["account"]["name"], known["addresses"]) == ("Ada Verhoeven", [ADA])
    [bought] = known["purchases"]
    assert (bought["ref"], bought["total"], bought["lines"][0]["quantity"]) == (purchase.ref, "48.00", 2)
    assert [each["was_passed_on"] for each in bought["tickets"]] == [True, False]
    assert [(each["subject"], each["text"]) for each in known["mails"]] == [("Doors at eight", "Come early.")]
    assert {"registered"} <= {each["happened"] for each in known["log"]}
    for theirs in (BERT, "Bert"):
        assert theirs not in answer.text


def test_who_was_given_a_ticket_learns_nothing_of_who_paid(purchase):
    known = knowledge.of_addresses([BERT])
    assert known["purchases"] == []
    assert [each["ref"] for each in known["tickets_passed_on_to_you"]] == [tickets.for_purchase(purchase)[0].ref]
    assert [each["to"] for each in known["mails"]] == [BERT]
    for theirs in (ADA, "Verhoeven", purchase.ref, "48.00"):
        assert theirs.lower() not in json.dumps(known).lower()


def test_a_guest_downloads_their_purchase_by_its_link_alone(visitor, purchase, kind):
    other = bought_by(kind, "Cleo", "cleo@buyer.example")
    path = f"/purchases/{purchase.ref}/data.json"
    answer = visitor.get(f"{path}?key={links.key(purchase.ref)}")

    assert [each["ref"] for each in answer.json["purchases"]] == [purchase.ref]
    assert f"{path}?key=" in visitor.get(f"/purchases/{purchase.ref}?key={links.key(purchase.ref)}").text
    for theirs in (BERT, "Bert", "Cleo", other.ref):
        assert theirs not in answer.text
    for wrong in (path, f"{path}?key=x", f"{path}?key={links.key(other.ref)}", "/purchases/ZZZZ-ZZZZ/data.json"):
        refused = visitor.get(wrong)
        assert (refused.status_code, "complete link from your mail" in refused.text) == (404, True)


def test_what_stripe_told_is_part_of_it(purchase):
    with transaction():
        db.session.execute(sa.update(Payment).values(stripe_session_id="cs_1"))
        told = {"id": "cs_1", "amount_total": 4800, "customer_details": {"name": "A. Verhoeven", "phone": "+41 1"}}
        for number in range(2):
            facts = {"stripe_event_id": f"evt_{number}", "kind": "x", "livemode": False, "happened_at": sa.func.now()}
            db.session.add(StripeEvent(payload={"data": {"object": told}}, **facts))

    [bought] = knowledge.of_addresses([ADA])["purchases"]
    assert bought["told_by_stripe"] == [{"customer_details": {"name": "A. Verhoeven", "phone": "+41 1"}}]


def test_an_owner_sees_what_will_happen_and_forgets_a_person_here_alone(owner, house, purchase, invariants_hold):
    elsewhere = bought_by(make_ticket_type(make_event(make_organisation())), "Ada Elsewhere", ADA)
    with transaction():
        for each in (purchase, elsewhere):
            owing.note_sent(owing.owe(each, "confirmation", ADA))
    people = "/manage/organisations/house/people"
    assert people in owner.get("/manage/organisations/house").text

    preview = owner.submit(people, email="ADA@buyer.example")
    assert preview.status_code == 200
    for said in ("1 purchase", purchase.ref, "2 mails that were written", "cannot be undone", "stays, without a name"):
        assert said in preview.text
    assert elsewhere.ref not in preview.text
    handed = owner.submit(people, f"{people}/data", email=ADA)
    assert [each["ref"] for each in handed.json["purchases"]] == [purchase.ref]

    assert owner.submit(people, f"{people}/erasure", email=ADA).location == people
    assert "Done: 1 purchase names nobody now." in owner.get(people).text
    assert "Nothing is kept here under this address." in owner.submit(people, email=ADA).text

    db.session.rollback()
    rows = {each.ref: each for each in db.session.scalars(sa.select(Purchase))}
    assert (rows[purchase.ref].total_minor, rows[purchase.ref].payment_status) == (4800, PaymentStatus.SUCCEEDED)
    assert rows[purchase.ref].erased_at
    assert (rows[elsewhere.ref].email, rows[elsewhere.ref].erased_at) == (ADA, None)
    mine = sa.select(Mail.recipient, Mail.key).where(Mail.organisation_id == house.id)
    assert all(ADA not in f"{to} {key}" for to, key in db.session.execute(mine))
    actions = db.session.scalars(sa.select(AuditEntry.action).where(AuditEntry.organisation_id == house.id)).all()
    assert {"person_exported", "person_erased", "erased"} <= set(actions)
    invariants_hold()
    assert "a person forgotten" in owner.get("/manage/organisations/house/audit").text


def test_who_was_given_a_ticket_is_forgotten_too_and_the_ticket_stays_valid(house, purchase):
    with transaction():
        erasing.erase_from(db.session.get_one(Organisation, house.id), BERT.upper(), "user:1")
    assert BERT not in everything()
    assert db.session.scalars(sa.select(Ticket.status)).all() == ["valid", "valid"]


def test_a_mail_that_was_owed_still_names_nobody_once_it_has_gone(house, purchase, catcher):
    with transaction():
        fulfil.notify(db.session.get_one(Purchase, purchase.id), "refunded", "refund:1")
        kept = owing.owe(db.session.get_one(Purchase, purchase.id), "confirmation", "cleo@buyer.example")
        owing.note_sent(kept)
    with transaction():
        erasing.erase_from(db.session.get_one(Organisation, house.id), ADA, "user:1")
    assert erasing.erase_from_sent_mails() == 0

    outbox.drain()

    assert catcher.recipients == ["Ada@buyer.example"]
    assert erasing.erase_from_sent_mails() == 1
    assert erasing.erase_from_sent_mails() == 0
    assert ADA not in everything().lower()
    assert db.session.scalar(sa.select(Mail.recipient).where(Mail.id == kept)) == "cleo@buyer.example"


def test_a_payment_under_way_is_finished_first(owner, purchase):
    with transaction():
        db.session.execute(sa.update(Purchase).values(payment_status=PaymentStatus.PROCESSING))
    people = "/manage/organisations/house/people"
    refused = owner.submit(people, f"{people}/erasure", email=ADA)
    assert (refused.status_code, "still under way" in refused.text) == (409, True)
    assert purchases.by_ref(purchase.ref).email == "Ada@buyer.example"


@pytest.mark.parametrize("address", ["", "nobody", "a@b\nc@d", "%", "\u202e@x.example"])
def test_what_is_no_address_is_refused(owner, address):
    for end in ("", "/data", "/erasure"):
        people = "/manage/organisations/house/people"
        assert owner.submit(people, people + end, email=address).status_code == 422
    assert db.session.scalar(sa.select(sa.func.count(User.id))) == 1
