"""What belongs to somebody by the addresses they have shown to be theirs."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from carneau.catalogue.models import Event
from carneau.core.db import db
from carneau.purchases.models import PaymentStatus, Purchase
from carneau.tickets.models import Ticket
from carneau.tickets.queries import whole
from carneau.web import paging
from carneau.web.paging import Cursor, Page, Position

PAGE_SIZE = 30


@dataclass(frozen=True)
class Evening:
    """One event with my tickets for it."""

    event: Event
    tickets: list[Ticket]


def coming(addresses: Collection[str], at: datetime, cursor: Cursor) -> Page[Ticket]:
    """The next one first."""
    return _page(addresses, Event.ends_at > at, cursor)


def past(addresses: Collection[str], at: datetime, cursor: Cursor) -> Page[Ticket]:
    """The latest first: read from the end, where `before` leads to earlier ones."""
    newest = cursor.position is None
    page = _page(addresses, Event.ends_at <= at, Cursor(backwards=True) if newest else cursor)
    return Page(page.rows[::-1], page.before, None if newest else page.after)


def evenings(tickets: Sequence[Ticket]) -> list[Evening]:
    """In the order in which their first tickets come."""
    found: dict[int, Evening] = {}
    for ticket in tickets:
        found.setdefault(ticket.event_id, Evening(ticket.event, [])).tickets.append(ticket)
    return list(found.values())


def being_paid(addresses: Collection[str]) -> Sequence[Purchase]:
    """Paid in a way that takes days: there are no tickets yet."""
    return db.session.scalars(
        sa.select(Purchase)
        .where(_email_is_in(Purchase.email, addresses), Purchase.payment_status == PaymentStatus.PROCESSING)
        .options(joinedload(Purchase.lines))
        .order_by(Purchase.id)
    ).unique().all()  # fmt: skip


def _page(addresses: Collection[str], when: sa.ColumnElement[bool], cursor: Cursor) -> Page[Ticket]:
    statement = sa.select(Ticket).join(Ticket.event).where(Ticket.id.in_(_ids(addresses)), when).options(*whole())
    statement = paging.cut(statement, Event.starts_at, Ticket.ref, cursor, PAGE_SIZE)
    return paging.page(db.session.scalars(statement).all(), _position, cursor, PAGE_SIZE)


def _position(ticket: Ticket) -> Position:
    return Position(ticket.event.starts_at, ticket.ref)


def _ids(addresses: Collection[str]) -> sa.CompoundSelect[int]:
    """Two ways to a ticket, each by an index of its own."""
    bought = (
        sa.select(Ticket.id)
        .join(Purchase, Purchase.id == Ticket.purchase_id)
        .where(_email_is_in(Purchase.email, addresses), Ticket.holder_email.is_(None))
    )
    given = sa.select(Ticket.id).where(_email_is_in(Ticket.holder_email, addresses))
    return sa.union_all(bought, given)


def _email_is_in(column: sa.SQLColumnExpression[Any], addresses: Collection[str]) -> sa.ColumnElement[bool]:
    return sa.func.lower(column).in_(addresses)
