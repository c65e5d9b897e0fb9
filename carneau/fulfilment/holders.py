"""Whoever was given a ticket: what becomes of it is told to them, and the buyer's address is not."""

import sqlalchemy as sa
from flask_babel import gettext as _

from carneau.core import audit, clock
from carneau.core.db import db
from carneau.fulfilment import fulfil
from carneau.fulfilment.fulfil import NothingToSend
from carneau.purchases.erasing import NO_ADDRESS
from carneau.purchases.models import Purchase
from carneau.tickets.models import Ticket, TicketStatus


def can_be_written_to(ticket: Ticket) -> bool:
    return ticket.holder_email not in (None, NO_ADDRESS)


def tell_of_void(purchase: Purchase) -> None:
    """Each holder of a ticket of this purchase that is void, once for ever: the revision it died in is its last."""
    mine = sa.select(Ticket).where(Ticket.purchase_id == purchase.id, Ticket.status == TicketStatus.VOID)
    for ticket in db.session.scalars(mine.where(Ticket.holder_email.is_not(None)).order_by(Ticket.id)):
        _tell(ticket)


def tell_whose(ticket: Ticket) -> None:
    """That this one ticket is void: its holder, or else the buyer."""
    if ticket.holder_email is None:
        purchase = db.session.get_one(Purchase, ticket.purchase_id)
        fulfil.notify(purchase, "tickets_voided", occasion=f"voided:{ticket.id}")
    else:
        _tell(ticket)


def _tell(ticket: Ticket) -> None:
    if can_be_written_to(ticket):
        fulfil.notify_holder(ticket, "ticket_voided", str(ticket.holder_email))


def resend(ticket: Ticket, actor: str) -> None:
    """To the address it was passed on to; another one is not the holder's. Twice within a minute is once."""
    if ticket.status is TicketStatus.VOID or not can_be_written_to(ticket):
        raise NothingToSend(_("This ticket is void, or nobody's address is known that it could be sent to."))
    audit.record(ticket, "resent", actor)
    minute = f"{clock.now():%Y%m%d%H%M}"
    fulfil.notify_holder(ticket, "ticket_again", str(ticket.holder_email), f"again:ticket:{ticket.id}:{minute}")
