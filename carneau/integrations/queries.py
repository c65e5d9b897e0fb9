"""What an organisation's own programs may ask: newest first, page by page, each in a fixed number of statements."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import InstrumentedAttribute, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from carneau.catalogue.models import Event, TicketType
from carneau.core.db import db
from carneau.core.errors import NotFound
from carneau.integrations.tokens import Bearer
from carneau.organisations.models import Organisation
from carneau.purchases.models import PaymentStatus, Purchase, PurchaseLine
from carneau.tickets.models import Ticket
from carneau.tickets.queries import whole

MOST = 200
Row = TypeVar("Row", Event, Purchase, Ticket)


def organisation(token: Bearer, slug: str) -> Organisation:
    """The token's own; any other is not there."""
    house = db.session.get_one(Organisation, token.organisation_id)
    if house.slug != slug:
        raise NotFound(_("There is no such organisation here."))
    return house


def events(organisation_id: int, after: str, limit: int) -> tuple[list[Event], bool]:
    mine = sa.select(Event).where(Event.organisation_id == organisation_id)
    return _cut(mine, Event.id, _edge(Event, Event.slug, after), limit)


def types_of(found: Sequence[Event]) -> dict[int, list[TicketType]]:
    """By event id, in their order."""
    ids = [event.id for event in found]
    order = (TicketType.position, TicketType.id)
    kinds: dict[int, list[TicketType]] = {event_id: [] for event_id in ids}
    for kind in db.session.scalars(sa.select(TicketType).where(TicketType.event_id.in_(ids)).order_by(*order)):
        kinds[kind.event_id].append(kind)
    return kinds


def purchases(
    organisation_id: int, event_slug: str, status: PaymentStatus | None, after: str, limit: int
) -> tuple[list[Purchase], bool]:
    mine = sa.select(Purchase).where(Purchase.organisation_id == organisation_id).options(selectinload(Purchase.lines))
    if event_slug:
        of_event = PurchaseLine.event_id == _event_id(organisation_id, event_slug)
        mine = mine.where(sa.exists().where(PurchaseLine.purchase_id == Purchase.id, of_event))
    if status is not None:
        mine = mine.where(Purchase.payment_status == status)
    return _cut(mine, Purchase.id, _edge(Purchase, Purchase.ref, after), limit)


def purchase(organisation_id: int, ref: str) -> Purchase:
    mine = (Purchase.organisation_id == organisation_id, Purchase.ref == ref)
    found = db.session.scalar(sa.select(Purchase).where(*mine).options(selectinload(Purchase.lines)))
    if found is None:
        raise NotFound(_("There is no purchase of this reference here."))
    return found


def names(found: Iterable[Purchase]) -> tuple[dict[int, str], dict[int, str]]:
    """The public names of the events and ticket types in these purchases, by the numbers of the rows."""
    lines = [line for each in found for line in each.lines]
    events_named = sa.select(Event.id, Event.slug).where(Event.id.in_({line.event_id for line in lines}))
    types_named = sa.select(TicketType.id, TicketType.public_id).where(
        TicketType.id.in_({line.ticket_type_id for line in lines})
    )
    slugs = {row[0]: row[1] for row in db.session.execute(events_named)}
    return slugs, {row[0]: row[1] for row in db.session.execute(types_named)}


def tickets(organisation_id: int, event_slug: str, after: str, limit: int) -> tuple[list[Ticket], bool]:
    mine = sa.select(Ticket).where(Ticket.organisation_id == organisation_id).options(*all_of_ticket())
    if event_slug:
        mine = mine.where(Ticket.event_id == _event_id(organisation_id, event_slug))
    return _cut(mine, Ticket.id, _edge(Ticket, Ticket.ref, after), limit)


def all_of_ticket() -> tuple[ExecutableOption, ...]:
    return joinedload(Ticket.event), joinedload(Ticket.ticket_type), joinedload(Ticket.purchase)


def tickets_of(
    addresses: Collection[str], organisation_id: int | None, after: str, limit: int
) -> tuple[list[Ticket], bool]:
    """What belongs to somebody by the addresses they have shown to be theirs (in small letters): bought and not passed
    on, or passed on to them."""
    bought = (
        sa.select(Ticket.id)
        .join(Purchase, Purchase.id == Ticket.purchase_id)
        .where(sa.func.lower(Purchase.email).in_(addresses), Ticket.holder_email.is_(None))
    )
    given = sa.select(Ticket.id).where(sa.func.lower(Ticket.holder_email).in_(addresses))
    mine = sa.select(Ticket).where(Ticket.id.in_(sa.union_all(bought, given))).options(*whole())
    if organisation_id is not None:
        mine = mine.where(Ticket.organisation_id == organisation_id)
    return _cut(mine, Ticket.id, _edge(Ticket, Ticket.ref, after), limit)


def _event_id(organisation_id: int, slug: str) -> sa.ScalarSelect[int]:
    mine = (Event.organisation_id == organisation_id, Event.slug == slug)
    return sa.select(Event.id).where(*mine).scalar_subquery()


def _edge(model: Any, name: InstrumentedAttribute[str], after: str) -> sa.ScalarSelect[int] | None:
    return sa.select(model.id).where(name == after).scalar_subquery() if after else None


def _cut(
    statement: sa.Select[Row], key: InstrumentedAttribute[int], edge: sa.ScalarSelect[int] | None, limit: int
) -> tuple[list[Row], bool]:
    """One page, and whether there is more behind it."""
    if edge is not None:
        statement = statement.where(key < edge)
    rows = list(db.session.scalars(statement.order_by(key.desc()).limit(limit + 1)))
    return rows[:limit], len(rows) > limit
