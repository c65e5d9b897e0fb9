"""An event that has sold fifty thousand tickets, and an owner who is logged in: for the pages of organisers."""

from datetime import timedelta

import sqlalchemy as sa
from flask import Flask

from carneau.accounts.models import User
from carneau.catalogue.models import Event, EventStatus, TicketType
from carneau.core import clock, codes
from carneau.core.db import db
from carneau.organisations.models import Organisation, OrganisationMember, Role

PURCHASES = 26_600
EVENT = "/manage/events/bench-crowd"
PAGES = {
    "dashboard": EVENT,
    "stock proof": f"{EVENT}/stock",
    "purchases": f"{EVENT}/purchases",
    "purchases, searched by name": f"{EVENT}/purchases?q=ada",
    "attendees": f"{EVENT}/attendees",
    "attendees, searched by name": f"{EVENT}/attendees?q=ada",
    "attendees, searched by address": f"{EVENT}/attendees?q=buyer-777",
    "one purchase": EVENT + "/purchases/{ref}",
    "exports": f"{EVENT}/exports",
    "messages": f"{EVENT}/messages",
}
TYPES = ("Standing", "Balcony", "Concession")

# Two tickets each, paid over two months; one in fifty given back, one in five let in, one in twenty-five never paid.
# `p` is a purchase by its number n.
STATEMENTS = """
INSERT INTO purchases (organisation_id, ref, buyer_name, email, currency, lines_minor, fee_minor, total_minor,
                       refunded_minor, payment_status, expires_at, created_at, paid_at)
SELECT :house, 'BENCH' || lpad(n::text, 6, '0'),
       (ARRAY['Ada','Bea','Cem','Dora','Edo','Fay','Gil','Hana','Ivo','Jo'])[n % 10 + 1] || ' ' ||
       (ARRAY['Lind','Moor','Nash','Oake','Pike','Quist','Rhode','Stone','Thorn','Ulm','Vale'])[n % 11 + 1] || n,
       'buyer-' || n || '@bench.example', 'EUR', 4800, 0, 4800, CASE WHEN n % 50 = 1 THEN 4800 ELSE 0 END,
       CASE WHEN n % 50 = 1 THEN 'refunded' WHEN n % 25 = 2 THEN 'expired' ELSE 'succeeded' END,
       at, at, CASE WHEN n % 25 <> 2 THEN at END
  FROM (SELECT n, now() - interval '4 days' - n * interval '210 seconds' AS at FROM generate_series(1, :purchases) n) p;
INSERT INTO purchase_lines (organisation_id, purchase_id, event_id, ticket_type_id, event_title, ticket_type_name,
                            quantity, refunded_quantity, unit_price_minor, unit_fee_minor, total_minor)
SELECT :house, p.id, :event, t.id, 'Bench crowd', t.name, 2, CASE WHEN p.payment_status = 'refunded' THEN 2 ELSE 0 END,
       2400, 0, 4800
  FROM purchases p JOIN ticket_types t ON t.event_id = :event AND t.position = p.id % 3
 WHERE p.organisation_id = :house AND p.ref LIKE 'BENCH%';
INSERT INTO payments (organisation_id, purchase_id, session_status, stripe_session_id, stripe_payment_intent_id,
                      amount_minor, currency, livemode, expires_at, paid_at)
SELECT :house, p.id, CASE WHEN p.paid_at IS NULL THEN 'expired' ELSE 'complete' END, 'cs_test_crowd' || p.id,
       'pi_crowd' || p.id, 4800, 'EUR', false, p.expires_at, p.paid_at
  FROM purchases p WHERE p.organisation_id = :house AND p.ref LIKE 'BENCH%';
INSERT INTO refunds (organisation_id, payment_id, purchase_id, amount_minor, status, reason, created_at)
SELECT :house, y.id, p.id, 4800, 'succeeded', 'organiser', p.paid_at + interval '1 day'
  FROM purchases p JOIN payments y ON y.purchase_id = p.id
 WHERE p.organisation_id = :house AND p.payment_status = 'refunded' AND p.ref LIKE 'BENCH%';
INSERT INTO tickets (organisation_id, ref, event_id, purchase_id, purchase_line_id, ticket_type_id, position,
                     holder_name, status, redeemed_at, voided_at)
SELECT :house, 'B' || l.id || '-' || position, :event, p.id, l.id, l.ticket_type_id, position, p.buyer_name,
       CASE WHEN p.payment_status = 'refunded' THEN 'void' WHEN p.id % 5 = 0 THEN 'redeemed' ELSE 'valid' END,
       CASE WHEN p.payment_status <> 'refunded' AND p.id % 5 = 0 THEN now() END,
       CASE WHEN p.payment_status = 'refunded' THEN now() END
  FROM purchases p JOIN purchase_lines l ON l.purchase_id = p.id, generate_series(1, 2) position
 WHERE p.organisation_id = :house AND p.paid_at IS NOT NULL AND p.ref LIKE 'BENCH%';
INSERT INTO audit_entries (organisation_id, subject, subject_id, action, actor, facts, created_at)
SELECT :house, 'purchases', p.id, action, 'stripe', '{}', p.created_at
  FROM purchases p, (VALUES ('pending'), ('succeeded'), ('tickets_issued')) actions (action)
 WHERE p.organisation_id = :house AND p.ref LIKE 'BENCH%';
INSERT INTO mails (organisation_id, key, kind, subject, subject_id, recipient, message_id, sent_at, created_at)
SELECT :house, 'confirmation:purchase:' || p.id, 'confirmation', 'purchases', p.id, p.email,
       '<crowd-' || p.id || '@bench.example>', p.paid_at, p.paid_at
  FROM purchases p WHERE p.organisation_id = :house AND p.paid_at IS NOT NULL AND p.ref LIKE 'BENCH%';
UPDATE ticket_types t SET sold_quantity = sold.quantity
  FROM (SELECT l.ticket_type_id, sum(l.quantity - l.refunded_quantity) AS quantity
          FROM purchase_lines l JOIN purchases p ON p.id = l.purchase_id
         WHERE l.event_id = :event AND p.payment_status = 'succeeded' GROUP BY 1) sold
 WHERE t.id = sold.ticket_type_id;
ANALYZE"""


