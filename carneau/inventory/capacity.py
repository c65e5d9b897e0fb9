from flask_babel import gettext as _

from carneau.core.db import db
from carneau.core.errors import Conflict, Invalid
from carneau.inventory import availability
from carneau.inventory.models import Counters
from carneau.inventory.statements import CHANGE_TOTAL

LARGEST_TOTAL = 1_000_000


class BelowTaken(Conflict):
    """More places are sold or held than the new total."""


def open(stock: Counters, total: int) -> None:
    """Gives a ticket type that is not in the database yet its places."""
    stock.total_quantity = _possible(total)


def change(ticket_type_id: int, total: int) -> None:
    """Places in carts count as taken: nobody loses what they are just paying for."""
    values = {"ticket_type_id": ticket_type_id, "total": _possible(total)}
    if db.session.execute(CHANGE_TOTAL, values).one_or_none() is None:
        places = availability.of([ticket_type_id])[ticket_type_id]
        raise BelowTaken(
            _(
                "%(sold)s are sold and %(held)s are in carts: the number of places cannot be less than %(taken)s.",
                sold=places.sold,
                held=places.held,
                taken=places.sold + places.held,
            )
        )


def _possible(total: int) -> int:
    if not 0 <= total <= LARGEST_TOTAL:
        raise Invalid(_("Please give a number of places from 0 to %(most)s.", most=LARGEST_TOTAL))
    return total
