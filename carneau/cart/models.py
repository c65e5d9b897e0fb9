from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import BYTEA
from sqlalchemy.orm import Mapped, mapped_column

from carneau.core.columns import CreatedAt, Currency, Id, OfOrganisation, own_key
from carneau.core.db import Model


class Cart(OfOrganisation, Model):
    """One visitor's choice, found by the digest of the cookie. Its lines are the holds that carry its id, and they say
    when it ends. `extended_at` is when more time was given, once for one run of holds. `purchase_ref` is set while it
    is being paid, and then the cart cannot be changed. `network_digest` is of where the visitor came from last
    (`caps`).
    """

    __tablename__ = "carts"
    __table_args__ = (
        own_key(),
        sa.Index("ix_carts_network_digest", "network_digest", postgresql_where=sa.text("network_digest IS NOT NULL")),
    )

    id: Mapped[Id]
    visitor_digest: Mapped[bytes] = mapped_column(BYTEA, unique=True)
    currency: Mapped[Currency]
    network_digest: Mapped[bytes | None] = mapped_column(BYTEA)
    extended_at: Mapped[datetime | None]
    purchase_ref: Mapped[str | None]
    created_at: Mapped[CreatedAt]
