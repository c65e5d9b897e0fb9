"""An event with a door, made in the database of the running demo, for tests in which phones scan."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import psutil

from carneau.standalone.environment import ROOT

BEGIN = """
import json, sys
from datetime import timedelta
import sqlalchemy as sa
from carneau import create_app
from carneau.admissions import gates, links
from carneau.catalogue.models import Event, EventStatus, TicketType
from carneau.core import clock, codes
from carneau.core.db import db, transaction
from carneau.ops import invariants
from carneau.organisations.models import Organisation
from carneau.purchases import queries as purchases
from carneau.standalone.box_office import sell_places
from carneau.tickets import qr, returning
from carneau.tickets.models import Ticket
from config import Config

slug, given = sys.argv[1], sys.argv[2:]


def kind_of(event, name, places, position):
    public_id = codes.reference(12).replace("-", "")
    kind = TicketType(organisation_id=event.organisation_id, event_id=event.id, public_id=public_id, name=name,
                      price_minor=0, currency="EUR", total_quantity=places, position=position)
    db.session.add(kind)
    db.session.flush()
    return kind


def tickets_of(event):
    return db.session.query(Ticket).filter_by(event_id=event.id).order_by(Ticket.id)


def main():
    event = db.session.query(Event).filter_by(slug=slug).one_or_none()
"""
END = """
with create_app(Config.from_env()).app_context(), transaction():
    print(json.dumps(main()))
"""
MAKE = """
    house = db.session.query(Organisation).filter_by(slug="les-rives").one()
    begins = clock.now() + timedelta(hours=1)
    event = Event(organisation_id=house.id, slug=slug, status=EventStatus.PUBLISHED, title="Doors at eight",
                  venue_name="Old Depot", city="Lindach", country="CH", time_zone="Europe/Zurich", starts_at=begins,
                  ends_at=begins + timedelta(hours=4), currency="EUR", published_at=clock.now())
    db.session.add(event)
    db.session.flush()
    places = int(given[0])
    sell_places(event, kind_of(event, "Standing", places + 50, 0), places)
    link, secret = links.create([event], "Test", "system", None)
    link.most_devices = 100
    db.session.flush()
    return {"secret": secret, "codes": [qr.code(ticket) for ticket in tickets_of(event)]}
"""
# Of the first tickets two are given back, the second with its money; a gate takes another type than theirs.
CASES = """
    gate = gates.create(event, "North", [kind_of(event, "Balcony", 10, 1)], "system")
    _, void, refunded = tickets_of(event)[:3]
    for ticket in (void, refunded):
        returning.void(purchases.locked(ticket.purchase_id), [ticket], "system", True)
    db.session.flush()
    db.session.execute(sa.text(
        "INSERT INTO audit_entries (organisation_id, subject, subject_id, action, actor, facts, created_at) "
        "SELECT organisation_id, 'purchases', purchase_id, 'partially_refunded', 'system', '{}', voided_at "
        "FROM tickets WHERE id = :id"), {"id": refunded.id})
    strange = db.session.query(Ticket).join(Event).filter(Event.title != event.title).first()
    return {"gate": gate.public_id, "strange": qr.code(strange)}
"""
SINCE = """
    passed = tickets_of(event)[6]
    passed.revision += 1
    passed.holder_name, passed.holder_email = "Bo", "bo@b.example"
    sell_places(event, db.session.query(TicketType).filter_by(event_id=event.id, name="Standing").one(), 1)
    db.session.flush()
    return [qr.code(passed), qr.code(tickets_of(event).all()[-1])]
"""
REVOKE = """
    db.session.execute(sa.text("UPDATE door_devices SET revoked_at = now() WHERE name = :name"), {"name": given[0]})
"""
NAMED = """
    ticket = tickets_of(event)[int(given[0])]
    ticket.holder_name = given[1]
    return ticket.ref
"""
NAMELESS = """
    db.session.execute(sa.text("UPDATE door_devices SET sees_names = false WHERE name = :name"), {"name": given[0]})
"""
NEW_LINK = """
    return links.create([event], "Once more", "system", None)[1]
"""
TALLY = """
    words = db.session.execute(sa.text(
        "SELECT verdict, count(*), count(*) FILTER (WHERE is_conflict) FROM scans WHERE event_id = :event "
        "AND (CAST(:ticket AS bigint) IS NULL OR ticket_id = :ticket) GROUP BY 1"),
        {"event": event.id, "ticket": qr.read(given[0])[1] if given else None}).all()
    return [{word: [n, conflicts] for word, n, conflicts in words}, [*invariants.violations()]]
"""


@dataclass(frozen=True)
class Door:
    slug: str
    secret: str
    codes: list[str]
    environ: dict[str, str]

    def run(self, script: str, *given: str) -> Any:
        """With the demo's settings and database; what the script returns."""
        done = subprocess.run(
            [sys.executable, "-c", BEGIN + script + END, self.slug, *given],
            cwd=ROOT,
            env=self.environ,
            stdout=subprocess.PIPE,
            check=True,
        )
        return json.loads(done.stdout.splitlines()[-1])

    def tally(self, *code: str) -> Any:
        """Scans of the event, or of one ticket, by their verdict: how many, and how many conflicts; and the invariants
        that are broken."""
        return self.run(TALLY, *code)


def make(demo: Any, slug: str, places: int) -> Door:
    environ = _environ(int((demo.home / "lock").read_text().split()[0]))
    made = Door(slug, "", [], environ).run(MAKE, str(places))
    return Door(slug, made["secret"], made["codes"], environ)


def _environ(pid: int) -> dict[str, str]:
    for child in psutil.Process(pid).children(recursive=True):
        environ = child.environ()
        if {"DATABASE_URL", "TICKET_KEY", "MAIL_DEFAULT_SENDER"} <= environ.keys():
            return os.environ | environ
    raise AssertionError("no process of the demo tells its settings")
