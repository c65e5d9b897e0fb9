"""What is typed into the forms of an event and its ticket types, and what became of it."""

from datetime import UTC, datetime

import sqlalchemy as sa

from carneau.core.db import db

NEW = "/manage/organisations/house/events/new"
EVENTS = "/manage/organisations/house/events"


def typed(**fields):
    return {
        "title": "Brass on the steps",
        "summary": "Nine players, one staircase.",
        "description": "Bring a **cushion**.",
        "time_zone": "Europe/Zurich",
        "starts_at": "2031-05-09T20:00",
        "ends_at": "2031-05-09T22:00",
        "doors_open_at": "",
        "venue_name": "Old Depot",
        "street": "",
        "postcode": "",
        "city": "Lindach",
        "country": "CH",
        "currency": "CHF",
        "category": "",
        "booking_fee": "",
        "tax": "",
        "hold_minutes": "15",
    } | fields


def kind_of(**fields):
    return {
        "name": "Standing",
        "price": "24.50",
        "total_quantity": "80",
        "description": "",
        "on_sale_from": "",
        "on_sale_until": "",
        "min_per_order": "1",
        "max_per_order": "10",
    } | fields


def only(model):
    db.session.rollback()
    return db.session.scalars(sa.select(model).execution_options(populate_existing=True)).one()


def count(model):
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(model))


def at(day, hour):
    return datetime(2031, 5, day, hour, tzinfo=UTC)
