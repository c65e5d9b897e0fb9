from datetime import timedelta

import sqlalchemy as sa

from carneau.accounts import sealing
from carneau.core import clock, outbox
from carneau.core.db import db, transaction
from carneau.integrations import announcing, delivering, log
from carneau.integrations.models import (
    Kind,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEvent,
)
from carneau.tickets import issuing
from tests.integrations.looking import due_now, only
from tests.making import (
    make_endpoint,
    make_paid_purchase,
    make_ticket_type,
)


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
