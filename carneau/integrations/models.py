from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA
from sqlalchemy.orm import Mapped, mapped_column, relationship

from carneau.accounts.models import User
from carneau.core.columns import CreatedAt, Id, OfOrganisation, own_key
from carneau.core.db import Model


class ApiToken(OfOrganisation, Model):
    """What a program proves itself with: the digest of a bearer secret that was shown once. It counts its calls in a
    window of a minute. `made_by` may have left the team since: then somebody outside has seen the secret."""

    __tablename__ = "api_tokens"
    __table_args__ = (own_key(),)

    id: Mapped[Id]
    ref: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    digest: Mapped[bytes] = mapped_column(BYTEA, unique=True)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id", ondelete="SET NULL"))
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    window_count: Mapped[int] = mapped_column(sa.Integer, server_default="0")
    window_ends_at: Mapped[CreatedAt]
    created_at: Mapped[CreatedAt]

    made_by: Mapped[User | None] = relationship(lazy="raise_on_sql")

    @property
    def actor(self) -> str:
        return f"token:{self.ref}"
