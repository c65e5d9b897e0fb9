from collections.abc import Sequence

import sqlalchemy as sa

from carneau.accounts.models import User, VerifiedAddress
from carneau.core.db import db


def find_by_email(email: str) -> User | None:
    return db.session.scalar(sa.select(User).where(sa.func.lower(User.email) == email.lower()))


def find_by_public_id(public_id: str) -> User | None:
    return db.session.scalar(sa.select(User).where(User.public_id == public_id))


def find_by_session(session_id: str) -> User | None:
    """Who a session belongs to, as long as nobody ended it: `7.2` is person 7 in the second version."""
    number, _dot, version = session_id.partition(".")
    if not (number.isascii() and number.isdigit() and version.isascii() and version.isdigit()):
        return None
    mine = sa.select(User).where(User.id == int(number), User.session_version == int(version))
    return db.session.scalar(mine.execution_options(populate_existing=True))


def addresses_of(user: User) -> Sequence[str]:
    """In small letters: the address of the account, and those it had before."""
    return db.session.scalars(sa.select(VerifiedAddress.address).where(VerifiedAddress.user_id == user.id)).all()
