from datetime import timedelta

import pytest
import sqlalchemy as sa

from carneau.accounts import sealing
from carneau.catalogue import editing, publishing
from carneau.catalogue.models import Event, EventStatus
from carneau.core import audit, clock, outbox
from carneau.core.db import db, transaction
from carneau.core.outbox import OutboxRow
from carneau.integrations import announcing, delivering, endpoints, log
from carneau.integrations.models import (
    DisabledBecause,
    Kind,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEvent,
)
from carneau.organisations.models import Role
from carneau.payments import refunding
from carneau.purchases import queries as purchases
from carneau.purchases.models import Purchase
from carneau.tickets import holders, issuing
from carneau.tickets.models import Ticket, TicketStatus
from tests.buying import Buyer, settle
from tests.mailing import catching
from tests.making import (
    make_endpoint,
    make_event,
    make_member,
    make_organisation,
    make_paid_purchase,
    make_ticket_type,
)
from tests.visiting import make_user


@pytest.fixture
def event(house):
    return make_event(house, slug="gala")


def only(model):
    db.session.rollback()
    return db.session.scalars(sa.select(model).execution_options(populate_existing=True)).one()


def due_now():
    """All that waits is due: the pause of the endpoint is over, too."""
    with transaction():
        db.session.execute(sa.update(OutboxRow).where(OutboxRow.done_at.is_(None)).values(run_at=sa.func.now()))
        db.session.execute(sa.update(WebhookEndpoint).values(paused_until=None))


def test_a_sale_is_told_signed_and_with_what_the_api_says(app, simulator, receiver, house, event, client):
    make_endpoint(house, receiver.url)
    buyer = Buyer(app)
    simulator.pay(buyer.begin(make_ticket_type(event), 2))
    settle(app, simulator)
    outbox.drain()

    assert receiver.kinds == ["purchase.paid", "tickets.issued"]
    assert all(receiver.genuine)
    paid, issued = receiver.heard
    assert paid["organisationId"] == "house"
    assert (paid["data"]["id"], paid["data"]["total"]["minor"]) == (only(Purchase).ref, 4800)
    assert paid["data"]["buyer"]["email"] == "ada@buyer.example"
    assert len(issued["data"]["tickets"]) == 2
    assert only_status() == {200}


def only_status():
    db.session.rollback()
    return set(db.session.scalars(sa.select(WebhookDelivery.status)))


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


def only_id():
    return db.session.scalars(sa.select(Purchase.id)).one()


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


def test_a_failure_is_tried_again_with_the_same_id(receiver, house, event):
    endpoint = make_endpoint(house, receiver.url)
    receiver.answers = [500, 503]
    announcing.announce(house.id, "audit:7", "events", event.id, "edited")
    outbox.drain()
    row = only(WebhookDelivery)
    assert (row.attempts, row.status, row.delivered_at) == (1, 500, None)
    assert "500" in row.problem
    assert row.next_try_at > clock.now()

    for _ in range(2):
        due_now()
        outbox.drain()

    row = only(WebhookDelivery)
    assert (row.attempts, row.status, row.problem) == (3, 200, None)
    assert len({notice["id"] for notice in receiver.heard}) == 1
    assert db.session.get_one(WebhookEndpoint, endpoint.id, populate_existing=True).failures == 0


def test_an_endpoint_that_fails_is_left_in_peace_for_a_while_by_all_deliveries(receiver, house, event):
    make_endpoint(house, receiver.url)
    receiver.answers = [500] * 30
    for number in range(20):
        announcing.announce(house.id, f"audit:{number}", "events", event.id, "edited")
    outbox.drain()
    assert len(receiver.heard) == 1

    receiver.answers = []
    due_now()
    outbox.drain()
    due_now()
    outbox.drain()
    assert len({notice["id"] for notice in receiver.heard}) == 20


def test_a_redirect_is_not_followed(receiver, house, event):
    make_endpoint(house, receiver.url)
    receiver.answers = [302]
    announcing.announce(house.id, "audit:7", "events", event.id, "edited")
    outbox.drain()

    assert len(receiver.heard) == 1
    assert "redirect" in only(WebhookDelivery).problem


