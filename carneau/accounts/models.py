from datetime import datetime
from typing import ClassVar

import sqlalchemy as sa
from flask_login import UserMixin
from sqlalchemy.dialects.postgresql import BYTEA
from sqlalchemy.orm import Mapped, mapped_column

from carneau.core.columns import CreatedAt, Id
from carneau.core.db import Model

RANDOM = sa.text("replace(gen_random_uuid()::text, '-', '')")


class User(UserMixin, Model):
    """A person with an account, which begins once its address is verified. A session names the `session_version` it
    began with: a higher one ends it. `totp_secret` is sealed (`sealing`), and `totp_step` the half minute whose code
    was used last. No organisation owns a person, so the audit and the mails name none.
    """

    __tablename__ = "users"
    __table_args__ = (sa.Index("uq_users_email", sa.text("lower(email)"), unique=True),)
    organisation_id: ClassVar[None] = None

    id: Mapped[Id]
    public_id: Mapped[str] = mapped_column(unique=True, server_default=RANDOM)
    email: Mapped[str]
    name: Mapped[str]
    password_hash: Mapped[str]
    verified_at: Mapped[datetime]
    session_version: Mapped[int] = mapped_column(sa.Integer, server_default="1")
    totp_secret: Mapped[str | None]
    totp_step: Mapped[int | None]
    created_at: Mapped[CreatedAt]

    def get_id(self) -> str:
        return f"{self.id}.{self.session_version}"

    @property
    def actor(self) -> str:
        return f"user:{self.id}"


class VerifiedAddress(Model):
    """An address, in small letters, that this person has shown to be theirs: the one of the account, and those it had
    before. Who shows it last has it."""

    __tablename__ = "verified_addresses"
    __table_args__ = (sa.Index("ix_verified_addresses_user_id", "user_id"),)

    address: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"))
    verified_at: Mapped[CreatedAt]


class RecoveryCode(Model):
    """Instead of the app's code, once each; about 78 bits, so a plain digest is enough."""

    __tablename__ = "recovery_codes"
    __table_args__ = (sa.Index("ix_recovery_codes_user_id", "user_id"),)

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"))
    digest: Mapped[bytes] = mapped_column(BYTEA)
    used_at: Mapped[datetime | None]


class OneTimeLink(Model):
    """Lets who reads the mail of `email` do one thing (`links.Purpose`), once. The secret in the mail is computed from
    `nonce` and the secret key; kept is its digest. `user_id` only where an account asked while logged in.
    """

    __tablename__ = "one_time_links"
    __table_args__ = (sa.Index("ix_one_time_links_email", sa.text("lower(email)")),)
    organisation_id: ClassVar[None] = None

    id: Mapped[Id]
    purpose: Mapped[str]
    email: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), index=True)
    nonce: Mapped[bytes] = mapped_column(BYTEA)
    digest: Mapped[bytes] = mapped_column(BYTEA, unique=True)
    next_path: Mapped[str]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]


class Tally(Model):
    """How often somebody tried something since the window began; `key` is a digest of both (`limits`)."""

    __tablename__ = "tallies"

    key: Mapped[bytes] = mapped_column(BYTEA, primary_key=True)
    count: Mapped[int] = mapped_column(sa.Integer)
    resets_at: Mapped[datetime] = mapped_column(index=True)
