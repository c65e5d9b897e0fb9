from flask_babel import gettext as _

from carneau.core import audit, clock, codes, crash, outbox, queue
from carneau.core.errors import Conflict
from carneau.email import owing
from carneau.fulfilment import jobs
from carneau.purchases.models import Purchase
from carneau.purchases.status import FULFILLED
from carneau.tickets import issuing, queries
from carneau.tickets.models import Ticket, TicketStatus


class NothingToSend(Conflict):
    pass


def fulfil(purchase: Purchase) -> list[Ticket]:
    """What a paid purchase is owed: its tickets, and one confirmation. Safe to run any number of times."""
    tickets = issuing.issue(purchase)
    crash.point("after_tickets")
    notify(purchase, "confirmation")
    return tickets


def notify(purchase: Purchase, kind: str, occasion: str | None = None) -> None:
    """Owes the buyer a mail (`emails.KINDS`); `occasion` as `refund:9` where there may be several of a kind. Who had
    their name erased or bought at the counter without an address gets none."""
    if purchase.erased_at is not None or not purchase.email:
        return
    mail_id = owing.owe(purchase, kind, purchase.email, occasion)
    if mail_id is not None:
        queue.enqueue_after_commit(jobs.send, mail_id, key=f"mail:{mail_id}")


def notify_holder(ticket: Ticket, kind: str, recipient: str, occasion: str | None = None) -> None:
    """Owes a mail about one ticket as it is in this revision; `occasion` where there may be several of a kind."""
    mail_id = owing.owe(ticket, kind, recipient, occasion or f"ticket:{ticket.id}:{ticket.revision}")
    if mail_id is not None:
        queue.enqueue_after_commit(jobs.send, mail_id, key=f"mail:{mail_id}")


def resend(purchase: Purchase, email: str, actor: str) -> None:
    """The tickets once more, to this address, which is the purchase's from now on. Twice within a minute is once."""
    if purchase.payment_status not in FULFILLED or not _buyer_has_tickets(purchase):
        raise NothingToSend(_("This purchase has no tickets that could be sent: unpaid, refunded or passed on."))
    if purchase.erased_at or not email:
        raise NothingToSend(_("This purchase names no address that its tickets could be sent to."))
    if email != purchase.email:
        purchase.email = email
        audit.record(purchase, "address_changed", actor)
    minute = f"{clock.now():%Y%m%d%H%M}"
    audit.record(purchase, "tickets_resent", actor)
    notify(purchase, "tickets_again", occasion=f"again:{purchase.id}:{codes.digest(email).hex()[:8]}:{minute}")


def _buyer_has_tickets(purchase: Purchase) -> bool:
    tickets = queries.of_buyer(queries.for_purchase(purchase))
    return any(ticket.status is not TicketStatus.VOID for ticket in tickets)


def send_again(mail_id: int) -> bool:
    """Tries a mail that did not go out once more, now; False if it went out or does not exist."""
    mail = owing.owe_again(mail_id)
    if mail is None:
        return False
    if not outbox.hurry(f"mail:{mail_id}"):
        send = outbox.find_job(f"mail:{mail_id}") or jobs.send
        queue.enqueue_after_commit(send, mail_id, key=f"mail:{mail_id}:{mail.attempts}")
    return True
