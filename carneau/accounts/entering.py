"""Ways into an account. Each counts the try first, in a transaction of its own: what follows may fail."""

from carneau.accounts import changing, limits, links, passwords, queries, registration, second_factor, telling
from carneau.accounts.links import LinkGone, Purpose
from carneau.accounts.models import User
from carneau.core import audit
from carneau.core.db import db, transaction


def mail_link(purpose: Purpose, email: str, network: str, next_path: str = "") -> None:
    """Writes the same rows for an address with an account and for one without."""
    with transaction():
        limits.count(limits.MAILS_FROM_NETWORK, network)
        limits.count(limits.MAILS_TO_ADDRESS, email)
        link = links.create(purpose, email, next_path)
        telling.tell(link, purpose, email)


def mail_link_to_new_address(user: User, email: str, network: str) -> None:
    with transaction():
        limits.count(limits.MAILS_FROM_NETWORK, network)
        limits.count(limits.MAILS_TO_ADDRESS, email)
        link = links.create(Purpose.ADDRESS, email, user_id=user.id)
        telling.tell(link, Purpose.ADDRESS, email)


def with_password(email: str, password: str, network: str) -> User | None:
    """Who it is, or None. Checking takes the same work whether there is such an account or not."""
    with transaction():
        limits.count(limits.PASSWORDS_FROM_NETWORK, network)
        limits.count(limits.PASSWORDS_OF_ACCOUNT, email)
        user = queries.find_by_email(email)
        known = user.password_hash if user else None
    if not passwords.matches(known, password) or known is None:
        return None
    renewed = passwords.hashed(password) if passwords.is_outdated(known) else known
    with transaction():
        limits.forget(limits.PASSWORDS_OF_ACCOUNT, email)
        user = queries.find_by_email(email)
        if user is None or user.password_hash != known:
            return None
        if renewed != known:
            changing.renew_hash(user, renewed)
        return user


def with_code(user: User, typed: str) -> bool:
    with transaction():
        limits.count(limits.CODES_OF_ACCOUNT, str(user.id))
    with transaction():
        if not second_factor.admits(user, typed):
            return False
        limits.forget(limits.CODES_OF_ACCOUNT, str(user.id))
        return True


def with_link(secret: str) -> User:
    with transaction():
        link = links.use(secret)
        user = queries.find_by_email(link.email)
        if user is None or link.purpose != Purpose.LOGIN:
            raise LinkGone
        audit.record(user, "logged_in_by_mail", user.actor)
        return user


def by_registering(secret: str, name: str, password: str) -> User:
    password_hash = passwords.hashed(password)
    with transaction():
        link = links.use(secret)
        if link.purpose != Purpose.REGISTRATION:
            raise LinkGone
        return registration.register(link.email, name, password_hash)


def with_new_password(secret: str, password: str) -> User:
    password_hash = passwords.hashed(password)
    with transaction():
        link = links.use(secret)
        user = queries.find_by_email(link.email)
        if user is None or link.purpose != Purpose.PASSWORD:
            raise LinkGone
        limits.forget(limits.PASSWORDS_OF_ACCOUNT, user.email)
        changing.change_password(user, password_hash)
        return user


def confirm_address(secret: str) -> User:
    with transaction():
        link = links.use(secret)
        user = db.session.get(User, link.user_id) if link.user_id else None
        if user is None or link.purpose != Purpose.ADDRESS:
            raise LinkGone
        changing.change_address(user, link.email)
        return user
