"""Admissions as a scanner asks for them. `python -m bench.door` makes their event in the database of the settings and
prints what the load generator needs, as JSON."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import sqlalchemy as sa

from bench import load
from bench.load import Measured
from carneau import create_app
from carneau.admissions.models import DoorDevice, DoorLink, DoorLinkEvent, Gate
from carneau.catalogue.models import Event, EventStatus, TicketType
from carneau.core import clock, codes
from carneau.core.db import db, transaction
from carneau.organisations.models import Organisation
from carneau.tickets import qr
from carneau.tickets.models import Ticket
from config import Config

TICKETS = 40_000
RAW_TICKETS = 30_000
GATES = 32
RAW = "UPDATE tickets SET status = 'redeemed', redeemed_at = now() WHERE id = %s AND status = 'valid' RETURNING 1"
PURCHASES = sa.text("""INSERT INTO purchases (organisation_id, ref, buyer_name, email, currency, lines_minor, fee_minor,
        total_minor, payment_status, expires_at, paid_at)
    SELECT :organisation_id, 'door-' || n, 'Ada Verhoeven', 'ada@buyer.example', 'EUR', 2400, 0, 2400, 'succeeded',
           now() - interval '4 days', now() - interval '4 days' FROM generate_series(1, :count) n""")
LINES = sa.text("""INSERT INTO purchase_lines (organisation_id, purchase_id, event_id, ticket_type_id, event_title,
        ticket_type_name, quantity, unit_price_minor, unit_fee_minor, total_minor)
    SELECT :organisation_id, id, :event_id, :ticket_type_id, 'Bench door', 'Standing', 1, 2400, 0, 2400
      FROM purchases WHERE ref LIKE 'door-%'""")
ISSUED = sa.text("""INSERT INTO tickets (organisation_id, ref, event_id, purchase_id, purchase_line_id, ticket_type_id,
        position, holder_name)
    SELECT organisation_id, 'door-' || id, event_id, purchase_id, id, ticket_type_id, 1, 'Ada Verhoeven'
      FROM purchase_lines WHERE event_id = :event_id""")


def sow() -> dict[str, Any]:
    with transaction():
        db.session.execute(sa.text("SET LOCAL statement_timeout = '5min'"))
        event = _event()
        names = {"organisation_id": event.organisation_id, "event_id": event.id}
        kind = _type(event)
        values = names | {"ticket_type_id": kind.id, "count": TICKETS + RAW_TICKETS}
        for statement in (PURCHASES, LINES, ISSUED):
            db.session.execute(statement, values)
        tokens, gates = _devices(event), _gates(event)
        slug = event.slug
    with transaction():
        db.session.execute(sa.text("SET LOCAL statement_timeout = '5min'; ANALYZE tickets, purchases, purchase_lines"))
        columns = sa.select(Ticket.id, Ticket.event_id, Ticket.revision).where(Ticket.event_id == names["event_id"])
        rows = db.session.execute(columns.order_by(Ticket.id)).all()
    shown, raw = [qr.code(row) for row in rows[:TICKETS]], [row.id for row in rows[TICKETS:]]
    return {"slug": slug, "tokens": tokens, "gates": gates, "codes": shown, "raw": raw}


def _event() -> Event:
    house = db.session.scalars(sa.select(Organisation).where(Organisation.slug == "bench")).one()
    starts_at = clock.now() + timedelta(hours=1)
    event = Event(
        organisation_id=house.id, slug="bench-door", status=EventStatus.PUBLISHED, title="Bench door",
        venue_name="Old Depot", city="Lindach", country="CH", time_zone="Europe/Zurich", starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=3), currency="EUR", published_at=clock.now(),
    )  # fmt: skip
    db.session.add(event)
    db.session.flush()
    return event


def _type(event: Event) -> TicketType:
    kind = TicketType(
        organisation_id=event.organisation_id, event_id=event.id, public_id=codes.reference(12).replace("-", ""),
        name="Standing", price_minor=2400, currency="EUR", total_quantity=TICKETS + RAW_TICKETS,
        sold_quantity=TICKETS + RAW_TICKETS,
    )  # fmt: skip
    db.session.add(kind)
    db.session.flush()
    return kind


def _devices(event: Event) -> list[str]:
    mine = {"organisation_id": event.organisation_id}
    link = DoorLink(
        **mine, public_id="benchdoor", label="Bench", secret_digest=codes.digest(codes.secret()),
        expires_at=event.ends_at, most_devices=GATES,
    )  # fmt: skip
    db.session.add(link)
    db.session.flush()
    db.session.add(DoorLinkEvent(**mine, door_link_id=link.id, event_id=event.id))
    tokens = [codes.secret() for _ in range(GATES)]
    for number, token in enumerate(tokens):
        digest = codes.digest(token)
        names = {"public_id": f"bench{number}", "name": f"Phone {number}"}
        db.session.add(DoorDevice(**mine, **names, door_link_id=link.id, token_digest=digest))
    return tokens


def _gates(event: Event) -> list[str]:
    ids = [f"benchgate{number}" for number in range(GATES)]
    for number, public_id in enumerate(ids):
        names = {"public_id": public_id, "name": f"Gate {number}", "position": number}
        db.session.add(Gate(organisation_id=event.organisation_id, event_id=event.id, **names))
    return ids


def measured(
    port: int, database: Callable[[], psycopg.Connection[tuple[object, ...]]], seconds: float
) -> Iterator[tuple[str, Measured, Measured]]:
    """What was measured, and beside it the bare UPDATE of the same run."""
    printed = subprocess.run([sys.executable, "-m", "bench.door"], check=True, stdout=subprocess.PIPE).stdout
    sown: dict[str, Any] = json.loads(printed)
    with database() as connection:
        raw = _raw(connection, sown["raw"], seconds)
        yield "raw UPDATE of a ticket with commit, 1 client", raw, raw
        shown = iter(sown["codes"])
        for gates in (1, GATES):
            for clients in (1, 8):
                before = _let_in(connection, sown["slug"])
                found = load.measure(port, _scans(sown, shown, gates), clients, seconds, at_most=TICKETS // 4)
                answered, noted = len(found.latencies), _let_in(connection, sown["slug"]) - before
                if answered != noted:
                    raise SystemExit(f"{answered} scans were answered and {noted} noted: {found.statuses}")
                label = f"admission, {gates} gate{'s' * (gates > 1)}, {clients} client{'s' * (clients > 1)}"
                yield label, found, raw


def _raw(connection: psycopg.Connection[tuple[object, ...]], ids: list[int], seconds: float) -> Measured:
    found, started = Measured(), time.perf_counter()
    for ticket_id in ids:
        before = time.perf_counter()
        connection.execute(RAW, (ticket_id,), prepare=True)
        found.latencies.append(time.perf_counter() - before)
        if before - started > seconds:
            break
    found.seconds = time.perf_counter() - started
    return found


def _let_in(connection: psycopg.Connection[tuple[object, ...]], slug: str) -> int:
    count = """SELECT count(*) FROM scans s JOIN events e ON e.id = s.event_id
                WHERE e.slug = %s AND s.verdict = 'come_in'"""
    row = connection.execute(count, (slug,)).fetchone()
    assert row
    return int(str(row[0]))


def _scans(sown: dict[str, Any], shown: Iterator[str], gates: int) -> load.Request:
    """The n-th scan is the next ticket's, by one device a gate; at one gate eight devices take turns."""

    def request(number: int) -> bytes:
        sent = {"code": next(shown), "nonce": str(uuid4()), "gate": sown["gates"][number % gates]}
        token = sown["tokens"][number % max(gates, 8)]
        headers = f"Content-Type: application/json\r\nAccept: application/json\r\nCookie: door={token}\r\n"
        return load.post(f"/door/{sown['slug']}/admissions", lambda _n: json.dumps(sent).encode(), headers)(number)

    return request


if __name__ == "__main__":
    with create_app(Config.from_env()).app_context():
        print(json.dumps(sow()))
