from datetime import timedelta

from flask_babel import gettext as _

from carneau.accounts import limits
from carneau.accounts.limits import Limit
from carneau.core import audit
from carneau.core.db import db
from carneau.core.errors import Conflict
from carneau.fulfilment import fulfil
from carneau.purchases.models import Purchase
from carneau.purchases.status import FULFILLED
from carneau.tickets import queries
from carneau.tickets.models import TicketStatus

MAILS_OF_PURCHASE = Limit("mails of purchase", 3, timedelta(hours=1))


def resend(purchase: Purchase, actor: str = "buyer") -> None:
    """The tickets that the buyer still has, to the address of the purchase. Raises TooOften."""
    tickets = [ticket for ticket in queries.of_buyer(queries.for_purchase(purchase)) if _counts(ticket.status)]
    if purchase.payment_status not in FULFILLED or not tickets:
        raise Conflict(_("This purchase has no tickets that could be sent."))
    if purchase.erased_at or not purchase.email:
        raise Conflict(_("This purchase names no address that its tickets could be sent to."))
    limits.count(MAILS_OF_PURCHASE, purchase.ref)
    entry = audit.record(purchase, "mail_sent_again", actor)
    db.session.flush()
    fulfil.notify(purchase, "tickets_again", f"again:{entry.id}")


def _counts(status: TicketStatus) -> bool:
    return status is not TicketStatus.VOID
