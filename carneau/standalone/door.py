"""The demo's doors: a festival with gates and a link for the reader's own phone, and a concert that is over, with
everyone who came."""

from datetime import timedelta

import sqlalchemy as sa

from carneau.admissions import gates, links
from carneau.admissions.models import DoorDevice, DoorLink, DoorLinkEvent, Scan
from carneau.catalogue import queries as catalogue
from carneau.catalogue.models import Event
from carneau.core import codes
from carneau.core.db import db
from carneau.standalone.season.people import DOOR_SECRET

ACTOR = "system"
TO_COME, OVER = "parallel-fields", "brass-on-the-steps"
EARLY = timedelta(minutes=50)
# Parties come together, most of them a little before it begins. Of a dozen tickets one stays away.
COME = sa.text(
    """WITH came AS (
           UPDATE tickets SET status = 'redeemed', redeemed_at = CAST(:opens_at AS timestamptz) + make_interval(
                  mins => (purchase_id * 7919 % 31 + purchase_id * 104729 % 29)::int, secs => (id % 13) * 17.0)
            WHERE event_id = :event_id AND status = 'valid' AND id % 12 <> 5
        RETURNING id, organisation_id, event_id, redeemed_at)
       INSERT INTO scans (organisation_id, event_id, ticket_id, gate_id, device_id, nonce, verdict, scanned_at,
                          recorded_at)
       SELECT organisation_id, event_id, id, CASE id % 3 WHEN 0 THEN :second_gate ELSE :first_gate END,
              CASE id % 3 WHEN 0 THEN :second_phone ELSE :first_phone END, gen_random_uuid(), 'come_in',
              redeemed_at, redeemed_at FROM came ORDER BY redeemed_at, id"""
)
# A few screenshots shown twice, one of them to a phone that had no network just then, and somebody with a train ticket.
REFUSE = sa.text(
    """INSERT INTO scans (organisation_id, event_id, ticket_id, gate_id, device_id, nonce, verdict, reason, scanned_at,
                          recorded_at, is_offline, is_conflict)
       SELECT organisation_id, event_id, CASE WHEN place > 2 THEN ticket_id END, :second_gate, :second_phone,
              gen_random_uuid(), CASE WHEN place > 2 THEN 'already_in' ELSE 'not_valid' END,
              CASE WHEN place <= 2 THEN 'unknown' END, at, CASE place WHEN 6 THEN at + interval '7 minutes' ELSE at END,
              place = 6, place = 6
         FROM (SELECT organisation_id, event_id, ticket_id, scanned_at + interval '4 minutes' AS at,
                      row_number() OVER (ORDER BY id DESC) AS place
                 FROM scans WHERE event_id = :event_id AND gate_id = :first_gate) last
        WHERE place <= 6 ORDER BY last.at, place"""
)


def open_doors() -> None:
    """Once: what is there stays as it is."""
    coming = db.session.scalars(sa.select(Event).where(Event.slug == TO_COME)).one()
    if not gates.of(coming.id):
        gates.allow_reentry(coming, True, ACTOR)
        first, *_others = catalogue.ticket_types_of(coming)
        gates.create(coming, "Meadow gate", [], ACTOR)
        gates.create(coming, "Weekend lane", [first], ACTOR)
    if db.session.scalar(sa.select(DoorLink.id).where(DoorLink.secret_digest == codes.digest(DOOR_SECRET))) is None:
        link, _secret = links.create([coming], "Gate crew", ACTOR, None, most_devices=links.MOST_DEVICES)
        link.secret_digest = codes.digest(DOOR_SECRET)
    over = db.session.scalars(sa.select(Event).where(Event.slug == OVER)).one()
    if db.session.scalar(sa.select(Scan.id).where(Scan.event_id == over.id).limit(1)) is None:
        let_everybody_in(over)


def let_everybody_in(event: Event) -> None:
    phones = crew(event, "Stairs phone", "Quay phone")
    values = {"event_id": event.id, "opens_at": event.starts_at - EARLY}
    for place, name, phone in zip(("first", "second"), ("Stairs", "Quay"), phones, strict=True):
        gate = gates.create(event, name, [], ACTOR)
        values |= {f"{place}_gate": gate.id, f"{place}_phone": phone.id}
    db.session.execute(COME, values)
    db.session.execute(REFUSE, values)


def crew(event: Event, *names: str) -> list[DoorDevice]:
    """Phones of a link that has ended with the event."""
    ended = {
        "organisation_id": event.organisation_id,
        "created_at": event.starts_at - EARLY,
        "expires_at": event.ends_at + links.AFTER_THE_END,
    }
    secret, ref = codes.digest(codes.secret()), codes.reference(12)
    link = DoorLink(**ended, public_id=ref, label="Square crew", secret_digest=secret)
    db.session.add(link)
    db.session.flush()
    db.session.add(DoorLinkEvent(organisation_id=event.organisation_id, door_link_id=link.id, event_id=event.id))
    phones = [DoorDevice(**ended, **_phone(name, event), door_link_id=link.id) for name in names]
    db.session.add_all(phones)
    db.session.flush()
    return phones


def _phone(name: str, event: Event) -> dict[str, object]:
    return {
        "public_id": codes.reference(12),
        "name": name,
        "token_digest": codes.digest(codes.secret()),
        "last_seen_at": event.ends_at,
        "last_sync_at": event.ends_at,
        "scan_p95_ms": 180,
    }
