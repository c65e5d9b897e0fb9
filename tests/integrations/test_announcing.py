import sqlalchemy as sa

from carneau.catalogue import editing, publishing
from carneau.catalogue.models import Event, EventStatus
from carneau.core import audit, clock, outbox
from carneau.core.db import db, transaction
from carneau.core.outbox import OutboxRow
from carneau.integrations import announcing
from carneau.integrations.models import (
    Kind,
)
from carneau.payments import refunding
from carneau.purchases import queries as purchases
from carneau.purchases.models import Purchase
from carneau.tickets import holders, issuing
from carneau.tickets.models import Ticket, TicketStatus
from tests.buying import Buyer, settle
from tests.integrations.looking import only, only_id, only_status
from tests.making import (
    make_endpoint,
    make_event,
    make_organisation,
    make_paid_purchase,
    make_ticket_type,
)


def test_a_sale_is_told_signed_and_with_what_the_api_says(app, simulator, receiver, house, event, client):
    make_endpoint(house, receiver.url)
    buyer = Buyer(app)
    simulator.pay(buyer.begin(make_ticket_type(event), 2))
    settle(app, simulator)
    outbox.drain()

    assert sorted(receiver.kinds) == ["purchase.paid", "tickets.issued"]
    assert all(receiver.genuine)
    paid, issued = sorted(receiver.heard, key=lambda notice: str(notice["type"]))
    assert paid["organisationId"] == "house"
    assert (paid["data"]["id"], paid["data"]["total"]["minor"]) == (only(Purchase).ref, 4800)
    assert paid["data"]["buyer"]["email"] == "ada@buyer.example"
    assert len(issued["data"]["tickets"]) == 2
    assert only_status() == {200}


def test_refunds_voids_new_holders_and_admissions_are_told(app, simulator, receiver, house, event):
    buyer = Buyer(app)
    simulator.pay(buyer.begin(make_ticket_type(event), 3))
    settle(app, simulator)
    make_endpoint(house, receiver.url)
    with transaction():
        first, second, _third = db.session.scalars(sa.select(Ticket).order_by(Ticket.id)).all()
        show = db.session.get_one(Event, event.id)
        holders.rename(holders.by_ref(show, first.ref), "Eve", "system")
        holders.invalidate(holders.by_ref(show, second.ref), "system", back_on_sale=True)
        db.session.execute(
            sa.update(Ticket)
            .where(Ticket.id == first.id)
            .values(status=TicketStatus.REDEEMED, redeemed_at=sa.func.now())
        )
    with transaction():
        purchase = purchases.locked(only_id())
        refunding.of_event(purchase, event.id, refunding.Decision("system", True, reason="test"))
    outbox.drain()
    outbox.drain()

    assert {"ticket.changed", "ticket.voided", "ticket.admitted", "purchase.refunded"} <= set(receiver.kinds)
    admitted = receiver.heard[receiver.kinds.index("ticket.admitted")]["data"]
    assert (admitted["holderName"], admitted["status"]) == ("Eve", "redeemed")
    assert admitted["admittedAt"].endswith("Z")


def test_a_change_of_an_event_or_a_ticket_type_is_told(receiver, house):
    draft = make_event(house, status=EventStatus.DRAFT, summary="A night")
    make_endpoint(house, receiver.url, kinds=[Kind.EVENT_CHANGED.value])
    with transaction():
        show = db.session.get_one(Event, draft.id)
        kind = publishing.add_ticket_type(show, name="Box", price_minor=100, total_quantity=5)
        editing.change_ticket_type(kind, "system", kind.version, name="Loge", price_minor=100, total_quantity=5)
        publishing.publish(show)
    outbox.drain()

    assert receiver.kinds == ["event.changed"] * 3
    assert receiver.heard[-1]["data"]["status"] == "published"
    assert receiver.heard[-1]["data"]["ticketTypes"][0]["name"] == "Loge"


def test_an_endpoint_hears_only_what_it_asked_for_of_its_own_organisation_while_it_is_on(receiver, house, event):
    make_endpoint(house, receiver.url, kinds=[Kind.TICKET_VOIDED.value])
    make_endpoint(make_organisation(), receiver.url)
    make_endpoint(house, receiver.url, disabled_at=clock.now())
    purchase = make_paid_purchase((make_ticket_type(event), 1))
    with transaction():
        issuing.issue(purchase)
        issuing.void_all(purchase)
    outbox.drain()

    assert receiver.kinds == ["ticket.voided"]


def test_none_is_missed_and_none_is_told_that_was_rolled_back_however_transactions_overlap(
    receiver, house, event, in_parallel
):
    """Numbers of rows are given out before commits: who follows them by number alone passes over late ones."""
    make_endpoint(house, receiver.url, kinds=[Kind.EVENT_CHANGED.value])

    def change(number):
        for turn in range(6):
            try:
                with transaction():
                    audit.record(db.session.get_one(Event, event.id), "edited", f"{number}.{turn}")
                    db.session.flush()
                    db.session.execute(sa.text("SELECT pg_sleep(:s)"), {"s": (number * 7 + turn * 3) % 5 / 100})
                    if turn % 3 == 2:
                        raise LookupError
            except LookupError:
                continue

    def work():
        for _ in range(10):
            outbox.drain()

    assert [each for each in in_parallel(9, lambda n: change(n) if n else work()) if each] == []
    outbox.drain()

    committed = db.session.scalar(sa.select(sa.func.count()).select_from(audit.AuditEntry))
    assert committed == 8 * 4
    assert len(receiver.heard) == committed
    assert len({notice["id"] for notice in receiver.heard}) == committed


def test_announced_twice_is_told_once(receiver, house, event):
    make_endpoint(house, receiver.url)
    for _ in range(2):
        announcing.announce(house.id, "audit:7", "events", event.id, "edited")
    outbox.drain()

    assert len(receiver.heard) == 1


def test_of_what_is_gone_only_the_id_is_told(receiver, house):
    make_endpoint(house, receiver.url)
    announcing.announce(house.id, "audit:7", "tickets", 999, "voided")
    outbox.drain()

    assert receiver.heard[0]["data"] is None


def test_where_nobody_listens_a_sale_owes_nothing_more(house, event):
    make_paid_purchase((make_ticket_type(event), 1))

    assert db.session.scalar(sa.select(sa.func.count()).where(OutboxRow.job == "integrations.announce")) == 0
