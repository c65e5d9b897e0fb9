from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from carneau.core.columns import CreatedAt, Currency, Id, Minor, OfOrganisation, belongs_to, choice, own_key
from carneau.core.db import Model
from carneau.core.money import Money


class PaymentStatus(StrEnum):
    PENDING = "pending"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class Channel(StrEnum):
    """How the money came: only `online` has a payment of Stripe's. `elsewhere` is what the organiser was paid without
    us, as by invoice; `complimentary` is given away."""

    ONLINE = "online"
    CASH = "cash"
    ELSEWHERE = "elsewhere"
    COMPLIMENTARY = "complimentary"


# Each part of an address is a word of its own, so that its domain is found too. folded() is ours (see the migration).
SEARCH = "to_tsvector('simple', folded((buyer_name || ' ') || translate(email, '@.+_-', '     ')))"


class Purchase(OfOrganisation, Model):
    """What was agreed; frozen when placed. Amounts in minor units of `currency`:
    `lines - discount + fee + tax = total`. `tax` is what comes on top (0 where prices contain it),
    `included_tax` the part of the total that is tax already contained. `refunded` counts a refund from the moment it is
    asked for. A purchase at the counter may have no address: `email` is empty.
    From `erased_at` on it names nobody.
    """

    __tablename__ = "purchases"
    __table_args__ = (
        own_key(),
        sa.CheckConstraint("lines_minor - discount_minor + fee_minor + tax_minor = total_minor", name="total_adds_up"),
        sa.CheckConstraint(
            "lines_minor >= 0 AND discount_minor >= 0 AND fee_minor >= 0 AND tax_minor >= 0"
            " AND included_tax_minor >= 0 AND total_minor >= 0",
            name="amounts_not_negative",
        ),
        sa.CheckConstraint("refunded_minor BETWEEN 0 AND total_minor", name="refunds_within_total"),
        sa.Index("ix_purchases_email", sa.text("lower(email)")),
        sa.Index("ix_purchases_cart_id", "cart_id"),
        sa.Index("ix_purchases_paid_at", "paid_at"),
        sa.Index("ix_purchases_search", sa.text(SEARCH), postgresql_using="gin"),
        sa.Index(
            "ix_purchases_unsettled",
            "expires_at",
            postgresql_where=sa.text("payment_status IN ('pending', 'processing')"),
        ),
    )

    id: Mapped[Id]
    ref: Mapped[str] = mapped_column(unique=True)
    cart_id: Mapped[int | None]
    channel: Mapped[Channel] = mapped_column(choice(Channel), server_default="online")
    buyer_name: Mapped[str]
    email: Mapped[str]
    currency: Mapped[Currency]
    lines_minor: Mapped[Minor]
    discount_minor: Mapped[Minor] = mapped_column(server_default="0")
    fee_minor: Mapped[Minor]
    tax_minor: Mapped[Minor] = mapped_column(server_default="0")
    included_tax_minor: Mapped[Minor] = mapped_column(server_default="0")
    total_minor: Mapped[Minor]
    refunded_minor: Mapped[Minor] = mapped_column(server_default="0")
    payment_status: Mapped[PaymentStatus] = mapped_column(choice(PaymentStatus), server_default="pending")
    expires_at: Mapped[datetime]
    paid_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]

    lines: Mapped[list["PurchaseLine"]] = relationship(
        order_by="PurchaseLine.id", lazy="raise_on_sql", back_populates="purchase"
    )

    @property
    def fee(self) -> Money:
        return Money(self.fee_minor, self.currency)

    @property
    def included_tax(self) -> Money:
        return Money(self.included_tax_minor, self.currency)

    @property
    def total(self) -> Money:
        return Money(self.total_minor, self.currency)

    @property
    def refunded(self) -> Money:
        return Money(self.refunded_minor, self.currency)


class PurchaseLine(OfOrganisation, Model):
    """Names and prices as they were when bought; a later change of the ticket type does not reach here.
    `total_minor` = quantity x (unit price + unit fee); `included_tax_minor` is contained in it.
    """

    __tablename__ = "purchase_lines"
    __table_args__ = (
        own_key(),
        belongs_to("purchases", "purchase_id", ondelete="CASCADE"),
        belongs_to("events", "event_id"),
        belongs_to("ticket_types", "ticket_type_id"),
        sa.UniqueConstraint("purchase_id", "ticket_type_id"),
        sa.CheckConstraint("quantity > 0", name="quantity_positive"),
        sa.CheckConstraint("refunded_quantity BETWEEN 0 AND quantity", name="refunded_within_quantity"),
        sa.CheckConstraint("total_minor = quantity * (unit_price_minor + unit_fee_minor)", name="total_adds_up"),
        sa.Index("ix_purchase_lines_event_id", "event_id", "purchase_id"),
        sa.Index("ix_purchase_lines_ticket_type_id", "ticket_type_id"),
    )

    id: Mapped[Id]
    purchase_id: Mapped[int]
    event_id: Mapped[int]
    ticket_type_id: Mapped[int]
    event_title: Mapped[str]
    ticket_type_name: Mapped[str]
    quantity: Mapped[int] = mapped_column(sa.Integer)
    refunded_quantity: Mapped[int] = mapped_column(sa.Integer, server_default="0")
    unit_price_minor: Mapped[Minor]
    unit_fee_minor: Mapped[Minor]
    included_tax_minor: Mapped[Minor] = mapped_column(server_default="0")
    total_minor: Mapped[Minor]
    created_at: Mapped[CreatedAt]

    purchase: Mapped[Purchase] = relationship(lazy="raise_on_sql", back_populates="lines", overlaps="organisation")

    @property
    def price(self) -> Money:
        """Of all its tickets, without the fee."""
        return Money(self.quantity * self.unit_price_minor, self.purchase.currency)
