from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from carneau.core.columns import CreatedAt, Currency, Id, Minor, OfOrganisation, belongs_to, choice, own_key
from carneau.core.db import Model
from carneau.core.money import Money
from carneau.inventory.models import Counters
from carneau.organisations.models import Organisation

# 'simple' keeps every word of every language findable; stemming would need to know the organiser's language.
# folded() is ours (see the migration): lower case, without accents.
SEARCH = """setweight(to_tsvector('simple', folded(title)), 'A')
 || setweight(to_tsvector('simple', folded(venue_name || ' ' || city)), 'B')
 || setweight(to_tsvector('simple', folded(summary)), 'C')
 || setweight(to_tsvector('simple', folded(description)), 'D')"""


class EventStatus(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class Ratio(StrEnum):
    """How much of a picture is shown: width to height."""

    WHOLE = "whole"
    PORTRAIT = "4:5"
    SQUARE = "1:1"
    LANDSCAPE = "3:2"
    WIDE = "16:9"


class Event(OfOrganisation, Model):
    """`booking_fee_minor` is added per paid ticket and shown beside the price; taxes are inside price and fee.
    `version` grows with each edit, so that of two who edit it at once the second is told."""

    __tablename__ = "events"
    __table_args__ = (
        own_key(),
        sa.CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        sa.CheckConstraint("hold_minutes BETWEEN 5 AND 60", name="hold_minutes_range"),
        sa.CheckConstraint("door_list_minutes BETWEEN 1 AND 240", name="door_list_minutes_range"),
        sa.CheckConstraint("booking_fee_minor >= 0", name="booking_fee_not_negative"),
        sa.CheckConstraint("tax_basis_points BETWEEN 0 AND 10000", name="tax_range"),
        sa.Index("ix_events_search", "search", postgresql_using="gin"),
        sa.Index("ix_events_listing", "ends_at", postgresql_where=sa.text("status = 'published'")),
        sa.Index("ix_events_run", "organisation_id", "title"),
    )

    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(unique=True)
    status: Mapped[EventStatus] = mapped_column(choice(EventStatus), server_default="draft")
    title: Mapped[str]
    summary: Mapped[str] = mapped_column(server_default="")
    category: Mapped[str] = mapped_column(server_default="")
    description: Mapped[str] = mapped_column(server_default="")
    description_html: Mapped[str] = mapped_column(server_default="")
    venue_name: Mapped[str]
    street: Mapped[str] = mapped_column(server_default="")
    postcode: Mapped[str] = mapped_column(server_default="")
    city: Mapped[str]
    country: Mapped[str] = mapped_column(sa.CHAR(2))
    time_zone: Mapped[str]
    doors_open_at: Mapped[datetime | None]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    currency: Mapped[Currency]
    booking_fee_minor: Mapped[Minor] = mapped_column(server_default="0")
    tax_basis_points: Mapped[int] = mapped_column(sa.Integer, server_default="0")
    hold_minutes: Mapped[int] = mapped_column(sa.Integer, server_default="15")
    allows_reentry: Mapped[bool] = mapped_column(server_default=sa.false())
    door_list_minutes: Mapped[int] = mapped_column(sa.SmallInteger, server_default="10")
    accent_light: Mapped[str] = mapped_column(server_default="#8a2b1d")
    accent_dark: Mapped[str] = mapped_column(server_default="#f0a58f")
    published_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(sa.Integer, server_default="1")
    created_at: Mapped[CreatedAt]
    search: Mapped[str] = mapped_column(TSVECTOR, sa.Computed(SEARCH, persisted=True), deferred=True)

    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def has_ended(self, at: datetime) -> bool:
        return at >= self.ends_at


class Cut:
    """What is shown of the picture whose whole is kept as `source_key`: its ratio, around the point that lies
    `focus_x` and `focus_y` percent from its left and upper edge."""

    source_key: Mapped[str]
    ratio: Mapped[Ratio] = mapped_column(choice(Ratio), server_default=Ratio.WHOLE)
    focus_x: Mapped[int] = mapped_column(sa.SmallInteger, server_default="50")
    focus_y: Mapped[int] = mapped_column(sa.SmallInteger, server_default="50")


class EventImage(OfOrganisation, Cut, Model):
    """`key` names the files `<key>-<width>.webp` and `.jpg` in storage; `width` and `height` are of the largest. The
    dates of a run share their files."""

    __tablename__ = "event_images"
    __table_args__ = (
        own_key(),
        belongs_to("events", "event_id", ondelete="CASCADE"),
        sa.UniqueConstraint("event_id", "position", deferrable=True, initially="DEFERRED"),
        sa.UniqueConstraint("event_id", "source_key"),
        sa.Index("ix_event_images_key", "key"),
        sa.Index("ix_event_images_source_key", "source_key"),
    )

    id: Mapped[Id]
    event_id: Mapped[int]
    position: Mapped[int] = mapped_column(sa.Integer)
    key: Mapped[str]
    alternative_text: Mapped[str]
    width: Mapped[int] = mapped_column(sa.Integer)
    height: Mapped[int] = mapped_column(sa.Integer)
    created_at: Mapped[CreatedAt]


class ImageUpload(OfOrganisation, Cut, Model):
    """A picture that a job has still to cut and encode, or (`problem`, a sentence) could not. The image of the same
    source, if there is one, is shown until then."""

    __tablename__ = "image_uploads"
    __table_args__ = (
        own_key(),
        belongs_to("events", "event_id", ondelete="CASCADE"),
        sa.UniqueConstraint("event_id", "source_key"),
    )

    id: Mapped[Id]
    event_id: Mapped[int]
    alternative_text: Mapped[str]
    problem: Mapped[str | None]
    created_at: Mapped[CreatedAt]


class TicketType(OfOrganisation, Counters, Model):
    """What is bought: a price and a number of places. A gap in the sale window (None) means no limit on that side.
    A hidden type is shown and sold to those who have its link, which names its `public_id`. An extra, as parking, says
    nothing about what it costs to come or whether one still can."""

    __tablename__ = "ticket_types"
    __table_args__ = (
        *Counters.CHECKS,
        own_key(),
        belongs_to("events", "event_id"),
        sa.Index("ix_ticket_types_event_id", "event_id", "position"),
        sa.CheckConstraint("price_minor >= 0", name="price_not_negative"),
        sa.CheckConstraint(
            "min_per_order >= 1 AND max_per_order >= min_per_order AND max_per_order <= 100",
            name="per_order_range",
        ),
        sa.CheckConstraint("on_sale_until > on_sale_from", name="sale_ends_after_start"),
        {"postgresql_with": {"fillfactor": "50"}},
    )

    id: Mapped[Id]
    public_id: Mapped[str] = mapped_column(unique=True)
    event_id: Mapped[int]
    position: Mapped[int] = mapped_column(sa.Integer, server_default="0")
    name: Mapped[str]
    description: Mapped[str] = mapped_column(server_default="")
    price_minor: Mapped[Minor]
    currency: Mapped[Currency]
    on_sale_from: Mapped[datetime | None]
    on_sale_until: Mapped[datetime | None]
    min_per_order: Mapped[int] = mapped_column(sa.Integer, server_default="1")
    max_per_order: Mapped[int] = mapped_column(sa.Integer, server_default="10")
    is_hidden: Mapped[bool] = mapped_column(server_default=sa.false())
    is_extra: Mapped[bool] = mapped_column(server_default=sa.false())
    version: Mapped[int] = mapped_column(sa.Integer, server_default="1")
    created_at: Mapped[CreatedAt]

    event: Mapped[Event] = relationship(lazy="raise_on_sql", overlaps="organisation")

    @property
    def price(self) -> Money:
        return Money(self.price_minor, self.currency)
