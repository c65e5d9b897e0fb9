from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import aliased, defer

from carneau.catalogue.models import Event, EventImage, EventStatus, TicketType
from carneau.catalogue.search import Wish, month_of_event
from carneau.catalogue.wording import FEW
from carneau.core.db import db
from carneau.core.money import Money
from carneau.web import filters
from carneau.web.paging import Cursor, Page, Position, cut, page

PAGE_SIZE = 24
MOST_CITIES = 100
MOST_ADDRESSES = 20_000


@dataclass(frozen=True, slots=True)
class Poster:
    """An event on the wall, with the sums over its ticket types that are no extras: `free` of those on sale now,
    `unsold` of all."""

    event: Event
    image: EventImage | None
    cheapest_minor: int | None
    free: int
    unsold: int
    is_on_sale: bool
    opens_at: datetime | None

    @property
    def cheapest(self) -> Money | None:
        return None if self.cheapest_minor is None else Money(self.cheapest_minor, self.event.currency)

    @property
    def strip(self) -> str:
        """What is pasted across the poster; empty where there is nothing to warn of."""
        if self.cheapest_minor is None or (self.is_on_sale and self.free > FEW):
            return ""
        if self.unsold <= 0:
            return str(_("Sold out"))
        if self.is_on_sale:
            return str(ngettext("%(num)s left", "%(num)s left", self.free)) if self.free > 0 else str(_("Nearly gone"))
        if self.opens_at:
            return str(_("On sale from %(day)s", day=filters.day(self.opens_at, self.event.time_zone, "d MMM")))
        return str(_("Sale ended"))

    @property
    def month(self) -> date:
        return self.event.starts_at.astimezone(self.event.zone).date().replace(day=1)


@dataclass(frozen=True, slots=True)
class Choices:
    """What the lists of the search form offer: only months and cities in which something is on."""

    months: list[date]
    cities: list[str]


def coming(at: datetime) -> list[sa.ColumnElement[bool]]:
    return [Event.status == EventStatus.PUBLISHED, Event.ends_at > at]


def listing(wish: Wish, cursor: Cursor, at: datetime, size: int = PAGE_SIZE) -> Page[Poster]:
    """What is coming, soonest first: one statement."""
    shown = sa.select(Event.id).where(*coming(at), *wish.conditions())
    shown_ids = cut(shown, Event.starts_at, Event.slug, cursor, size).subquery()
    first, sums = _first_image(), _sums(at)
    order = (Event.starts_at.desc(), Event.slug.desc()) if cursor.backwards else (Event.starts_at, Event.slug)
    rows = db.session.execute(
        sa.select(Event, first, *sums.c)
        .join(shown_ids, shown_ids.c.id == Event.id)
        .outerjoin(first, sa.true())
        .outerjoin(sums, sa.true())
        .options(defer(Event.description), defer(Event.description_html))
        .order_by(*order)
    ).all()
    posters = [Poster(row[0], row[1], *row[2:]) for row in rows]
    return page(posters, lambda poster: Position(poster.event.starts_at, poster.event.slug), cursor, size)


def _first_image() -> Any:
    image = sa.select(EventImage).where(EventImage.event_id == Event.id).order_by(EventImage.position).limit(1)
    return aliased(EventImage, image.correlate(Event).lateral("first_image"))


def _sums(at: datetime) -> Any:
    left = TicketType.total_quantity - TicketType.sold_quantity
    is_open = sa.and_(
        sa.or_(TicketType.on_sale_from.is_(None), TicketType.on_sale_from <= at),
        sa.or_(TicketType.on_sale_until.is_(None), TicketType.on_sale_until > at),
    )
    return (
        sa.select(
            sa.func.min(TicketType.price_minor).label("cheapest_minor"),
            sa.func.coalesce(sa.func.sum(left - TicketType.held_quantity).filter(is_open), 0).label("free"),
            sa.func.coalesce(sa.func.sum(left), 0).label("unsold"),
            sa.func.coalesce(sa.func.bool_or(is_open), sa.false()).label("is_on_sale"),
            sa.func.min(TicketType.on_sale_from).filter(TicketType.on_sale_from > at).label("opens_at"),
        )
        .where(TicketType.event_id == Event.id, TicketType.is_hidden.is_(False), TicketType.is_extra.is_(False))
        .correlate(Event)
        .lateral("sums")
    )


def choices(at: datetime) -> Choices:
    """One statement, whatever the visitor looks for: a choice never hides the others."""
    month = month_of_event()
    rows = db.session.execute(
        sa.select(Event.city, month, sa.func.count())
        .where(*coming(at))
        .group_by(sa.func.grouping_sets(sa.tuple_(Event.city), sa.tuple_(month)))
    ).all()
    largest = sorted(((count, city) for city, _month, count in rows if city is not None), reverse=True)
    return Choices(
        months=sorted(date.fromisoformat(f"{month}-01") for _city, month, _count in rows if month is not None),
        cities=sorted({city for _count, city in largest[:MOST_CITIES]}, key=str.casefold),
    )


def addresses(at: datetime) -> list[str]:
    """The slugs of all that is coming, for search engines."""
    soonest = sa.select(Event.slug).where(*coming(at)).order_by(Event.starts_at, Event.slug)
    return list(db.session.scalars(soonest.limit(MOST_ADDRESSES)))
