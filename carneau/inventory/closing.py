"""Taking a ticket type out of the stock for good."""

from flask_babel import gettext as _

from carneau.core.db import db
from carneau.core.errors import Conflict
from carneau.inventory import expiry
from carneau.inventory.statements import FORGET_SPENT, LOCK_STOCK


class StillTaken(Conflict):
    """Places are sold, or in carts."""


def close(ticket_type_ids: list[int]) -> None:
    """Locks the counters, so that a claim waits for what becomes of the rows, and drops the traces of ended holds."""
    for ticket_type_id in sorted(ticket_type_ids):
        expiry.free(ticket_type_id)
    rows = db.session.execute(LOCK_STOCK, {"ticket_type_ids": ticket_type_ids}).all()
    if any(row.sold_quantity for row in rows):
        raise StillTaken(_("Tickets were sold, so this stays. An event can be cancelled instead; nothing was deleted."))
    if held := sum(row.held_quantity for row in rows):
        raise StillTaken(
            _(
                "In carts just now: %(held)s. Nothing was deleted; try again in some minutes.",
                held=held,
            )
        )
    db.session.execute(FORGET_SPENT, {"ticket_type_ids": ticket_type_ids})
