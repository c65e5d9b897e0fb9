"""Gates, links and phones at the door, for tests."""

from datetime import timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from carneau.admissions import admission
from carneau.admissions.devices import Phone
from carneau.admissions.models import Answer, DoorDevice, DoorLink, DoorLinkEvent, Gate, GateTicketType, Scan
from carneau.admissions.verdicts import Attempt, Verdict
from carneau.catalogue.models import Event, TicketType
from carneau.core import clock, codes
from carneau.core.db import db, transaction
from carneau.fulfilment import fulfil
from carneau.organisations.models import Organisation
from carneau.tickets import qr, queries
from carneau.tickets.models import Ticket
from tests.making import _keep, make_paid_purchase

number = count(1)


def make_gate(event: Event, *types: TicketType, **values: Any) -> Gate:
    n = next(number)
    mine = {"organisation_id": event.organisation_id, "event_id": event.id, "public_id": codes.reference(12)}
    gate: Gate = _keep(Gate(**mine | {"name": f"Gate {n}", "position": n} | values))
    for kind in types:
        _keep(GateTicketType(organisation_id=event.organisation_id, gate_id=gate.id, ticket_type_id=kind.id))
    return gate


def make_link(*events: Event, secret: str | None = None, **values: Any) -> DoorLink:
    mine = {
        "organisation_id": events[0].organisation_id,
        "public_id": codes.reference(12),
        "label": "Friday",
        "secret_digest": codes.digest(secret or codes.secret()),
        "expires_at": clock.now() + timedelta(days=60),
    }
    link: DoorLink = _keep(DoorLink(**mine | values))
    for event in events:
        _keep(DoorLinkEvent(organisation_id=link.organisation_id, door_link_id=link.id, event_id=event.id))
    return link


def make_device(link: DoorLink | Organisation, token: str | None = None, **values: Any) -> tuple[DoorDevice, str]:
    """The row and the token that the phone keeps; of an organisation where `user_id` is given."""
    token = token or codes.secret()
    is_link = isinstance(link, DoorLink)
    mine = {
        "organisation_id": link.organisation_id,
        "door_link_id": link.id if is_link else None,
        "public_id": codes.reference(12),
        "name": f"Phone {next(number)}",
        "token_digest": codes.digest(token),
    }
    return _keep(DoorDevice(**mine | values)), token


def make_phone(*events: Event) -> Phone:
    return Phone.of(make_device(make_link(*events))[1])


def make_tickets(*bought: tuple[TicketType, int], **values: Any) -> list[Ticket]:
    """Paid and fulfilled, in the order of the lines."""
    purchase = make_paid_purchase(*bought, **values)
    with transaction():
        fulfil.fulfil(purchase)
        db.session.flush()
        tickets = queries.for_purchase(purchase)
        db.session.expunge_all()
    return tickets


def make_conflict(device: DoorDevice, event: Event, ticket: Ticket | None = None, **values: Any) -> Scan:
    """What a phone without network let in, and was in already."""
    at = clock.now()
    mine = {
        "organisation_id": event.organisation_id,
        "event_id": event.id,
        "ticket_id": ticket and ticket.id,
        "device_id": device.id,
        "nonce": uuid4(),
        "verdict": Answer.ALREADY_IN,
        "scanned_at": at,
        "is_offline": True,
        "is_conflict": True,
    }
    scan: Scan = _keep(Scan(**mine | values))
    return scan


def code_of(ticket: Ticket) -> str:
    return qr.code(ticket)


def scan(phone: Phone, event: Event, ticket: Ticket | str, **values: Any) -> Verdict:
    """One attempt with a nonce of its own, unless `nonce` is given."""
    code = ticket if isinstance(ticket, str) else qr.code(ticket)
    return admission.admit(phone, event.slug, Attempt(**{"nonce": uuid4(), "code": code} | values))


def state_of(ticket: Ticket) -> sa.Row[Any]:
    """(status, redeemed_at, left_at, revision) as they are now."""
    db.session.rollback()
    columns = sa.select(Ticket.status, Ticket.redeemed_at, Ticket.left_at, Ticket.revision)
    with transaction():
        return db.session.execute(columns.where(Ticket.id == ticket.id)).one()


def let_in(ticket: Ticket) -> None:
    event = db.session.get_one(Event, ticket.event_id)
    assert scan(make_phone(event), event, ticket).word == "come_in"
