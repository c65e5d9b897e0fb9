import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.dialects.postgresql import insert

from carneau.accounts import links
from carneau.accounts.models import User, VerifiedAddress
from carneau.core import audit
from carneau.core.db import db
from carneau.core.errors import Conflict


class AlreadyRegistered(Conflict):
    def __init__(self) -> None:
        super().__init__(_("There is an account with this address already. Log in, or ask for a new password."))


def register(email: str, name: str, password_hash: str) -> User:
    """Whoever calls has seen that the address is theirs. Of two at once the second raises AlreadyRegistered."""
    statement = (
        insert(User)
        .values(email=email, name=name, password_hash=password_hash, verified_at=sa.func.now())
        .on_conflict_do_nothing()
        .returning(User)
    )
    user: User | None = db.session.scalar(statement)
    if user is None:
        raise AlreadyRegistered
    note_verified(user, email)
    links.end_all(email)
    audit.record(user, "registered", user.actor)
    return user


def note_verified(user: User, email: str) -> None:
    statement = insert(VerifiedAddress).values(address=email.lower(), user_id=user.id)
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["address"], set_={"user_id": user.id, "verified_at": sa.func.now()}
        )
    )
