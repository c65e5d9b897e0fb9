import base64
import hashlib
import hmac
import secrets
from datetime import timedelta
from enum import StrEnum

import sqlalchemy as sa
from flask_babel import gettext as _

from carneau.accounts.models import OneTimeLink
from carneau.core import codes, settings
from carneau.core.db import db
from carneau.core.errors import NotFound

LIFETIME = timedelta(hours=1)
DOMAIN = b"carneau one-time link\x00"


class Purpose(StrEnum):
    REGISTRATION = "registration"
    LOGIN = "login"
    PASSWORD = "password"  # noqa: S105  a purpose, not a secret
    ADDRESS = "address"


class LinkGone(NotFound):
    """Used, older than an hour, replaced, or never given out: all get the same answer."""

    def __init__(self) -> None:
        super().__init__(_("This link was used already, is older than an hour, or is not complete."))


def create(purpose: Purpose, email: str, next_path: str = "", user_id: int | None = None) -> OneTimeLink:
    nonce = secrets.token_bytes(32)
    link = OneTimeLink(
        purpose=purpose,
        email=email,
        user_id=user_id,
        nonce=nonce,
        digest=codes.digest(_secret(nonce, settings.current().secret_key)),
        next_path=next_path,
        expires_at=sa.func.now() + LIFETIME,
    )
    db.session.add(link)
    db.session.flush()
    return link


def url(link: OneTimeLink) -> str:
    return f"{settings.current().base_url}/links/{secret_of(link)}"


def secret_of(link: OneTimeLink) -> str:
    """Computed again each time the mail is composed, also after the secret key was changed in between."""
    ours = settings.current()
    secrets_of_keys = (_secret(link.nonce, key) for key in (ours.secret_key, *ours.secret_key_fallbacks))
    return next(secret for secret in secrets_of_keys if codes.digest(secret) == link.digest)


def by_secret(secret: str) -> OneTimeLink:
    """The link, if it can still be used. Looking uses nothing up: scanners of mail follow every link."""
    link = db.session.scalar(_open(secret))
    if link is None:
        raise LinkGone
    return link


def use(secret: str) -> OneTimeLink:
    """Once: of two at the same moment the second finds it used."""
    link = db.session.scalar(_open(secret).with_for_update().execution_options(populate_existing=True))
    if link is None:
        raise LinkGone
    link.used_at = sa.func.now()
    db.session.flush()
    return link


def end_all(email: str) -> None:
    """What was mailed to this address before opens nothing any more."""
    open_ones = sa.func.lower(OneTimeLink.email) == email.lower(), OneTimeLink.used_at.is_(None)
    db.session.execute(sa.update(OneTimeLink).where(*open_ones).values(used_at=sa.func.now()))


def _open(secret: str) -> sa.Select[OneTimeLink]:
    return sa.select(OneTimeLink).where(
        OneTimeLink.digest == codes.digest(secret),
        OneTimeLink.used_at.is_(None),
        OneTimeLink.expires_at > sa.func.now(),
    )


def _secret(nonce: bytes, key: str) -> str:
    mac = hmac.new(key.encode(), DOMAIN + nonce, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mac).decode().rstrip("=")
