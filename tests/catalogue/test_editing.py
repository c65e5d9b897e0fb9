from datetime import timedelta

import pytest
import sqlalchemy as sa

from carneau.catalogue import editing
from carneau.catalogue.duplicating import EVENT_FACTS, TYPE_FACTS
from carneau.catalogue.models import Event, TicketType
from carneau.core.audit import AuditEntry
from carneau.core.db import db, transaction
from carneau.core.errors import Conflict, Invalid
from carneau.inventory import holds
from carneau.purchases.models import PurchaseLine
from tests.making import make_cart, make_event, make_paid_purchase, make_ticket_type

pytestmark = pytest.mark.usefixtures("database")


def change_event(event, **values):
    with transaction():
        row = db.session.get_one(Event, event.id)
        return editing.change_event(
            row, "user:1", row.version, **{name: getattr(row, name) for name in EVENT_FACTS} | values
        )


def change_type(kind, **values):
    with transaction():
        row = db.session.get_one(TicketType, kind.id, populate_existing=True)
        return editing.change_ticket_type(
            row, "user:1", row.version, **{name: getattr(row, name) for name in TYPE_FACTS} | values
        )


def now(row):
    db.session.rollback()
    return db.session.get_one(type(row), row.id, populate_existing=True)


def recorded():
    return [(entry.action, entry.facts) for entry in db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id))]


def test_an_edited_event_keeps_its_address_and_says_what_changed():
    event = make_event()

    changed = change_event(event, title="Another name", description="**Loud**")

    assert changed == ["description", "title"]
    assert (now(event).slug, now(event).title) == (event.slug, "Another name")
    assert "<strong>Loud</strong>" in now(event).description_html
    assert [action for action, _ in recorded()] == ["edited"]


def test_saving_what_is_there_already_changes_nothing():
    assert change_event(make_event()) == []
    assert recorded() == []


def test_the_currency_stays_once_there_are_prices():
    event = make_event()
    change_event(event, currency="CHF")
    make_ticket_type(now(event))

    with pytest.raises(Invalid) as refusal:
        change_event(event, currency="JPY")

    assert set(refusal.value.errors) == {"currency"}
    assert now(event).currency == "CHF"


@pytest.mark.parametrize("markdown", ["<script>alert(1)</script>", "[x](javascript:alert(1))", "<img src=x onerror=y>"])
def test_nothing_that_runs_survives_in_a_description(markdown):
    event = make_event()
    change_event(event, description=f"Hello {markdown}")

    assert now(event).description == f"Hello {markdown}"
    html = now(event).description_html.lower()
    assert "<script" not in html
    assert 'href="javascript' not in html
    assert "<img" not in html


def test_a_new_price_leaves_purchases_as_they_were():
    kind = make_ticket_type(price_minor=2400)
    make_paid_purchase((kind, 2))

    change_type(kind, price_minor=9900, name="Dearer")

    line = db.session.scalars(sa.select(PurchaseLine)).one()
    assert (line.unit_price_minor, line.total_minor, line.ticket_type_name) == (2400, 4800, "Standing")
    assert now(kind).price_minor == 9900
    assert recorded()[-1] == ("edited", {"version": 2, "changed": ["name", "price_minor"], "price_minor": 9900})


def test_the_number_never_goes_below_what_is_sold_and_in_carts():
    kind = make_ticket_type(total_quantity=10)
    cart = make_cart(kind.organisation_id)
    with transaction():
        holds.take(cart.id, cart.organisation_id, kind.id, 3, 15)
        holds.sell_free(kind.id, 2)

    with pytest.raises(Conflict, match=r"2 are sold and 3 are in carts.* 5"):
        change_type(kind, total_quantity=4, name="Not kept either")

    assert (now(kind).total_quantity, now(kind).name) == (10, "Standing")
    change_type(kind, total_quantity=5)
    assert now(kind).total_quantity == 5


def test_a_sale_that_ends_before_it_begins_is_refused():
    kind = make_ticket_type()
    event = db.session.get_one(Event, kind.event_id)
    with pytest.raises(Invalid) as refusal:
        change_type(kind, on_sale_from=event.starts_at, on_sale_until=event.starts_at - timedelta(hours=1))
    assert set(refusal.value.errors) == {"on_sale_until"}
