"""The ledger of an event: what is sold, held, left and taken, and why a type cannot be bought."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from carneau.catalogue.models import Event, EventStatus
from carneau.core import clock
from carneau.core.db import db, transaction
from carneau.organisations.models import Role
from carneau.purchases.models import Channel
from tests.buying import Buyer, settle
from tests.making import make_ticket_type, run_out
from tests.manage.selling import bought_by


def figures(page):
    return dict(re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)", page.text))


def test_dashboard_says_what_is_sold_held_left_and_taken(app, enter, event, kind):
    bought_by(kind, "Ada", "ada@post.example", 3)
    bought_by(kind, "Bob", "bob@post.example", 1, channel=Channel.CASH)
    Buyer(app).take(kind, 2)
    visitor = enter(Role.FINANCE)

    page = visitor.get("/manage/events/gala")
    part = visitor.get("/manage/events/gala", headers={"HX-Request": "true", "HX-Request-Type": "partial"})

    shown = figures(page)
    assert (shown["Sold"], shown["In carts"], shown["Left"], shown["Taken"]) == ("4", "2", "94", "€96.00")
    assert "Cash" in page.text
    assert page.text.count("<rect") >= 2
    assert part.text.strip().startswith('<div id="figures"')


def test_why_a_type_cannot_be_bought_is_said_in_words(enter, event):
    make_ticket_type(event, name="Early", on_sale_until=clock.now() - timedelta(days=1))
    make_ticket_type(event, name="Gone", total_quantity=0)
    visitor = enter(Role.MANAGER)

    page = visitor.get("/manage/events/gala")
    with transaction():
        db.session.execute(sa.update(Event).values(status=EventStatus.DRAFT))
    draft = visitor.get("/manage/events/gala")

    assert "The sale ended on" in page.text
    assert "Sold out." in page.text
    assert "the event is not published" in draft.text


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("of_event", "of_type", "sentence"),
    [
        ({"status": EventStatus.DRAFT}, {}, "the event is not published"),
        ({"status": EventStatus.CANCELLED}, {}, "The event is cancelled."),
        ({"starts_at": clock.now() - 2 * DAY, "ends_at": clock.now() - DAY}, {}, "The event is over."),
        ({}, {"on_sale_from": clock.now() + DAY}, "On sale from"),
        ({}, {"on_sale_until": clock.now() - DAY}, "The sale ended on"),
        ({}, {"total_quantity": 0}, "Sold out."),
        ({}, {"total_quantity": 1, "min_per_order": 2, "max_per_order": 2}, "fewer than the 2 that one order takes"),
        ({}, {"total_quantity": 2, "held": 2}, "None is free right now. 2 are in other carts and may come back by"),
        ({}, {"total_quantity": 2, "held": 2, "is_paid_for": True}, "None is free right now. 2 are being paid for."),
        ({}, {"is_hidden": True}, "Hidden: only who has its link sees it. Available."),
        ({}, {}, "Available."),
    ],
)
def test_every_reason_for_which_a_type_cannot_be_bought_is_told(
    app, simulator, enter, event, of_event, of_type, sentence
):
    kind = make_ticket_type(event, **{name: of_type[name] for name in of_type.keys() - {"held", "is_paid_for"}})
    if "is_paid_for" in of_type:
        simulator.pay(Buyer(app).begin(kind, of_type["held"]), method="delayed")
        settle(app, simulator)
        run_out(kind.id)
    elif "held" in of_type:
        Buyer(app).take(kind, of_type["held"])
    with transaction():
        if of_event:
            db.session.execute(sa.update(Event).values(**of_event))

    page = enter(Role.MANAGER).get("/manage/events/gala")

    assert sentence in page.text


def test_event_without_ticket_types_and_sales_has_words_for_it(enter, event):
    visitor = enter(Role.OWNER)

    assert "nothing to sell" in visitor.get("/manage/events/gala").text
    assert "no place to account for" in visitor.get("/manage/events/gala/stock").text


def test_stock_proof_agrees(enter, event, kind):
    bought_by(kind, "Ada", "ada@post.example", 3)

    page = enter(Role.MANAGER).get("/manage/events/gala/stock")

    assert page.text.count("Agrees") == 3
    assert "Does not agree" not in page.text


def test_dashboard_asks_a_fixed_number_of_questions(enter, event, count_statements):
    visitor, counts = enter(Role.OWNER), []
    for _more in range(2):
        for number in range(3):
            bought_by(make_ticket_type(event), f"Ada {number}", "ada@post.example", 2)
        with count_statements() as statements:
            assert visitor.get("/manage/events/gala").status_code == 200
        counts.append(len(statements))

    assert counts[0] == counts[1] <= 10
