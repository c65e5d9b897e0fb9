from sqlalchemy.exc import IntegrityError

from carneau.accounts import links, registration, telling
from carneau.accounts.models import User
from carneau.accounts.registration import AlreadyRegistered
from carneau.core import audit
from carneau.core.db import db


def change_name(user: User, name: str) -> None:
    user.name = name
    audit.record(user, "name_changed", user.actor)


def change_password(user: User, password_hash: str) -> None:
    """Every session that began before ends, and so do the links that were mailed."""
    user.password_hash = password_hash
    user.session_version += 1
    db.session.flush()
    links.end_all(user.email)
    audit.record(user, "password_changed", user.actor)
    telling.tell(user, "password_changed", user.email, f"user:{user.id}:{user.session_version}")


def renew_hash(user: User, password_hash: str) -> None:
    """The same password at today's cost: nobody is logged out."""
    user.password_hash = password_hash
    audit.record(user, "password_rehashed", user.actor)


def change_address(user: User, email: str) -> None:
    """Whoever calls has seen that the new address is theirs. The old one is told, and the purchases made with it stay
    theirs. Raises AlreadyRegistered."""
    old, user.email = user.email, email
    try:
        db.session.flush()
    except IntegrityError as error:
        raise AlreadyRegistered from error
    registration.note_verified(user, email)
    for address in (old, email):
        links.end_all(address)
    entry = audit.record(user, "address_changed", user.actor)
    db.session.flush()
    telling.tell(user, "address_changed", old, f"user:{user.id}:{entry.id}")


def end_sessions(user: User) -> None:
    """On every device, this one included."""
    user.session_version += 1
    audit.record(user, "logged_out_everywhere", user.actor)