def test_after_a_day_it_is_given_up_and_can_be_sent_again_by_hand(receiver, house, event):
    endpoint = make_endpoint(house, receiver.url)
    receiver.answers = [500]
    with transaction():
        row = WebhookEvent(
            organisation_id=house.id, ref="evt_1", source="x", kind=Kind.EVENT_CHANGED, subject_id=event.id
        )
        db.session.add(row)
        db.session.flush()
        delivering.owe(house.id, endpoint.id, row.id)
        db.session.execute(sa.update(WebhookDelivery).values(retry_until=clock.now() + timedelta(seconds=1)))
    outbox.drain()
    assert only(WebhookDelivery).gave_up_at is not None
    assert outbox.drain() == 0

    with transaction():
        delivering.again(log.delivery(db.session.get_one(WebhookEndpoint, endpoint.id), only(WebhookDelivery).ref))
    outbox.drain()

    row = only(WebhookDelivery)
    assert (row.delivered_at is not None, row.gave_up_at, len(receiver.heard)) == (True, None, 2)


def test_after_days_of_failure_it_is_switched_off_and_the_owners_are_told(app, receiver, house, event):
    endpoint = make_endpoint(house, receiver.url, failures=50, failing_since=clock.now() - timedelta(days=4))
    make_member(house, make_user("olga@team.example"), Role.OWNER)
    make_member(house, make_user("max@team.example"), Role.MANAGER)
    receiver.answers = [500]
    announcing.announce(house.id, "audit:7", "events", event.id, "edited")
    announcing.announce(house.id, "audit:8", "events", event.id, "edited")
    with catching(app) as catcher:
        outbox.drain()

    row = db.session.get_one(WebhookEndpoint, endpoint.id, populate_existing=True)
    assert row.disabled_because is DisabledBecause.FAILING
    assert catcher.recipients == ["olga@team.example"]
    assert receiver.url in catcher.letters[0].get_body(("plain",)).get_content()
    due_now()
    outbox.drain()
    assert set(db.session.scalars(sa.select(WebhookDelivery.gave_up_at.is_not(None)))) == {True}
    assert len(receiver.heard) == 1


def test_switched_on_again_it_hears_what_happens_from_then_on(receiver, house, event):
    endpoint = make_endpoint(house, receiver.url, disabled_at=clock.now(), failures=9, failing_since=clock.now())
    with transaction():
        endpoints.switch_on(db.session.get_one(WebhookEndpoint, endpoint.id), "system")
    announcing.announce(house.id, "audit:7", "events", event.id, "edited")
    outbox.drain()

    assert len(receiver.heard) == 1


def test_of_what_is_gone_only_the_id_is_told(receiver, house):
    make_endpoint(house, receiver.url)
    announcing.announce(house.id, "audit:7", "tickets", 999, "voided")
    outbox.drain()

    assert receiver.heard[0]["data"] is None


def test_no_secret_name_or_address_lies_in_the_tables_of_webhooks(receiver, house, event):
    make_endpoint(house, receiver.url)
    purchase = make_paid_purchase((make_ticket_type(event), 1), email="canary@buyer.example", buyer_name="Canary")
    with transaction():
        issuing.issue(purchase)
    outbox.drain()
    assert "canary@buyer.example" in str(receiver.heard)

    for table in ("webhook_endpoints", "webhook_events", "webhook_deliveries", "outbox"):
        rows = str(db.session.execute(sa.text(f"SELECT t::text FROM {table} t")).all())
        assert "anary" not in rows
        assert "whsec_" not in rows


def test_a_secret_that_cannot_be_read_any_more_says_so(receiver, house, event):
    make_endpoint(house, receiver.url, sealed_secret=sealing.seal("x")[:-4] + "AAAA")
    announcing.announce(house.id, "audit:7", "events", event.id, "edited")
    outbox.drain()

    assert "secret" in only(WebhookDelivery).problem
    assert receiver.heard == []


def test_what_is_a_month_old_is_forgotten(receiver, house, event):
    make_endpoint(house, receiver.url)
    announcing.announce(house.id, "audit:7", "events", event.id, "edited")
    announcing.announce(house.id, "audit:8", "events", event.id, "edited")
    outbox.drain()
    with transaction():
        month = sa.func.now() - timedelta(days=32)
        db.session.execute(sa.update(WebhookEvent).where(WebhookEvent.source == "audit:7").values(created_at=month))
    log.forget_old()

    assert only(WebhookEvent).source == "audit:8"
    assert only(WebhookDelivery)


def test_where_nobody_listens_a_sale_owes_nothing_more(house, event):
    make_paid_purchase((make_ticket_type(event), 1))

    assert db.session.scalar(sa.select(sa.func.count()).where(OutboxRow.job == "integrations.announce")) == 0
