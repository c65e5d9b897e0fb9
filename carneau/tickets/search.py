"""Finding a purchase or a guest of an event among tens of thousands: newest first, page by page, through indexes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from carneau.catalogue.models import Event
from carneau.core import codes
from carneau.core.db import db
from carneau.core.errors import NotFound
from carneau.purchases import models as purchases
from carneau.purchases.models import PaymentStatus, Purchase, PurchaseLine
from carneau.tickets import models as tickets
from carneau.tickets import qr
from carneau.tickets.models import Ticket, TicketStatus

PAGE = 50
LONGEST_QUESTION = 200
WORD = re.compile(r"[^\W_]+")
CODE = re.compile(r"[A-Za-z2-7]{122}$")


@dataclass(frozen=True, slots=True)
class Found:
    """`after` is the reference behind which the next page begins, if there is one."""

    rows: Sequence[Any]
    after: str | None


def find_purchases(event: Event, question: str, after: str | None, status: PaymentStatus | None = None) -> Found:
    """With their lines. A question is words that a name or an address begins with, a reference, or a ticket's code."""
    ids = _purchases_of(event, question, after)
    if status:
        ids = ids.join(Purchase, Purchase.id == PurchaseLine.purchase_id).where(Purchase.payment_status == status)
    wanted = sa.select(Purchase).where(Purchase.organisation_id == event.organisation_id, Purchase.id.in_(ids))
    rows = db.session.scalars(wanted.options(selectinload(Purchase.lines)).order_by(Purchase.id.desc())).all()
    return _cut(rows)


def newest_purchases(event: Event, count: int) -> Sequence[Purchase]:
    """With their lines."""
    ids = _purchases_of(event, "", None).limit(count)
    wanted = sa.select(Purchase).where(Purchase.organisation_id == event.organisation_id, Purchase.id.in_(ids))
    return db.session.scalars(wanted.options(selectinload(Purchase.lines)).order_by(Purchase.id.desc())).all()


class Presence(StrEnum):
    """Which guests are looked for."""

    ALL = "all"
    INSIDE = "inside"
    EXPECTED = "expected"
    VOID = "void"

    @classmethod
    def of(cls, text: str) -> "Presence":
        return cls(text) if text in list(cls) else cls.ALL


PRESENT: dict[Presence, sa.ColumnElement[bool]] = {
    Presence.ALL: sa.true(),
    Presence.INSIDE: sa.and_(Ticket.status == TicketStatus.REDEEMED, Ticket.left_at.is_(None)),
    Presence.EXPECTED: Ticket.status == TicketStatus.VALID,
    Presence.VOID: Ticket.status == TicketStatus.VOID,
}


def find_attendees(event: Event, question: str, after: str | None, who: Presence = Presence.ALL) -> Found:
    """Tickets with their type and purchase; among all, void ones too."""
    wanted = sa.select(Ticket).join(Ticket.purchase).where(Ticket.event_id == event.id, PRESENT[who])
    if after:
        wanted = wanted.where(Ticket.id < sa.select(Ticket.id).where(Ticket.ref == after).scalar_subquery())
    if question:
        wanted = wanted.where(Ticket.id.in_(_matching_tickets(event, question)))
    wanted = wanted.options(contains_eager(Ticket.purchase), joinedload(Ticket.ticket_type))
    return _cut(db.session.scalars(wanted.order_by(Ticket.id.desc()).limit(PAGE + 1)).all())


def count_attendees(event: Event) -> dict[Presence, int]:
    counts = [sa.func.count().filter(condition).label(who) for who, condition in PRESENT.items()]
    row = db.session.execute(sa.select(*counts).where(Ticket.event_id == event.id)).one()
    return {who: row._mapping[who] for who in PRESENT}


