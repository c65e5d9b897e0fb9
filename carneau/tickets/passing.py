"""A ticket becomes another person's: a new revision kills the code that was shown so far."""

import sqlalchemy as sa
from flask_babel import gettext as _

from carneau.core import audit, clock
from carneau.core.db import db
from carneau.core.errors import Conflict
from carneau.tickets import qr
from carneau.tickets.models import Ticket, TicketStatus

MOST_TIMES = 3


class NotPassedOn(Conflict):
    pass


def is_closed(ticket: Ticket) -> bool:
    """Once the doors are open a device there may work without a network and let the old code in."""
    return (ticket.event.doors_open_at or ticket.event.starts_at) <= clock.now()


def require_possible(ticket: Ticket) -> None:
    """Raises NotPassedOn with the reason."""
    if ticket.status is TicketStatus.REDEEMED:
        raise NotPassedOn(_("This ticket was used already, so nobody else can have it."))
    if ticket.status is TicketStatus.VOID:
        raise NotPassedOn(_("This ticket is void, so nobody else can have it."))
    if is_closed(ticket):
        raise NotPassedOn(_("The doors are open, so tickets stay with who has them."))
    if ticket.passed_on >= MOST_TIMES:
        raise NotPassedOn(_("This ticket was passed on three times already, and that is as often as it can be."))


def pass_on(ticket: Ticket, name: str, email: str, actor: str) -> Ticket:
    """The ticket as it was read; of two at once, and of one at the same moment as its admission, the first counts."""
    require_possible(ticket)
    statement = (
        sa.update(Ticket)
        .where(Ticket.id == ticket.id, Ticket.revision == ticket.revision, Ticket.status == TicketStatus.VALID)
        .values(holder_name=name, holder_email=email, revision=Ticket.revision + 1, passed_on=Ticket.passed_on + 1)
        .returning(Ticket)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    passed = db.session.scalar(statement)
    if passed is None:
        raise NotPassedOn(_("This ticket was used or passed on at this very moment. Nothing else was changed."))
    audit.record(passed, "passed_on", actor, revision=passed.revision, times=passed.passed_on)
    return passed


def find_just_passed(code: str, email: str) -> Ticket | None:
    """What a second click finds: the ticket of this code, which the first click gave to this address."""
    event_id, ticket_id, revision = qr.read(code)
    return db.session.scalar(
        sa.select(Ticket).where(
            Ticket.id == ticket_id,
            Ticket.event_id == event_id,
            Ticket.revision == revision + 1,
            sa.func.lower(Ticket.holder_email) == email.lower(),
        )
    )
