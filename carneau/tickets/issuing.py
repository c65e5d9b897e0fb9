from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from carneau.core import audit, codes
from carneau.core.db import db
from carneau.purchases.models import Purchase, PurchaseLine
from carneau.tickets import queries
from carneau.tickets.models import Ticket, TicketStatus


def issue(purchase: Purchase) -> list[Ticket]:
    """One ticket for each place that was paid for. However often and concurrently it is called, each place of a line
    has one ticket: (purchase_line_id, position) is unique, and what is there already stays as it is.
    """
    owed = _owed(purchase)
    if not owed:
        return []
    statement = insert(Ticket).on_conflict_do_nothing(index_elements=["purchase_line_id", "position"])
    issued = list(db.session.scalars(statement.returning(Ticket), owed))
    if issued:
        audit.record(purchase, "tickets_issued", tickets=len(issued))
    if len(issued) == len(owed):
        return sorted(issued, key=lambda ticket: (ticket.purchase_line_id, ticket.position))
    return queries.for_purchase(purchase)


def _owed(purchase: Purchase) -> list[dict[str, Any]]:
    lines = db.session.scalars(
        sa.select(PurchaseLine).where(PurchaseLine.purchase_id == purchase.id).order_by(PurchaseLine.id)
    )
    return [
        {
            "organisation_id": purchase.organisation_id,
            "ref": codes.reference(),
            "event_id": line.event_id,
            "purchase_id": purchase.id,
            "purchase_line_id": line.id,
            "ticket_type_id": line.ticket_type_id,
            "position": position,
            "holder_name": purchase.buyer_name,
        }
        for line in lines
        for position in range(1, line.quantity - line.refunded_quantity + 1)
    ]


def void(tickets: Iterable[Ticket], actor: str = "system") -> list[Ticket]:
    """Ends tickets that are still valid, and returns those. The new revision makes their codes worthless everywhere,
    on a door device that is offline too once it has the list. Who was let in already stays let in."""
    ids = sorted(ticket.id for ticket in tickets)
    return _void(Ticket.id.in_(ids), actor)


def void_all(purchase: Purchase, actor: str = "system") -> list[Ticket]:
    return _void(Ticket.purchase_id == purchase.id, actor)


def _void(which: sa.ColumnElement[bool], actor: str) -> list[Ticket]:
    statement = (
        sa.update(Ticket)
        .where(which, Ticket.status == TicketStatus.VALID)
        .values(status=TicketStatus.VOID, voided_at=sa.func.now(), revision=Ticket.revision + 1)
        .returning(Ticket)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    voided = list(db.session.scalars(statement))
    for ticket in voided:
        audit.record(ticket, "voided", actor)
    return voided
