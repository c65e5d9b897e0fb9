"""Organisers find a purchase, see all that happened to it, and help its buyer."""

import re

import pytest
import sqlalchemy as sa

from carneau.core import outbox
from carneau.core.db import db, transaction
from carneau.email.models import Mail
from carneau.organisations.models import Role
from carneau.payments.models import Refund
from carneau.purchases.models import Purchase
from carneau.tickets import qr
from carneau.tickets.models import Ticket
from tests.buying import Buyer, only, settle
from tests.making import make_event, make_ticket_type
from tests.manage.selling import bought_by
from tests.visiting import token


def refs(page):
    return re.findall(r'<a class="ref" href="[^"]*/purchases/([A-Z0-9-]+)"', page.text)


def test_purchase_is_found_by_name_address_reference_and_code(enter, event, kind):
    ada = bought_by(kind, "Ada Verhœven", "ada.v@post.example")
    bob = bought_by(kind, "Bob Brandt", "bob@post.example")
    elsewhere = bought_by(make_ticket_type(make_event()), "Ada Elsewhere", "ada@post.example")
    visitor = enter(Role.MANAGER)
    with transaction():
        ticket = db.session.scalars(sa.select(Ticket).where(Ticket.purchase_id == ada.id)).one()
        ticket_ref, code = ticket.ref, qr.code(ticket)

    def found(q):
        return refs(visitor.get("/manage/events/gala/purchases", query_string={"q": q}))

    assert found("") == [bob.ref, ada.ref]
    for question in ("verh", "ADA", "ada.v@post", "post ada", ada.ref, ada.ref.lower().replace("-", " "), ticket_ref):
        assert found(question) == [ada.ref], question
    for question in (code, f"http://localhost/tickets/{code}"):
        assert found(question) == [ada.ref]
    assert found("post") == [bob.ref, ada.ref]
    for question in ("nobody", "%", "' or 1=1", "&|!():*", "\x00", "A" * 122, elsewhere.ref):
        assert found(question) == [], question


def test_list_is_narrowed_to_a_state_and_says_how_many_there_are(enter, event, kind):
    paid = [bought_by(kind, f"Ada {number}", "ada@post.example").ref for number in range(2)]
    back = bought_by(kind, "Bob", "bob@post.example").ref
    with transaction():
        db.session.execute(sa.update(Purchase).where(Purchase.ref == back).values(payment_status="refunded"))
    visitor = enter(Role.FINANCE)

    def found(**question):
        return refs(visitor.get("/manage/events/gala/purchases", query_string=question))

    page = visitor.get("/manage/events/gala/purchases?state=refunded")
    assert refs(page) == [back]
    assert found(state="succeeded") == paid[::-1]
    assert found(state="succeeded", q="bob") == []
    assert found(state="nonsense") == [back, *paid[::-1]]
    assert re.findall(r">([A-Z][a-z ]+ \(\d\))<", page.text) == ["All (3)", "Paid (2)", "Refunded (1)"]
    assert "in this state" in visitor.get("/manage/events/gala/purchases?state=failed").text


def test_list_goes_on_where_the_last_page_ended(enter, event, kind):
    purchases = [bought_by(kind, f"Guest {number}", "guest@post.example").ref for number in range(52)]
    visitor = enter(Role.FINANCE)

    first = visitor.get("/manage/events/gala/purchases")
    after = re.search(r"after=([A-Z0-9-]+)", first.text)[1]
    second = visitor.get(f"/manage/events/gala/purchases?after={after}")

    assert refs(first) + refs(second) == purchases[::-1]


