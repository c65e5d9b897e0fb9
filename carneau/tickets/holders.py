import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from carneau.catalogue.models import Event
from carneau.core import audit
from carneau.core.db import db
from carneau.core.errors import Conflict, NotFound
from carneau.purchases import queries as purchases
from carneau.tickets import returning
from carneau.tickets.models import Ticket, TicketStatus


class NotValid(Conflict):
    """The ticket was used or taken back before."""


def by_ref(event: Event, ref: str) -> Ticket:
    """A ticket of this event, with its type and purchase; any other is not there."""
    ticket = db.session.scalars(
        sa.select(Ticket)
        .where(Ticket.organisation_id == event.organisation_id, Ticket.event_id == event.id, Ticket.ref == ref)
        .options(joinedload(Ticket.ticket_type), joinedload(Ticket.purchase))
        .execution_options(populate_existing=True)
    ).one_or_none()
    if ticket is None:
        raise NotFound(_("There is no ticket of this reference here."))
    return ticket


def rename(ticket: Ticket, name: str, actor: str) -> None:
    """The code stays: it names the ticket, not the person."""
    if ticket.status is TicketStatus.VOID:
        raise NotValid(_("This ticket is void; a new name would not make it valid."))
    if ticket.holder_name != name:
        ticket.holder_name = name
        audit.record(ticket, "renamed", actor)


def invalidate(ticket: Ticket, actor: str, back_on_sale: bool) -> None:
    """Without giving money back. The purchase is locked first, as for every change of what it holds."""
    purchase = purchases.locked(ticket.purchase_id)
    db.session.refresh(ticket, ["status"])
    if ticket.status is not TicketStatus.VALID:
        raise NotValid(_("This ticket is not valid any more: it was used or taken back before."))
    returning.void(purchase, [ticket], actor, back_on_sale)
