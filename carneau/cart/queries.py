from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from carneau.cart import pricing
from carneau.cart.models import Cart
from carneau.catalogue.models import Event, TicketType
from carneau.core import codes
from carneau.core.db import db
from carneau.core.money import Money
from carneau.inventory.models import Hold

IS_LIVE = sa.and_(Hold.released_at.is_(None), sa.or_(Hold.purchase_id.is_not(None), Hold.expires_at > sa.func.now()))


@dataclass(frozen=True, slots=True)
class Line:
    """Whether it `is_live` was decided by PostgreSQL's clock; a line that is not was lost at `ends_at`."""

    ticket_type: TicketType
    quantity: int
    ends_at: datetime
    is_live: bool
    priced: pricing.PricedLine

    @property
    def event(self) -> Event:
        return self.ticket_type.event


@dataclass(frozen=True, slots=True)
class Contents:
    """`totals` and `count` are of the live lines; `until` is when these end, None when there is none."""

    cart: Cart
    lines: tuple[Line, ...]
    totals: pricing.Totals
    until: datetime | None

    @property
    def live(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.is_live)

    @property
    def count(self) -> int:
        return sum(line.quantity for line in self.live)

    @property
    def zone(self) -> str:
        return self.lines[0].event.time_zone

    def line_of(self, public_id: str) -> Line | None:
        return next((line for line in self.lines if line.ticket_type.public_id == public_id), None)


def find_cart(visitor_secret: str | None) -> Cart | None:
    if visitor_secret is None:
        return None
    return db.session.scalar(sa.select(Cart).where(Cart.visitor_digest == codes.digest(visitor_secret)))


def find_contents(visitor_secret: str | None) -> Contents | None:
    """In two statements. None for who has no cart, or one without a line."""
    cart = find_cart(visitor_secret)
    contents = contents_of(cart) if cart else None
    return contents if contents and contents.lines else None


def contents_of(cart: Cart) -> Contents:
    lines = tuple(_line(kind, hold, is_live) for kind, hold, is_live in db.session.execute(_lines_of(cart)))
    live = [line for line in lines if line.is_live]
    return Contents(
        cart=cart,
        lines=lines,
        totals=pricing.add_up((line.priced for line in live), cart.currency),
        until=min((line.ends_at for line in live), default=None),
    )


def count(visitor_secret: str | None) -> int:
    """How many places the visitor holds now, in one statement."""
    if visitor_secret is None:
        return 0
    places = (
        sa.select(sa.func.sum(Hold.quantity))
        .join(Cart, Cart.id == Hold.cart_id)
        .where(Cart.visitor_digest == codes.digest(visitor_secret), IS_LIVE)
    )
    return int(db.session.scalar(places) or 0)


def _lines_of(cart: Cart) -> sa.Select[TicketType, Hold, bool]:
    return (
        sa.select(TicketType, Hold, IS_LIVE.label("is_live"))
        .join(Hold, Hold.ticket_type_id == TicketType.id)
        .join(TicketType.event)
        .options(contains_eager(TicketType.event))
        .where(Hold.cart_id == cart.id)
        .order_by(Event.starts_at, Event.id, TicketType.position, TicketType.id)
        .execution_options(populate_existing=True)
    )


def _line(ticket_type: TicketType, hold: Hold, is_live: bool) -> Line:
    event = ticket_type.event
    fee = Money(event.booking_fee_minor, event.currency)
    return Line(
        ticket_type=ticket_type,
        quantity=hold.quantity,
        ends_at=hold.released_at if hold.released_at and hold.released_at < hold.expires_at else hold.expires_at,
        is_live=is_live,
        priced=pricing.price_line(ticket_type.price, fee, event.tax_basis_points, hold.quantity),
    )
