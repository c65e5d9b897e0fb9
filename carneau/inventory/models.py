from datetime import datetime
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from carneau.core.columns import CreatedAt, Id, OfOrganisation, belongs_to, own_key
from carneau.core.db import Model


class Counters:
    """The stock of a `ticket_types` row. Only `inventory` writes these columns."""

    total_quantity: Mapped[int] = mapped_column(sa.Integer)
    held_quantity: Mapped[int] = mapped_column(sa.Integer, server_default="0")
    sold_quantity: Mapped[int] = mapped_column(sa.Integer, server_default="0")

    CHECKS: ClassVar = (
        sa.CheckConstraint("held_quantity >= 0", name="held_not_negative"),
        sa.CheckConstraint("sold_quantity >= 0", name="sold_not_negative"),
        sa.CheckConstraint("held_quantity + sold_quantity <= total_quantity", name="not_oversold"),
    )


class Hold(OfOrganisation, Model):
    """Places kept for one cart until `expires_at`, or, once `purchase_id` is set, until whoever ends that purchase
    sells or releases them: a place whose payment may still arrive is never given away by the clock.

    `released_at` keeps the line readable for the visitor who lost it; only rows without it count in `held_quantity`.
    """

    __tablename__ = "holds"
    __table_args__ = (
        own_key(),
        sa.UniqueConstraint("cart_id", "ticket_type_id"),
        belongs_to("carts", "cart_id", ondelete="CASCADE"),
        belongs_to("ticket_types", "ticket_type_id"),
        belongs_to("purchases", "purchase_id"),
        sa.CheckConstraint("quantity > 0", name="quantity_positive"),
        sa.CheckConstraint("purchase_id IS NULL OR released_at IS NULL", name="paid_is_live"),
        sa.Index(
            "ix_holds_expiring",
            "expires_at",
            postgresql_where=sa.text("released_at IS NULL AND purchase_id IS NULL"),
        ),
        sa.Index(
            "ix_holds_live_ticket_type_id",
            "ticket_type_id",
            "expires_at",
            postgresql_where=sa.text("released_at IS NULL"),
        ),
        sa.Index("ix_holds_purchase_id", "purchase_id"),
    )

    id: Mapped[Id]
    cart_id: Mapped[int]
    ticket_type_id: Mapped[int]
    purchase_id: Mapped[int | None]
    quantity: Mapped[int] = mapped_column(sa.Integer)
    expires_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]
