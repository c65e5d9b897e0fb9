"""The events of one organisation, for its own people: drafts too, each with what is sold of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _

from carneau.catalogue.models import Event, TicketType
from carneau.core.db import db
from carneau.core.errors import NotFound
from carneau.organisations.models import OrganisationMember
from carneau.web.paging import Position

SIZE = 30
MOST_CHOICES = 300


@dataclass(frozen=True, slots=True)
class Entry:
    event: Event
    sold: int
    total: int


@dataclass(frozen=True, slots=True)
class Part:
    """`further` is where the next part begins."""

    entries: list[Entry]
    further: Position | None


def coming(membership: OrganisationMember, after: Position | None = None) -> Part:
    """Also what goes on now; the next one first."""
    later = _key() > _edge(after) if after else sa.true()
    return _part(_entries(membership).where(Event.ends_at > sa.func.now(), later).order_by(Event.starts_at, Event.slug))


def past(membership: OrganisationMember, before: Position | None = None) -> Part:
    """The latest first."""
    earlier = _key() < _edge(before) if before else sa.true()
    over = _entries(membership).where(Event.ends_at <= sa.func.now(), earlier)
    return _part(over.order_by(Event.starts_at.desc(), Event.slug.desc()))


def choices(organisation_id: int) -> Sequence[Event]:
    """The events to come, to choose one of."""
    mine = sa.select(Event).where(Event.organisation_id == organisation_id, Event.ends_at > sa.func.now())
    return db.session.scalars(mine.order_by(Event.starts_at, Event.slug).limit(MOST_CHOICES)).all()


def by_slug(organisation_id: int, slug: str) -> Event:
    event = db.session.scalar(sa.select(Event).where(Event.organisation_id == organisation_id, Event.slug == slug))
    if event is None:
        raise NotFound(_("There is no such event in this organisation."))
    return event


def titles(organisation_id: int, event_ids: Sequence[int]) -> dict[int, str]:
    rows = db.session.execute(
        sa.select(Event.id, Event.title).where(Event.organisation_id == organisation_id, Event.id.in_(event_ids))
    )
    return {row.id: row.title for row in rows}


def _entries(membership: OrganisationMember) -> sa.Select[Event, int, int]:
    """Only the one event, for who is at the door of one only."""
    sums = (
        sa.select(
            sa.func.coalesce(sa.func.sum(TicketType.sold_quantity), 0).label("sold"),
            sa.func.coalesce(sa.func.sum(TicketType.total_quantity), 0).label("total"),
        )
        .where(TicketType.event_id == Event.id)
        .lateral()
    )
    theirs = [Event.organisation_id == membership.organisation_id]
    if membership.event_id is not None:
        theirs.append(Event.id == membership.event_id)
    return sa.select(Event, sums.c.sold, sums.c.total).join(sums, sa.true()).where(*theirs)


def _key() -> sa.Tuple:
    return sa.tuple_(Event.starts_at, Event.slug)


def _edge(position: Position) -> sa.Tuple:
    return sa.tuple_(sa.literal(position.at), sa.literal(position.name))


def _part(statement: sa.Select[Event, int, int]) -> Part:
    rows = db.session.execute(statement.limit(SIZE + 1)).all()
    entries = [Entry(event=row.Event, sold=int(row.sold), total=int(row.total)) for row in rows[:SIZE]]
    last = entries[-1].event if len(rows) > SIZE else None
    return Part(entries, Position(last.starts_at, last.slug) if last else None)
