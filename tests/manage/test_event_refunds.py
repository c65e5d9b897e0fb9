"""A cancelled event gives everything back, in jobs that go on without anybody looking."""

import sqlalchemy as sa

from carneau.catalogue.models import Event, EventStatus
from carneau.core import outbox
from carneau.core.db import db, transaction
from carneau.fulfilment import box_office
from carneau.organisations.models import Role
from carneau.payments import event_refunds
from carneau.payments.models import Payment
from carneau.purchases.models import Channel, Purchase
from carneau.tickets import issuing
from carneau.tickets.models import Ticket, TicketStatus
from tests.buying import Buyer, settle
from tests.making import make_event, make_paid_purchase, make_ticket_type
from tests.manage.selling import bought_by
from tests.visiting import token

PATH = "/manage/events/gala/refunds"


def cancel(event):
    with transaction():
        db.session.execute(sa.update(Event).where(Event.id == event.id).values(status=EventStatus.CANCELLED))


def states():
    db.session.rollback()
    return db.session.scalars(sa.select(Purchase.payment_status).order_by(Purchase.id)).all()


def test_everyone_gets_their_money_back(app, simulator, enter, event, kind, invariants_hold):
    sessions = [Buyer(app).begin(kind, 2) for _buyer in range(3)]
    for session_id in sessions:
        simulator.pay(session_id)
    settle(app, simulator)
    bob = bought_by(kind, "Bob", "bob@post.example", 1, channel=Channel.CASH)
    with transaction():
        box_office.hand_over(bob)
        db.session.execute(sa.delete(Payment).where(Payment.stripe_session_id.is_(None)))
    cancel(event)
    visitor = enter(Role.FINANCE)

    before = visitor.get(PATH)
    answers = [visitor.post(PATH, data={"csrf_token": token(before)}) for _click in range(2)]
    settle(app, simulator)
    after = visitor.get(PATH)

    assert [answer.status_code for answer in answers] == [303, 303]
    assert states() == ["refunded"] * 4
    assert [simulator.world.load("charge", simulator.charge_of(each), "charge")["refunded"] for each in sessions] == [
        True
    ] * 3
    assert "0 of 4 purchases are refunded" in before.text
    assert "4 of 4 purchases are refunded" in after.text
    invariants_hold()


def test_batches_go_on_by_themselves_and_leave_what_cannot_be(event, kind, enter):
    for number in range(event_refunds.AT_ONCE + 2):
        bought_by(kind, f"Guest {number}", "guest@post.example", channel=Channel.CASH)
    other = make_ticket_type(make_event(organisation_id=event.organisation_id))
    mixed = make_paid_purchase((kind, 2), (other, 1), channel=Channel.CASH)
    with transaction():
        issuing.issue(db.session.get_one(Purchase, mixed.id))
        inside = db.session.scalars(sa.select(Ticket).where(Ticket.purchase_id == mixed.id).limit(1)).one()
        inside.status, inside.redeemed_at = TicketStatus.REDEEMED, sa.func.now()
    cancel(event)

    enter(Role.OWNER).submit(PATH)
    outbox.drain()

    assert states() == ["refunded"] * (event_refunds.AT_ONCE + 2) + ["partially_refunded"]
    assert db.session.get_one(Purchase, mixed.id).refunded_minor == 2400
    with transaction():
        progress = event_refunds.progress_of(db.session.get_one(Event, event.id))
        assert (progress.purchases, progress.left, progress.is_running) == (53, 1, False)


def test_event_that_is_still_on_is_not_refunded(enter, event, kind):
    bought_by(kind, "Ada", "ada@post.example")
    visitor = enter(Role.OWNER)

    assert "Only a cancelled event" in visitor.get(PATH).text
    assert states() == ["succeeded"]