def test_refund_is_made_and_its_history_is_on_one_page(app, simulator, enter, event, kind, invariants_hold):
    simulator.pay(Buyer(app).begin(kind, 3))
    settle(app, simulator)
    visitor, path = enter(Role.OWNER), f"/manage/events/gala/purchases/{only(Purchase).ref}"
    form = visitor.get(f"{path}/refunds/new")
    seen = re.search(r'name="seen"[^>]*value="([^"]+)"', form.text)[1]
    data = {"csrf_token": token(form), "seen": seen, "kind": "tickets", "line_0": "2", "back_on_sale": "y"}

    first, again = visitor.post(f"{path}/refunds", data=data), visitor.post(f"{path}/refunds", data=data)
    settle(app, simulator)

    assert (first.status_code, again.status_code) == (303, 303)
    assert only(Purchase).refunded_minor == only(Refund).amount_minor == 4800
    page = visitor.get(path)
    for words in ("Partly refunded", "Refund of €48.00 asked for", "(The owner)", "Given back", "Ticket became void"):
        assert words in page.text, words
    invariants_hold()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "choose what goes back"),
        ({"kind": "amount"}, "amount above zero"),
        ({"kind": "amount", "amount": "-5"}, "amount above zero"),
        ({"kind": "amount", "amount": "1.505"}, "amount above zero"),
        ({"kind": "amount", "amount": "1000"}, "can still be refunded"),
        ({"kind": "tickets"}, "at least one ticket"),
        ({"kind": "tickets", "line_0": "4"}, "from 0 to 3"),
        ({"kind": "tickets", "line_0": "-1"}, "from 0 to 100"),
        ({"kind": "tickets", "line_0": "1.5"}, "from 0 to 100"),
    ],
)
def test_refund_that_cannot_be_is_explained(app, enter, event, kind, fields, sentence):
    purchase = bought_by(kind, "Ada", "ada@post.example", 3)
    visitor, path = enter(Role.FINANCE), f"/manage/events/gala/purchases/{purchase.ref}/refunds"

    shown = {"csrf_token": token(visitor.get(f"{path}/new")), "seen": "succeeded.0.0"}
    answer = visitor.post(path, data=shown | fields)

    assert answer.status_code in (409, 422)
    assert sentence in answer.text
    assert only(Purchase).refunded_minor == 0


def test_tickets_are_sent_again_to_a_corrected_address(enter, event, kind, invariants_hold):
    purchase = bought_by(kind, "Ada", "typo@post.example")
    visitor, path = enter(Role.MANAGER), f"/manage/events/gala/purchases/{purchase.ref}"

    answers = [visitor.submit(path, f"{path}/mails", email="ada@post.example") for _click in range(2)]
    refused = visitor.submit(path, f"{path}/mails", email="no address")

    assert [answer.status_code for answer in answers] == [303, 303]
    assert refused.status_code == 422
    assert only(Mail).recipient == only(Purchase).email == "ada@post.example"
    assert outbox.drain() == 0


def test_name_of_a_guest_is_changed_and_a_ticket_made_void(enter, event, kind):
    bought_by(kind, "Ada Verhoeven", "ada@post.example", 2)
    visitor = enter(Role.MANAGER)
    ticket = db.session.scalars(sa.select(Ticket).order_by(Ticket.id).limit(1)).one()
    path = f"/manage/events/gala/attendees/{ticket.ref}"

    assert visitor.submit(path, name="=cmd()<b>").status_code == 303
    assert visitor.submit(path, name="two\nlines").status_code == 422
    assert "=cmd()&lt;b&gt;" in visitor.get("/manage/events/gala/attendees?q=cmd").text
    assert visitor.submit(path, f"{path}/invalidation", back_on_sale="y").status_code == 303

    db.session.rollback()
    assert sorted(db.session.scalars(sa.select(Ticket.status))) == ["valid", "void"]
    assert "ada@post.example" not in enter(Role.DOOR).get("/manage/events/gala/attendees").text


@pytest.mark.parametrize("page", ["purchases", "purchases?q=ada", "attendees", "attendees?q=ada"])
def test_lists_ask_a_fixed_number_of_questions(enter, event, kind, count_statements, page):
    visitor = enter(Role.OWNER)
    counts = []
    for _more in range(2):
        for number in range(3):
            bought_by(kind, f"Ada {number}", "ada@post.example", 2)
        with count_statements() as statements:
            assert visitor.get(f"/manage/events/gala/{page}").status_code == 200
        counts.append(len(statements))

    assert counts[0] == counts[1] <= 6
