import sqlalchemy as sa
from flask_babel import gettext as _

from carneau.catalogue import queries
from carneau.catalogue.models import Event, EventStatus, TicketType
from carneau.core import audit, clock
from carneau.core.db import db
from carneau.core.errors import Conflict


def cancel(event: Event, actor: str) -> None:
    """No more is sold; what was sold stays as it is until its money goes back. Cancelling twice changes nothing."""
    queries.lock(event)
    if event.status is EventStatus.CANCELLED:
        return
    if event.status is EventStatus.DRAFT:
        raise Conflict(_("This event was never published: it can be deleted instead."))
    if event.has_ended(clock.now()):
        raise Conflict(_("This event is over and cannot be cancelled any more."))
    event.status = EventStatus.CANCELLED
    db.session.flush()
    audit.record(event, "cancelled", actor)


def withdraw(event: Event, actor: str) -> None:
    """Back to a draft that nobody sees: only while no place is sold or in a cart."""
    queries.lock(event)
    if event.status is EventStatus.DRAFT:
        return
    if event.status is EventStatus.CANCELLED:
        raise Conflict(_("This event is cancelled; that stays."))
    if _is_taken(event):
        raise Conflict(_("Places are sold or in carts, so the page stays. You can cancel the event instead."))
    event.status = EventStatus.DRAFT
    db.session.flush()
    audit.record(event, "withdrawn", actor)


def _is_taken(event: Event) -> bool:
    """With the counters locked: a claim that comes later sees the draft."""
    rows = db.session.execute(
        sa.select(TicketType.held_quantity, TicketType.sold_quantity)
        .where(TicketType.event_id == event.id)
        .order_by(TicketType.id)
        .with_for_update()
    )
    return any(row.held_quantity or row.sold_quantity for row in rows.all())
