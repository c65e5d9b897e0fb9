from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from carneau.admissions import reading
from carneau.admissions.devices import Phone
from carneau.admissions.models import Answer, DoorDevice, Gate, Scan
from carneau.admissions.statements import MAY_SCAN
from carneau.catalogue.models import Event, EventStatus, TicketType
from carneau.core.db import db
from carneau.organisations.models import OrganisationMember, Role
from carneau.tickets.models import Ticket, TicketStatus

SCANNERS = (Role.OWNER, Role.MANAGER, Role.DOOR)
STILL_OPEN = timedelta(hours=12)
PLACES = sa.text(f"""SELECT e.id AS event_id, d.id AS device_id FROM door_devices d
      JOIN events e ON {MAY_SCAN} WHERE d.token_digest = :token ORDER BY d.id""")  # noqa: S608  joined from statements of ours; every value is bound
PLACE = sa.text(f"""SELECT e.id AS event_id, d.id AS device_id FROM events e
      JOIN door_devices d ON {MAY_SCAN} WHERE d.token_digest = :token AND e.slug = :slug
     ORDER BY d.id LIMIT 1""")  # noqa: S608  joined from statements of ours; every value is bound
PLACE_OF_TICKET = sa.text(f"""SELECT e.slug FROM events e
      JOIN door_devices d ON {MAY_SCAN} WHERE d.token_digest = :token
     ORDER BY EXISTS (SELECT FROM gates g WHERE g.event_id = e.id AND g.public_id = :gate) DESC,
              e.id = CAST(:event_id AS bigint) DESC, abs(extract(epoch FROM e.starts_at - now())), e.id
     LIMIT 1""")  # noqa: S608  joined from statements of ours; every value is bound


@dataclass(frozen=True, slots=True)
class Place:
    """An event at which this phone may scan, and as which device."""

    event: Event
    device: DoorDevice


@dataclass(frozen=True, slots=True)
class Count:
    """Of a ticket type: how many were let in, how many of those are inside now, and how many tickets there are."""

    name: str
    let_in: int
    inside: int
    expected: int


def find_place(phone: Phone, slug: str) -> Place | None:
    row = db.session.execute(PLACE, phone.values | {"slug": slug}).one_or_none()
    if row is None:
        return None
    event = db.session.get_one(Event, row.event_id, populate_existing=True)
    return Place(event, db.session.get_one(DoorDevice, row.device_id, populate_existing=True))


def find_slug_of(phone: Phone, code: str) -> str | None:
    read = reading.read(code)
    return find_slug(phone, read.event_id)


def find_slug(phone: Phone, event_id: int | None, gate: str = "") -> str | None:
    """Of the event that a scan is meant for, where none is named: that of the gate, else that of the code if this phone
    may scan there, else the one that is nearest in time."""
    slug: str | None = db.session.scalar(PLACE_OF_TICKET, phone.values | {"event_id": event_id, "gate": gate})
    return slug


def events_of(phone: Phone) -> Sequence[Event]:
    """Where this phone may scan, until twelve hours after the end, the soonest first."""
    ids = {row.event_id for row in db.session.execute(PLACES, phone.values)}
    return db.session.scalars(_soon().where(Event.id.in_(ids))).all()


def events_of_members(memberships: Sequence[OrganisationMember]) -> Sequence[Event]:
    """Those at whose door these memberships let scan."""
    mine = [_covered(each) for each in memberships if each.role in SCANNERS]
    return db.session.scalars(_soon().where(sa.or_(*mine))).all() if mine else []


def _covered(membership: OrganisationMember) -> sa.ColumnElement[bool]:
    if membership.event_id is not None:
        return Event.id == membership.event_id
    return Event.organisation_id == membership.organisation_id


def _soon() -> sa.Select[Event]:
    coming = Event.ends_at > sa.func.now() - STILL_OPEN
    return sa.select(Event).where(coming, Event.status != EventStatus.DRAFT).order_by(Event.starts_at, Event.id)


@dataclass(frozen=True, slots=True)
class Entry:
    """When somebody was last let in with a ticket, and by which gate, if the phone was at one."""

    at: datetime
    gate: str | None


def last_entries(ticket_ids: Sequence[int]) -> dict[int, Entry]:
    """By ticket id, of those that were let in at all."""
    rows = db.session.execute(
        sa.select(Scan.ticket_id, Scan.scanned_at, Gate.name)
        .outerjoin(Gate, Gate.id == Scan.gate_id)
        .where(Scan.ticket_id.in_(ticket_ids), Scan.verdict == Answer.COME_IN, Scan.undone_at.is_(None))
        .order_by(Scan.id)
    )
    return {ticket_id: Entry(at, gate) for ticket_id, at, gate in rows if ticket_id is not None}


def last_gate(device: DoorDevice, event: Event) -> Gate | None:
    """Where this device scanned last."""
    last = (
        sa.select(Gate)
        .join(Scan, Scan.gate_id == Gate.id)
        .where(Scan.device_id == device.id, Scan.event_id == event.id)
        .order_by(Scan.id.desc())
        .limit(1)
    )
    return db.session.scalar(last)


def count_let_in(event: Event) -> int:
    """How many tickets were used."""
    used = sa.select(sa.func.count()).where(Ticket.event_id == event.id, Ticket.status == TicketStatus.REDEEMED)
    return db.session.scalar(used) or 0


def counts(event: Event) -> list[Count]:
    """By ticket type, in their order; void tickets count nowhere."""
    is_used = Ticket.status == TicketStatus.REDEEMED
    columns = (
        sa.func.count(Ticket.id).filter(is_used),
        sa.func.count(Ticket.id).filter(is_used, Ticket.left_at.is_(None)),
        sa.func.count(Ticket.id),
    )
    rows = db.session.execute(
        sa.select(TicketType.name, *columns)
        .outerjoin(
            Ticket,
            sa.and_(
                Ticket.ticket_type_id == TicketType.id,
                Ticket.event_id == event.id,
                Ticket.status != TicketStatus.VOID,
            ),
        )
        .where(TicketType.event_id == event.id)
        .group_by(TicketType.id)
        .order_by(TicketType.position, TicketType.id)
    )
    return [Count(*row) for row in rows]
