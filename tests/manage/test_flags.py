"""What a machine must not decide stands on one page, with what is safe to do, until somebody has looked at it."""

import sqlalchemy as sa

from carneau.catalogue.models import TicketType
from carneau.core import outbox
from carneau.core.audit import AuditEntry
from carneau.core.db import db, transaction
from carneau.organisations.models import Organisation, Role
from carneau.payments.models import Payment, PaymentFlag
from carneau.purchases.models import Purchase
from tests.buying import Buyer, only, settle
from tests.making import make_flag
from tests.manage.selling import bought_by
from tests.visiting import token


def root(event):
    with transaction():
        return f"/manage/organisations/{db.session.get_one(Organisation, event.organisation_id).slug}/flags"


def test_dispute_is_listed_looked_at_and_found_again(enter, event, kind):
    purchase = bought_by(kind, "Ada", "ada@post.example")
    flag, path, visitor = make_flag(purchase), root(event), enter(Role.FINANCE)

    waiting = visitor.get(path)
    without_words = visitor.submit(f"{path}/{flag.ref}", f"{path}/{flag.ref}/closing", note=" ")
    closed = visitor.submit(f"{path}/{flag.ref}", f"{path}/{flag.ref}/closing", note="Answered, with the ticket log.")

    assert purchase.ref in waiting.text
    assert "would pay twice" in waiting.text
    assert without_words.status_code == 422
    assert (closed.status_code, closed.location) == (303, path)
    assert purchase.ref not in visitor.get(path).text
    assert "Answered, with the ticket log." in visitor.get(f"{path}?past=1").text
    assert "Answered, with the ticket log." in visitor.get(f"/manage/events/gala/purchases/{purchase.ref}").text
    assert "looked_at" in db.session.scalars(sa.select(AuditEntry.action)).all()


def test_managers_see_it_on_the_purchase_and_decide_nothing(enter, event, kind):
    purchase = bought_by(kind, "Ada", "ada@post.example")
    make_flag(purchase, "refund failed")
    visitor = enter(Role.MANAGER)

    page = visitor.get(f"/manage/events/gala/purchases/{purchase.ref}")

    assert "Owners and finance" in page.text
    assert "Try the refund again" not in page.text
    assert visitor.get(root(event)).status_code == 403


def test_payment_of_another_amount_keeps_its_places_until_somebody_lets_them_go(
    app, simulator, enter, event, kind, invariants_hold
):
    session_id = Buyer(app).begin(kind, 2)
    with transaction():
        db.session.execute(sa.update(Payment).values(amount_minor=4700))
    simulator.pay(session_id)
    settle(app, simulator)
    visitor, path = enter(Role.OWNER), root(event)
    ref = only(PaymentFlag).ref

    page = visitor.get(f"{path}/{ref}")
    held = only(TicketType).held_quantity
    visitor.submit(f"{path}/{ref}", f"{path}/{ref}/closing", note="Refunded by hand.", free_places="y")

    assert "Stripe took €48.00, but €47.00 was to be paid" in page.text
    assert (held, only(TicketType).held_quantity) == (2, 0)
    assert only(Purchase).payment_status == "expired"
    invariants_hold()


def test_failed_refund_is_sent_again_from_the_page(app, simulator, enter, event, kind):
    simulator.pay(session_id := Buyer(app).begin(kind, 2), "4000 0000 0000 7726")
    settle(app, simulator)
    visitor, path = enter(Role.OWNER), root(event)
    purchase = f"/manage/events/gala/purchases/{only(Purchase).ref}"
    visitor.submit(f"{purchase}/refunds/new", f"{purchase}/refunds", kind="all")
    settle(app, simulator)
    simulator.settle_refund(simulator.world.store.page([("kind = ?", "refund")], 1)[0]["id"], succeeded=False)
    settle(app, simulator)

    page = visitor.get(path)
    answer = visitor.post(f"{path}/{only(PaymentFlag).ref}/refund", data={"csrf_token": token(page)})
    settle(app, simulator)

    assert "Try the refund again" in page.text
    assert answer.status_code == 303
    assert "is on its way back" in visitor.get(path).text
    charge = simulator.world.load("charge", simulator.charge_of(session_id), "charge")
    assert charge["amount_refunded"] == 4800


def test_stock_proof_shows_stripes_side_and_asks_it(app, simulator, enter, event, kind):
    simulator.pay(session_id := Buyer(app).begin(kind, 2))
    settle(app, simulator)
    visitor, path = enter(Role.FINANCE), "/manage/events/gala/stock"
    simulator.refund(simulator.charge_of(session_id), 1000)

    before = visitor.get(path)
    asked = visitor.submit(path, f"{path}/inquiries")
    asking = visitor.get(path)
    outbox.drain()
    after = visitor.get(path)

    assert "has not been asked for its list yet" in before.text
    assert asked.location == f"{path}#money"
    assert "Stripe is being asked" in asking.text
    assert 'http-equiv="refresh"' in asking.text
    assert "Stripe gave back €10.00, we count €0.00" in after.text
    assert "1 payment differs." in after.text
    assert "Does not agree" in after.text
