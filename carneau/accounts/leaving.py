import sqlalchemy as sa

from carneau.accounts import queries, telling
from carneau.accounts.models import OneTimeLink, User
from carneau.core import audit
from carneau.core.db import db


def delete(user: User) -> None:
    """The account, its sessions and its links, at once. The last mail says so."""
    addresses = queries.addresses_of(user)
    audit.record(user, "deleted", user.actor)
    telling.tell(user, "account_deleted", user.email)
    db.session.execute(sa.delete(OneTimeLink).where(sa.func.lower(OneTimeLink.email).in_(addresses)))
    db.session.delete(user)
    db.session.flush()