def gather(house: Organisation, purchases: int = PURCHASES) -> Event:
    event = _event(house)
    db.session.execute(sa.text("SET LOCAL statement_timeout = 0"))
    values = {"house": house.id, "event": event.id, "purchases": purchases}
    for statement in STATEMENTS.split(";\n"):
        bound = sa.text(statement)
        db.session.execute(bound, {name: values[name] for name in bound.compile().params})
    return event


def _event(house: Organisation) -> Event:
    starts_at = clock.now() + timedelta(days=30)
    event = Event(
        organisation_id=house.id, slug="bench-crowd", status=EventStatus.PUBLISHED, title="Bench crowd",
        venue_name="Old Depot", city="Lindach", country="CH", time_zone="Europe/Zurich", starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=3), currency="EUR", published_at=clock.now(),
    )  # fmt: skip
    db.session.add(event)
    db.session.flush()
    for position, name in enumerate(TYPES):
        public_id = codes.reference(12).replace("-", "")
        db.session.add(
            TicketType(
                organisation_id=house.id,
                event_id=event.id,
                public_id=public_id,
                name=name,
                price_minor=2400,
                currency="EUR",
                total_quantity=20_000,
                position=position,
            )
        )
    db.session.flush()
    return event


def owner_of(house: Organisation) -> User:
    user = User(email="owner@bench.example", name="Bench Owner", password_hash="none", verified_at=clock.now())
    db.session.add(user)
    db.session.flush()
    mine = OrganisationMember(organisation_id=house.id, user_id=user.id, role=Role.OWNER, ref=codes.reference())
    db.session.add(mine)
    return user


def cookie_of(app: Flask, user: User) -> str:
    """Of a session in which this user is logged in."""
    name, client = app.config["SESSION_COOKIE_NAME"], app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = user.get_id()
    cookie = client.get_cookie(name)
    assert cookie
    return f"{name}={cookie.value}"
