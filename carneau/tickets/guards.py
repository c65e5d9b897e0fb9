from carneau.purchases import guards, links
from carneau.tickets.models import Ticket


def may_pass_on(ticket: Ticket, key: str) -> bool:
    """Its holder. To have seen the code is not enough: a photograph of a ticket shall not take it from its holder."""
    if ticket.holder_email is None and links.is_valid(ticket.purchase.ref, key):
        return True
    return guards.is_own(ticket.holder_email or ticket.purchase.email)
