"""What nobody has bought or tried to buy can go; all else stays, for the sake of those who did."""

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from carneau.catalogue import pictures
from carneau.catalogue.models import Event, TicketType
from carneau.core import audit
from carneau.core.db import db
from carneau.core.errors import Conflict
from carneau.inventory import closing
from carneau.organisations import membership


class HasHistory(Conflict):
    def __init__(self) -> None:
        super().__init__(_("Somebody has begun to buy this, so it stays on record. Nothing was deleted."))


def delete_event(event: Event, actor: str) -> None:
    """Raises StillTaken or HasHistory; then only a rollback may follow."""
    types = db.session.scalars(sa.select(TicketType).where(TicketType.event_id == event.id)).all()
    closing.close([ticket_type.id for ticket_type in types])
    pictures.forget_all_later(event)
    membership.end_at_doors_of(event.id, actor)
    audit.record(event, "deleted", actor, slug=event.slug)
    db.session.flush()
    _delete(sa.delete(TicketType).where(TicketType.event_id == event.id))
    _delete(sa.delete(Event).where(Event.id == event.id))


def delete_ticket_type(ticket_type: TicketType, actor: str) -> None:
    """Raises StillTaken or HasHistory; then only a rollback may follow."""
    closing.close([ticket_type.id])
    audit.record(ticket_type, "deleted", actor, event_id=ticket_type.event_id)
    db.session.flush()
    _delete(sa.delete(TicketType).where(TicketType.id == ticket_type.id))


def _delete(statement: sa.Delete) -> None:
    """What points at the row (purchases that came to nothing, too) forbids it, also what came in a moment ago."""
    try:
        db.session.execute(statement)
    except IntegrityError as error:
        raise HasHistory from error
