"""Events on sale, and one that has sold a lot, for the benchmark, in the database that the settings name; prints the
public ids and the cookie of an organiser as JSON."""

import json
from datetime import timedelta

from flask import Flask

from bench import crowd
from carneau import create_app
from carneau.catalogue.models import Event, EventStatus, TicketType
from carneau.core import clock, codes
from carneau.core.db import db, transaction
from carneau.organisations.models import Organisation
from config import Config

TYPES = {"claims": 1_000_000, "checkout": 1_000_000, "rush": 300}


def sow(app: Flask) -> dict[str, str]:
    house = Organisation(slug="bench", name="Bench House", email="bench@house.example")
    db.session.add(house)
    db.session.flush()
    starts_at = clock.now() + timedelta(days=30)
    sown = {name: _event(house, name, number, starts_at) for name, number in TYPES.items()}
    crowd.gather(house)
    return sown | {"ref": "BENCH000777", "cookie": crowd.cookie_of(app, crowd.owner_of(house))}


def _event(house: Organisation, name: str, number: int, starts_at: object) -> str:
    event = Event(
        organisation_id=house.id, slug=f"bench-{name}", status=EventStatus.PUBLISHED, title=f"Bench {name}",
        description_html="<p>Four bands, two bars, one night. Doors at seven.</p>" * 8, venue_name="Old Depot",
        city="Lindach", country="CH", time_zone="Europe/Zurich", starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=3), currency="EUR", published_at=clock.now(),
    )  # fmt: skip
    db.session.add(event)
    db.session.flush()
    types = [
        TicketType(
            organisation_id=house.id, event_id=event.id, public_id=codes.reference(12).replace("-", ""),
            name=label, price_minor=2400, currency="EUR", total_quantity=number, position=position,
        )
        for position, label in enumerate(("Standing", "Balcony", "Concession"))
    ]  # fmt: skip
    db.session.add_all(types)
    return types[0].public_id


if __name__ == "__main__":
    app = create_app(Config.from_env())
    with app.app_context():
        with transaction():
            sown = sow(app)
        print(json.dumps(sown))
