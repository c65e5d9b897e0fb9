from flask_babel import gettext as _

from carneau.accounts import leaving, queries
from carneau.accounts.models import User
from carneau.core.errors import Conflict
from carneau.email import erasing as mails
from carneau.organisations.queries import memberships_of
from carneau.payments import erasing as payments
from carneau.purchases import erasing as purchases
from carneau.tickets import erasing as tickets


class StillMember(Conflict):
    """An organisation is never left without its people by a side door."""


def leave(user: User) -> None:
    """Deletes the account; purchases stay as sums without a person. Raises StillMember, StillBeingPaid."""
    if memberships := memberships_of(user):
        names = ", ".join(membership.organisation.name for membership in memberships)
        raise StillMember(_("You are a member of %(names)s. Leave there first, then delete your account.", names=names))
    addresses = queries.addresses_of(user)
    erased = purchases.erase(addresses, user.actor)
    payments.erase([purchase.id for purchase in erased])
    tickets.erase(addresses)
    mails.erase(addresses, purchases.NO_ADDRESS)
    leaving.delete(user)
