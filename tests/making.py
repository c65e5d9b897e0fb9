"""Rows for tests, made and committed with sensible defaults."""

from datetime import timedelta
from itertools import count
from typing import Any

from carneau.catalogue.models import Event, EventStatus, TicketType
from carneau.core import clock, codes
from carneau.core.db import db, transaction
from carneau.organisations.models import Organisation

number = count(1)


def make_organisation(**values: Any) -> Organisation:
    n = next(number)
    return _keep(Organisation(**{"slug": f"house-{n}", "name": f"House {n}", "email": "box@house.example"} | values))


def make_event(organisation: Organisation | None = None, **values: Any) -> Event:
    n = next(number)
    starts_at = clock.now() + timedelta(days=30)
    defaults = {
        "organisation_id": (organisation or make_organisation()).id,
        "slug": f"concert-{n}",
        "status": EventStatus.PUBLISHED,
        "title": f"Concert {n}",
        "venue_name": "Old Depot",
        "street": "Kanalgasse 4",
        "postcode": "8000",
        "city": "Lindach",
        "country": "CH",
        "time_zone": "Europe/Zurich",
        "doors_open_at": starts_at - timedelta(hours=1),
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=3),
        "currency": "EUR",
        "published_at": clock.now(),
    }
    return _keep(Event(**defaults | values))


def make_ticket_type(event: Event | None = None, **values: Any) -> TicketType:
    event = event or make_event()
    defaults = {
        "organisation_id": event.organisation_id,
        "event_id": event.id,
        "public_id": codes.reference(12).replace("-", ""),
        "name": "Standing",
        "price_minor": 2400,
        "currency": event.currency,
        "total_quantity": 100,
    }
    return _keep(TicketType(**defaults | values))


def _keep(row: Any) -> Any:
    with transaction():
        db.session.add(row)
        db.session.flush()
        db.session.refresh(row)
        db.session.expunge(row)
    return row
