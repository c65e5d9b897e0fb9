"""What an event took is the same however often and whenever it is asked."""

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from carneau.catalogue.models import Event
from carneau.core.db import db, transaction
from carneau.payments import refunding, stock, takings
from carneau.payments.refunding import Decision
from carneau.purchases import queries as purchases
from carneau.purchases.models import Channel, Purchase
from carneau.tickets import issuing
from tests.making import make_event, make_organisation, make_paid_purchase, make_ticket_type


@pytest.fixture
def event(database):
    return make_event(make_organisation())


def sell(*bought, at, **values):
    purchase = make_paid_purchase(*bought, paid_at=at, **values)
    with transaction():
        issuing.issue(purchases.locked(purchase.id))
    return purchase


def of(event):
    with transaction():
        return takings.of(db.session.get_one(Event, event.id))


def test_days_are_those_of_the_event_and_are_added_up_once(event, count_statements):
    kind = make_ticket_type(event)
    sell((kind, 2), at=datetime(2026, 3, 1, 22, 30, tzinfo=UTC))
    sell((kind, 1), at=datetime(2026, 3, 1, 23, 30, tzinfo=UTC))
    first = of(event)
    sell((kind, 3), at=datetime.now(UTC), channel=Channel.CASH)

    again = of(event)

    assert first.by_day() == {date(2026, 3, 1): (2, 4800), date(2026, 3, 2): (1, 2400)}
    assert sum(tickets for tickets, _minor in again.by_day().values()) == 6
    assert again.gross_minor == 14400
    assert again.by_channel() == {Channel.ONLINE: (3, 7200), Channel.CASH: (3, 7200)}
    assert of(event) == again


def test_refund_of_a_purchase_across_events_is_shared_by_what_it_cost_there(event):
    other = make_event(organisation_id=event.organisation_id)
    here, there = make_ticket_type(event, price_minor=1000), make_ticket_type(other, price_minor=3000)
    purchase = sell((here, 1), (there, 1), at=datetime.now(UTC))
    with transaction():
        refunding.by_amount(purchases.locked(purchase.id), 400, Decision("user:1", True))

    assert (of(event).gross_minor, of(event).refunded_minor) == (1000, 100)
    assert (of(other).gross_minor, of(other).refunded_minor) == (3000, 300)


def test_stock_proof_agrees_and_shows_when_a_counter_does_not(event):
    kind = make_ticket_type(event, total_quantity=10)
    sell((kind, 3), at=datetime.now(UTC))

    def proof():
        with transaction():
            return stock.places_of(db.session.get_one(Event, event.id))[0]

    assert (proof().total, proof().sold, proof().sold_rows, proof().tickets, proof().free) == (10, 3, 3, 3, 7)
    assert proof().agrees
    with transaction():
        assert stock.owed_minor(db.session.get_one(Event, event.id)) == 7200
        db.session.execute(sa.text("UPDATE ticket_types SET sold_quantity = 4"))
    assert not proof().agrees
    assert db.session.scalar(sa.select(sa.func.count(Purchase.id))) == 1
