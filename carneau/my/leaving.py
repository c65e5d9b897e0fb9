from flask_babel import gettext as _

from carneau.accounts import leaving, queries
from carneau.accounts.models import User
from carneau.core.errors import Conflict
from carneau.organisations.queries import memberships_of
from carneau.privacy import erasing


class StillMember(Conflict):
    """An organisation is never left without its people by a side door."""


def leave(user: User) -> None:
    """Deletes the account; purchases stay as sums without a person. Raises StillMember, StillBeingPaid."""
    if memberships := memberships_of(user):
        names = ", ".join(membership.organisation.name for membership in memberships)
        raise StillMember(_("You are a member of %(names)s. Leave there first, then delete your account.", names=names))
    erasing.erase(queries.addresses_of(user), user.actor)
    leaving.delete(user)
