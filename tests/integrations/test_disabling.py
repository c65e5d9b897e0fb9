from datetime import timedelta

import sqlalchemy as sa

from carneau.core import clock, outbox
from carneau.core.db import db, transaction
from carneau.integrations import announcing, endpoints
from carneau.integrations.models import (
    DisabledBecause,
    WebhookDelivery,
    WebhookEndpoint,
)
from carneau.organisations.models import Role
from tests.integrations.looking import due_now
from tests.mailing import catching
from tests.making import (
    make_endpoint,
    make_member,
)
from tests.visiting import make_user


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