def count_purchases(event: Event) -> dict[PaymentStatus, int]:
    """In the order in which a purchase goes through them; without those that no purchase is in."""
    of_event = sa.exists().where(PurchaseLine.purchase_id == Purchase.id, PurchaseLine.event_id == event.id)
    mine = sa.select(Purchase.payment_status, sa.func.count()).where(
        Purchase.organisation_id == event.organisation_id, of_event
    )
    rows = db.session.execute(mine.group_by(Purchase.payment_status))
    counts = {row[0]: row[1] for row in rows}
    return {status: counts[status] for status in PaymentStatus if status in counts}


def find_guests(event: Event, question: str, at_most: int, by_name: bool) -> Sequence[Ticket]:
    """For the door, which knows nothing of people but the name on a ticket, or not even that: by the ticket's
    reference, and by that name; those who bought together one after the other."""
    if not question:
        return []
    mine = sa.select(Ticket.id).where(Ticket.event_id == event.id)
    reference = codes.normalise_reference(question[:LONGEST_QUESTION])
    is_named = _says(tickets.SEARCH, question) if by_name else sa.false()
    found = sa.union(mine.where(is_named), mine.where(_is_ticket(question, reference)))
    wanted = sa.select(Ticket).where(Ticket.id.in_(found)).options(joinedload(Ticket.ticket_type))
    return db.session.scalars(wanted.order_by(Ticket.purchase_id, Ticket.id).limit(at_most)).all()


def _cut(rows: Sequence[Any]) -> Found:
    return Found(rows[:PAGE], rows[PAGE - 1].ref if len(rows) > PAGE else None)


def _purchases_of(event: Event, question: str, after: str | None) -> sa.Select[int]:
    ids = sa.select(PurchaseLine.purchase_id).distinct().where(PurchaseLine.event_id == event.id)
    if after:
        edge = sa.select(Purchase.id).where(Purchase.ref == after).scalar_subquery()
        ids = ids.where(PurchaseLine.purchase_id < edge)
    if question:
        ids = ids.where(PurchaseLine.purchase_id.in_(_matching_purchases(event, question)))
    return ids.order_by(PurchaseLine.purchase_id.desc()).limit(PAGE + 1)


def _matching_purchases(event: Event, question: str) -> sa.CompoundSelect[int]:
    reference = codes.normalise_reference(question[:LONGEST_QUESTION])
    named = sa.select(Purchase.id).where(
        Purchase.organisation_id == event.organisation_id, _says(purchases.SEARCH, question)
    )
    holding = sa.select(Ticket.purchase_id).where(Ticket.event_id == event.id, _is_ticket(question, reference))
    return sa.union(named, sa.select(Purchase.id).where(Purchase.ref == reference), holding)


def _matching_tickets(event: Event, question: str) -> sa.CompoundSelect[int]:
    reference = codes.normalise_reference(question[:LONGEST_QUESTION])
    mine = sa.select(Ticket.id).where(Ticket.event_id == event.id)
    bought = (
        sa.select(Ticket.id)
        .join(Purchase, Purchase.id == Ticket.purchase_id)
        .where(Ticket.event_id == event.id, Purchase.organisation_id == event.organisation_id)
    )
    return sa.union(
        mine.where(_says(tickets.SEARCH, question)),
        mine.where(_is_ticket(question, reference)),
        bought.where(sa.or_(_says(purchases.SEARCH, question), Purchase.ref == reference)),
    )


def _is_ticket(question: str, reference: str) -> sa.ColumnElement[bool]:
    """By the reference printed on it, the address it was passed on to, or what a scan of its code says, link or not."""
    code = CODE.search(question.strip())
    if code is None:
        return sa.or_(Ticket.ref == reference, sa.func.lower(Ticket.holder_email) == question.strip().lower())
    try:
        return Ticket.id == qr.read(code[0])[1]
    except NotFound:
        return sa.false()


def _says(vector: str, question: str) -> sa.ColumnElement[bool]:
    """Every word of the question begins a word of the text."""
    words = WORD.findall(question[:LONGEST_QUESTION])
    if not words:
        return sa.false()
    wanted = sa.func.to_tsquery("simple", sa.func.folded(" & ".join(f"{word}:*" for word in words)))
    return sa.literal_column(vector).bool_op("@@")(wanted)
