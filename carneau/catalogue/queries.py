"""What may be asked of the catalogue, each in a fixed number of statements, however many rows there are."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import aliased, contains_eager, defer

from carneau.catalogue import wording
from carneau.catalogue.models import Event, EventImage, EventStatus, TicketType
from carneau.core import clock
from carneau.core.db import db
from carneau.core.errors import NotFound
from carneau.inventory import availability

MOST_OTHER_DATES = 40
SEEN = (EventStatus.PUBLISHED, EventStatus.CANCELLED)


@dataclass(frozen=True, slots=True)
class Offer:
    """A ticket type beside what may be said of it at this moment."""

    ticket_type: TicketType
    words: wording.Words
    places: availability.Availability


@dataclass(frozen=True, slots=True)
class OtherDate:
    slug: str
    starts_at: datetime


def by_slug(slug: str) -> Event:
    """Raises NotFound, for a draft too. The organisation is loaded."""
    event = db.session.scalar(
        sa.select(Event)
        .select_from(Event)
        .join(Event.organisation)
        .options(contains_eager(Event.organisation))
        .where(Event.slug == slug, Event.status.in_(SEEN))
    )
    if event is None:
        raise _nothing_here()
    return event


def with_types(slug: str, unlocked: str = "") -> tuple[Event, EventImage | None, list[TicketType]]:
    """The event, its organisation, its first picture and its ticket types in order: one statement. A hidden type is
    among them for those who came with its `public_id`."""
    shown = sa.or_(TicketType.is_hidden.is_(False), TicketType.public_id == unlocked)
    rows = db.session.execute(
        sa.select(Event, EventImage, TicketType)
        .select_from(Event)
        .join(Event.organisation)
        .outerjoin(EventImage, (EventImage.event_id == Event.id) & (EventImage.position == _first_position()))
        .outerjoin(TicketType, (TicketType.event_id == Event.id) & shown)
        .options(contains_eager(Event.organisation), defer(Event.description))
        .where(Event.slug == slug, Event.status.in_(SEEN))
        .order_by(TicketType.position, TicketType.id)
    ).all()
    if not rows:
        raise _nothing_here()
    event, image, _type = rows[0]
    return event, image, [ticket_type for *_others, ticket_type in rows if ticket_type]


def _nothing_here() -> NotFound:
    return NotFound(_("There is no event at this address. It may have moved, or the link is incomplete."))


def _first_position() -> sa.ScalarSelect[int]:
    other = aliased(EventImage)
    return sa.select(sa.func.min(other.position)).where(other.event_id == Event.id).correlate(Event).scalar_subquery()


def lock(event: Event) -> None:
    """Whoever changes the event as a whole comes one after the other, and sees what the last one left."""
    mine = sa.select(Event).where(Event.id == event.id).with_for_update(key_share=True)
    db.session.scalars(mine.execution_options(populate_existing=True)).one()


def ticket_types_of(event: Event) -> list[TicketType]:
    order = (TicketType.position, TicketType.id)
    return list(db.session.scalars(sa.select(TicketType).where(TicketType.event_id == event.id).order_by(*order)))


def type_of(event: Event, public_id: str) -> TicketType:
    """Raises NotFound for a type of another event, too."""
    mine = (TicketType.event_id == event.id, TicketType.public_id == public_id)
    ticket_type = db.session.scalar(sa.select(TicketType).where(*mine))
    if ticket_type is None:
        raise NotFound(_("There is no such ticket type; somebody may have deleted it."))
    return ticket_type


def find_newest(organisation_id: int) -> Event | None:
    mine = sa.select(Event).where(Event.organisation_id == organisation_id)
    return db.session.scalar(mine.order_by(Event.id.desc()).limit(1))


def image_of(event: Event) -> EventImage | None:
    first = sa.select(EventImage).where(EventImage.event_id == event.id).order_by(EventImage.position).limit(1)
    return db.session.scalar(first)


def offers(event: Event, types: list[TicketType], at: datetime) -> list[Offer]:
    places = availability.of([ticket_type.id for ticket_type in types]) if types else {}
    return [Offer(each, wording.of(each, event, places[each.id], at), places[each.id]) for each in types]


@lru_cache(maxsize=1)
def _seen_type() -> sa.Select[TicketType]:
    """Built once: putting it together costs more than running it, and every claim asks it. Not while this file is
    imported, when not every table is known yet."""
    wanted = sa.select(TicketType).join(TicketType.event).options(contains_eager(TicketType.event))
    return wanted.where(TicketType.public_id == sa.bindparam("public_id"), Event.status.in_(SEEN))


def type_on_sale(public_id: str) -> TicketType:
    """With its event loaded. Raises NotFound, or NotOnSale with the true reason; how many are left is not asked."""
    ticket_type = db.session.scalar(_seen_type(), {"public_id": public_id})
    if ticket_type is None:
        raise NotFound(_("There is no such ticket type. Please choose again on the page of the event."))
    if reason := wording.closed(ticket_type, ticket_type.event, clock.now()):
        raise wording.NotOnSale(reason)
    return ticket_type


def other_dates(event: Event, at: datetime) -> list[OtherDate]:
    """The same title of the same organisation on other days to come."""
    rows = db.session.execute(
        sa.select(Event.slug, Event.starts_at)
        .where(
            Event.organisation_id == event.organisation_id,
            Event.title == event.title,
            Event.id != event.id,
            Event.status == EventStatus.PUBLISHED,
            Event.ends_at > at,
        )
        .order_by(Event.starts_at, Event.id)
        .limit(MOST_OTHER_DATES)
    )
    return [OtherDate(row.slug, row.starts_at) for row in rows]
