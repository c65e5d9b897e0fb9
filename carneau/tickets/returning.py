"""Tickets that are taken back: each becomes void and its place free, or withdrawn. The caller holds the purchase's row
lock, and its lines are loaded."""

from collections.abc import Collection, Mapping

import sqlalchemy as sa
from flask_babel import ngettext

from carneau.core import audit
from carneau.core.db import db
from carneau.core.errors import Conflict
from carneau.inventory import holds
from carneau.purchases.models import Purchase, PurchaseLine
from carneau.tickets import issuing
from carneau.tickets.models import Ticket, TicketStatus


class NotThatMany(Conflict):
    """Fewer tickets of the line are still valid."""


def take_back(purchase: Purchase, wanted: Mapping[int, int], actor: str, back_on_sale: bool) -> int:
    """`wanted` is a number of tickets by line id: the last ones of each line that are valid. Raises NotThatMany."""
    chosen: list[Ticket] = []
    for line in purchase.lines:
        quantity = wanted.get(line.id, 0)
        valid = _of(line, TicketStatus.VALID)
        if quantity > len(valid):
            sentence = ngettext(
                "Only %(num)s ticket of %(name)s can still be taken back.",
                "Only %(num)s tickets of %(name)s can still be taken back.",
                len(valid),
                name=line.ticket_type_name,
            )
            raise NotThatMany(sentence)
        chosen += valid[len(valid) - quantity :]
    void(purchase, chosen, actor, back_on_sale)
    return len(chosen)


def valid_of(purchase: Purchase, event_id: int) -> dict[int, int]:
    """How many tickets for the event are still valid, by line id; lines without any are left out."""
    counts = {line.id: len(_of(line, TicketStatus.VALID)) for line in purchase.lines if line.event_id == event_id}
    return {line_id: count for line_id, count in counts.items() if count}


def take_all_back(purchase: Purchase, actor: str, back_on_sale: bool) -> None:
    """Those who were let in stay in; their places are not sold again."""
    inside = {line.id: len(_of(line, TicketStatus.REDEEMED)) for line in purchase.lines}
    voided = issuing.void_all(purchase, actor)
    audit.record(purchase, "tickets_returned", actor, tickets=len(voided), back_on_sale=back_on_sale)
    for line in _in_order(purchase):
        taken = line.quantity - line.refunded_quantity
        _free(line, inside[line.id], False)
        _free(line, taken - inside[line.id], back_on_sale)


def void(purchase: Purchase, tickets: Collection[Ticket], actor: str, back_on_sale: bool) -> None:
    """Single tickets; those that are not valid any more are left as they are."""
    voided = issuing.void(tickets, actor)
    if voided:
        audit.record(purchase, "tickets_returned", actor, tickets=len(voided), back_on_sale=back_on_sale)
    for line in _in_order(purchase):
        _free(line, sum(ticket.purchase_line_id == line.id for ticket in voided), back_on_sale)


def _free(line: PurchaseLine, quantity: int, back_on_sale: bool) -> None:
    if quantity <= 0:
        return
    line.refunded_quantity += quantity
    db.session.flush()
    give = holds.give_back if back_on_sale else holds.withdraw
    give(line.ticket_type_id, quantity)


def _in_order(purchase: Purchase) -> list[PurchaseLine]:
    return sorted(purchase.lines, key=lambda line: line.ticket_type_id)


def _of(line: PurchaseLine, status: TicketStatus) -> list[Ticket]:
    mine = sa.select(Ticket).where(Ticket.purchase_line_id == line.id, Ticket.status == status)
    return list(db.session.scalars(mine.order_by(Ticket.position).execution_options(populate_existing=True)))
